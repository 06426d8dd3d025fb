using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>The controller's side of the protocol with one worker. One thread at a time.</summary>
/// <param name="process">The worker.</param>
/// <param name="answerTime">How long a whole answer may take, and a death.</param>
internal sealed class WorkerDialog(ChildProcess process, TimeSpan answerTime) : IDisposable
{
    private const long DumpSizeMax = 64L << 20;

    // How long an operation is waited for to be in flight, and how long silence lasts before a worker that stands still has said all.
    private static readonly TimeSpan SearchTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SilenceTime = TimeSpan.FromMilliseconds(25);

    private readonly List<WorkerMessage> _said = [];
    private readonly HashSet<long> _inFlight = [];

    /// <summary>What the worker can do; after <see cref="WaitUntilReady"/>.</summary>
    public IReadOnlyList<string> Capabilities { get; private set; } = [];

    /// <summary>The points at which it said it was about to die.</summary>
    public List<KillPoint> Marks { get; } = [];

    /// <summary>Whether the process ended by the signal.</summary>
    public bool WasKilled => process.WasKilled;

    /// <summary>How it ended, for messages.</summary>
    public string HowItEnded => $"exit code {process.ExitCode}{(process.Errors is { Length: > 0 } errors ? $": {errors}" : "")}";

    /// <summary>A worker that waits for orders says so first.</summary>
    public void WaitUntilReady()
    {
        WorkerMessage? message = Receive(Deadline.After(answerTime));
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
        Deadline deadline = Deadline.After(answerTime);
        while (true)
        {
            switch (Receive(deadline))
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
        Deadline deadline = Deadline.After(answerTime);
        Dictionary<string, string> items = new(StringComparer.Ordinal);
        List<string> records = [];
        long size = 0;
        while (size <= DumpSizeMax)
        {
            WorkerMessage? message = Receive(deadline);
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
            size += part.Size;
            if (part.IsEnd)
                return new Observation(items, records);
        }

        throw new ProtocolException($"The dump has more than {DumpSizeMax} characters.");
    }

    /// <summary>The operating system's number for it.</summary>
    public int ProcessId => process.Id;

    /// <summary>Whether it will not say anything any more.</summary>
    public bool HasFallenSilent => process.HasClosedOutput;

    /// <summary>What it says within a time, at most so many messages; fewer when it has ended.</summary>
    public IReadOnlyList<WorkerMessage> Listen(TimeSpan time, int messagesMax)
    {
        Deadline deadline = Deadline.After(time);
        List<WorkerMessage> heard = TakeDeeds();
        while (heard.Count < messagesMax && process.Receive(deadline.Left) is byte[] line)
            heard.Add(WorkerMessageParser.Parse(line));
        return heard;
    }

    /// <summary>What the store did while an answer was waited for.</summary>
    private List<WorkerMessage> TakeDeeds()
    {
        List<WorkerMessage> deeds = [.. _said.Where(static message => message is DidMessage)];
        _said.RemoveAll(static message => message is DidMessage);
        return deeds;
    }

    /// <summary>Lets the writers end what they are at, makes it durable, and waits until they stand still; <see cref="BeginRun"/> lets them go on.</summary>
    /// <returns>What it said until then.</returns>
    public IReadOnlyList<WorkerMessage> Pause()
    {
        process.Send("{\"pause\":{}}"u8);
        Deadline deadline = Deadline.After(answerTime);
        List<WorkerMessage> said = [];
        while (Receive(deadline) is WorkerMessage message)
        {
            if (message is PausedMessage)
                return said;
            said.Add(message);
        }

        throw new WorkerFailedException($"The worker was to pause: {Describe(null)}");
    }

    public void BeginRun() => process.Send("{\"run\":{}}"u8);

    public void BeginStop() => process.Send("{\"stop\":{}}"u8);

    /// <summary>Waits for the worker to die by itself; kills it when it has not.</summary>
    public void WaitThenKill(TimeSpan time)
    {
        if (!process.WaitForExit(time))
            process.Kill();
        if (!process.WaitForExit(answerTime))
            throw new WorkerFailedException("The worker does not die.");
    }

    /// <summary>
    /// Kills the worker with an operation in flight: it is held where it is at a random moment; if it is between operations, as far as the pipe
    /// says, it may go on, and is held again at the next intent or some time after it. When none comes it is killed all the same.
    /// </summary>
    public void WaitThenKillInFlight(TimeSpan time, Random random)
    {
        Deadline deadline = Deadline.After(SearchTime + time);
        bool hasExited = process.WaitForExit(time);
        while (!hasExited && !IsHeldInFlight(deadline) && deadline.Left > TimeSpan.Zero)
            hasExited = random.Next(2) == 0 ? GoOnUntilItSpeaks(deadline) : GoOnPastAnIntent(deadline, random);
        WaitThenKill(TimeSpan.Zero);
    }

    /// <summary>What it said up to its end; marks are taken out.</summary>
    public IReadOnlyList<WorkerMessage> Drain()
    {
        if (!process.Drain(answerTime, out IReadOnlyList<byte[]> lines))
            throw new WorkerFailedException("The worker is dead, and something it started still holds its pipe open.");
        foreach (byte[] line in lines)
            Keep(WorkerMessageParser.Parse(line));
        return _said;
    }

    public void Dispose() => process.Dispose();

    private bool IsHeldInFlight(Deadline deadline)
    {
        process.Stop();
        while (deadline.Left > TimeSpan.Zero && process.Receive(SilenceTime) is byte[] line)
            Keep(WorkerMessageParser.Parse(line));
        return _inFlight.Count > 0;
    }

    /// <summary>The shortest operations are met only at their very beginning.</summary>
    /// <returns>Whether the worker has ended.</returns>
    private bool GoOnUntilItSpeaks(Deadline deadline)
    {
        process.ContinueUntilItSpeaks();
        if (process.Receive(deadline.Left) is byte[] line)
            Keep(WorkerMessageParser.Parse(line));
        return process.WaitForExit(TimeSpan.Zero);
    }

    /// <summary>From soon to long after an intent, so that every part of an operation is met.</summary>
    /// <returns>Whether the worker has ended.</returns>
    private bool GoOnPastAnIntent(Deadline deadline, Random random)
    {
        process.Continue();
        while (_inFlight.Count == 0 && process.Receive(deadline.Left) is byte[] line)
            Keep(WorkerMessageParser.Parse(line));
        return process.WaitForExit(TimeSpan.FromMilliseconds(1 << random.Next(5)));
    }

    private void Keep(WorkerMessage message)
    {
        switch (message)
        {
            case MarkMessage mark:
                Marks.Add(KillPoints.Parse(mark.Name));
                return;
            case IntentMessage intent:
                _inFlight.Add(intent.Number);
                break;
            case AckMessage ack:
                _inFlight.Remove(ack.Number);
                break;
            case FailMessage fail:
                _inFlight.Remove(fail.Number);
                break;
        }

        _said.Add(message);
    }

    /// <returns>Null when the worker has ended.</returns>
    private WorkerMessage? Receive(Deadline deadline)
    {
        // One that never stops talking gives no answer either.
        while (deadline.Left > TimeSpan.Zero && process.Receive(deadline.Left) is byte[] line)
        {
            WorkerMessage message = WorkerMessageParser.Parse(line);
            if (message is not DidMessage)
                return message;
            Keep(message);
        }

        if (process.WaitForExit(deadline.Left))
            return null;
        throw new WorkerFailedException(process.HasClosedOutput
            ? "The worker closed its standard output, and lives on."
            : $"The worker gave no answer within {answerTime.TotalSeconds} s.{(process.Errors is { Length: > 0 } errors ? $" On its standard error: {errors}" : "")}");
    }

    private string Describe(WorkerMessage? message) => message switch
    {
        null => $"it ended, {HowItEnded}",
        ErrorMessage error => error.Text,
        _ => message.ToString()!,
    };
}
