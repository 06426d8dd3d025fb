using System.Text.Json;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Terminals.Hosts;

/// <summary>A host of terminals as a process, spoken to over its standard input and output.</summary>
/// <param name="process">The process.</param>
internal sealed class HostDialog(ChildProcess process) : IHostDialog
{
    public int ProcessId => process.Id;

    public bool WasKilled => process.WasKilled;

    public string HowItEnded => $"exit code {process.ExitCode}: {process.Errors}";

    public int ExitCode => process.ExitCode;

    public void Send(byte[] line, bool isPlain) => process.Send(line);

    public JsonElement? Receive(TimeSpan timeout) => process.Receive(timeout) is byte[] line ? Parse(line) : null;

    public void Kill() => process.Kill();

    public void Terminate() => ProcessSignals.End(process.Id);

    public bool WaitForExit(TimeSpan timeout) => process.WaitForExit(timeout);

    public IReadOnlyList<JsonElement> Drain(TimeSpan timeout) => process.Drain(timeout, out IReadOnlyList<byte[]> lines)
        ? [.. lines.Select(Parse)]
        : throw new WorkerFailedException("The host is dead, and something it started still holds its pipe open.");

    public void Dispose() => process.Dispose();

    private static JsonElement Parse(byte[] line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"The host has said something that is no JSON: {e.Message}");
        }
    }
}
