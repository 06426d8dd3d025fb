using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>The controller's side of the protocol with one worker. One thread at a time.</summary>
internal sealed class WorkerDialog(ChildProcess process) : IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>What the worker can do; after <see cref="WaitUntilReady"/>.</summary>
    public IReadOnlyList<string> Capabilities { get; private set; } = [];

    /// <summary>The points at which it said it was about to die.</summary>
    public List<KillPoint> Marks { get; } = [];

    /// <summary>Whether the process ended by the signal.</summary>
    public bool WasKilled => process.WasKilled;

    /// <summary>How it ended, for messages.</summary>
    public string HowItEnded => $"exit code {process.ExitCode}{(process.Errors.Length == 0 ? "" : $": {process.Errors.Trim()}")}";

    /// <summary>A worker that waits for orders says so first.</summary>
    public void WaitUntilReady()
    {
        WorkerMessage? message = Receive();
        Capabilities = message is ReadyMessage { Recovered: null } ready
            ? ready.Capabilities
            : throw new WorkerFailedException($"The worker did not say that it is ready: {Describe(message)}");
    }

    public void BeginOpen(OpenRequest request) => process.Send(request.ToLine());

    /// <summary>Waits for the store to be open.</summary>
    /// <returns>Null when the worker died on the way.</returns>
    /// <exception cref="StoreRefusedException">The store could not be opened.</exception>
    public ReadyMessage? WaitUntilOpen()
    {
        while (true)
        {
            switch (Receive())
            {
                case ReadyMessage { Recovered: not null } ready:
                    return ready;
                case ErrorMessage error:
                    throw new StoreRefusedException(error.Text);
                case MarkMessage mark:
                    Marks.Add(KillPoints.Parse(mark.Name));
                    break;
                case null:
                    return null;
                case WorkerMessage other:
                    throw new WorkerFailedException($"The worker was to open a store, and said: {Describe(other)}");
            }
        }
    }

    /// <summary>Asks what the store holds.</summary>
    public Observation Dump()
    {
        process.Send("{\"verify\":{}}"u8);
        Dictionary<string, string> items = new(StringComparer.Ordinal);
        List<string> records = [];
        while (true)
        {
            WorkerMessage? message = Receive();
            if (message is ErrorMessage error)
                throw new StoreRefusedException(error.Text);
            if (message is not DumpMessage part)
                throw new WorkerFailedException($"The worker was to dump its store, and said: {Describe(message)}");
            foreach ((string key, string value) in part.Items)
            {
                if (!items.TryAdd(key, value))
                    throw new ProtocolException($"The dump has the key '{key}' twice.");
            }

            records.AddRange(part.Records);
            if (part.IsEnd)
                return new Observation(items, records);
        }
    }

    public void BeginRun() => process.Send("{\"run\":{}}"u8);

    public void BeginStop() => process.Send("{\"stop\":{}}"u8);

    /// <summary>Waits for the worker to die by itself; kills it when it has not.</summary>
    public void WaitThenKill(TimeSpan time)
    {
        if (!process.WaitForExit(time))
            process.Kill();
        if (!process.WaitForExit(AnswerTime))
            throw new WorkerFailedException("The worker does not die.");
    }

    /// <summary>Waits for the worker to end by itself.</summary>
    public bool WaitForExit() => process.WaitForExit(AnswerTime);

    /// <summary>What it said up to its end; marks are taken out.</summary>
    public IReadOnlyList<WorkerMessage> Drain()
    {
        if (!process.Drain(DrainTime, out IReadOnlyList<byte[]> lines))
            throw new WorkerFailedException("The worker is dead and something still holds its pipe open.");
        List<WorkerMessage> messages = [];
        foreach (byte[] line in lines)
        {
            WorkerMessage message = WorkerMessageParser.Parse(line);
            if (message is MarkMessage mark)
                Marks.Add(KillPoints.Parse(mark.Name));
            else
                messages.Add(message);
        }

        return messages;
    }

    public void Dispose() => process.Dispose();

    /// <returns>Null at the end of the pipe.</returns>
    private WorkerMessage? Receive()
    {
        if (process.Receive(AnswerTime) is byte[] line)
            return WorkerMessageParser.Parse(line);
        return process.WaitForExit(AnswerTime) ? null : throw new WorkerFailedException($"The worker said nothing for {AnswerTime.TotalSeconds} s.");
    }

    private string Describe(WorkerMessage? message) => message switch
    {
        null => $"it ended, {HowItEnded}",
        ErrorMessage error => error.Text,
        _ => message.ToString()!,
    };
}
