using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Hosts;

/// <summary>
/// The canary: a host wrapped so that it acknowledges before it has logged. A request whose answer says nothing but that it is done is answered as soon as it is sent, if all before it were. The harness has to
/// convict it.
/// </summary>
/// <param name="host">A sound host.</param>
internal sealed class EagerDialog(IHostDialog host) : IHostDialog
{
    private static readonly JsonElement Done = JsonDocument.Parse("{}").RootElement;

    // Requests that the host has not answered, oldest first, and whether each was answered in its place; answers to be given before the next.
    private readonly Queue<bool> _unanswered = [];
    private readonly Queue<bool> _toAnswer = [];

    public int ProcessId => host.ProcessId;

    public bool WasKilled => host.WasKilled;

    public string HowItEnded => host.HowItEnded;

    public int ExitCode => host.ExitCode;

    public void Send(byte[] line, bool isPlain)
    {
        _toAnswer.Enqueue(isPlain);
        _unanswered.Enqueue(isPlain);
        host.Send(line, isPlain);
    }

    public JsonElement? Receive(TimeSpan timeout)
    {
        while (true)
        {
            if (_toAnswer.TryPeek(out bool isPlain) && isPlain)
            {
                _toAnswer.Dequeue();
                return Done;
            }

            if (host.Receive(timeout) is not JsonElement said)
                return null;
            if (!WasAnswered(said))
                return said;
        }
    }

    public void Kill() => host.Kill();

    public void Terminate() => host.Terminate();

    public bool WaitForExit(TimeSpan timeout) => host.WaitForExit(timeout);

    public IReadOnlyList<JsonElement> Drain(TimeSpan timeout)
    {
        List<JsonElement> answers = [];
        foreach (JsonElement said in host.Drain(timeout))
        {
            AddReady(answers);
            if (!WasAnswered(said))
                answers.Add(said);
        }

        AddReady(answers);
        return answers;
    }

    public void Dispose() => host.Dispose();

    private void AddReady(List<JsonElement> answers)
    {
        while (_toAnswer.TryPeek(out bool isPlain) && isPlain)
        {
            _toAnswer.Dequeue();
            answers.Add(Done);
        }
    }

    /// <summary>What the host says of itself is no answer.</summary>
    private bool WasAnswered(JsonElement said)
    {
        if (said.TryGetProperty("event", out _))
            return false;
        if (_unanswered.Dequeue())
            return true;
        _toAnswer.Dequeue();
        return false;
    }
}
