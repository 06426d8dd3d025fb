using System.Globalization;
using System.Text.Json;
using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Terminals.Hosts;
using Persistence.CrashKit.Terminals.Work;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>
/// One store, through the lives of all its hosts: what they tell while they open it and restore its panes, what they answer, and what the store holds after each of them is held against the oracle. Every
/// member throws <see cref="ConvictedException"/> for what is wrong.
/// </summary>
internal sealed class HostedStore
{
    private const int DirectoryCount = 4;
    private const int SpinsMax = 100_000;
    private static readonly TimeSpan WorkTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly TerminalRunOptions _options;
    private readonly TerminalFigures _figures;
    private readonly Func<string, int, IHostDialog> _start;
    private readonly Random _random;
    private readonly string[] _directories;
    private readonly TerminalWorkload _workload;
    private readonly AnswerJudge _answers = new();
    private TerminalTree _found = TerminalTree.Empty;
    private long _newestSegment;
    private int _epoch;
    private int _killsUnverified;
    private bool _wasClosed;
    private bool _exists;

    /// <param name="options">What to do.</param>
    /// <param name="figures">Where results go.</param>
    /// <param name="directory">The store.</param>
    /// <param name="seed">Where choices come from.</param>
    /// <param name="start">Starts a host for a directory; how often that was done before.</param>
    public HostedStore(TerminalRunOptions options, TerminalFigures figures, string directory, long seed, Func<string, int, IHostDialog> start)
    {
        _options = options;
        _figures = figures;
        _start = start;
        Directory = directory;
        _random = new Random(Worker.Mixer.Fold(seed));
        Oracle = new TerminalOracle(options.Run.Durability == DurabilityMode.Sync);
        _directories = [.. Enumerable.Range(0, DirectoryCount).Select(i => Path.Combine($"{directory}.work", $"d{i}"))];
        _workload = new TerminalWorkload(_random, Oracle, _directories);
        System.IO.Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, ConfigurationText), TerminalProfile.Create(seed, options.Run.Durability));
        MakeDirectories();
    }

    private const string ConfigurationText = "persistence.toml";

    public string Directory { get; }

    public TerminalOracle Oracle { get; }

    private TimeSpan AnswerTime => _options.Run.AnswerTime;

    /// <summary>Starts a host.</summary>
    public IHostDialog Begin()
    {
        Oracle.BeginHost();
        _answers.Begin();
        return _start(Directory, _epoch++);
    }

    /// <summary>Hears what a host tells while it opens the store and restores the panes, until it takes requests.</summary>
    /// <param name="host">The host.</param>
    /// <param name="restoredMax">It is enough to hear of so many panes.</param>
    public void HearOpening(IHostDialog host, int restoredMax = int.MaxValue)
    {
        Queue<TerminalPane> expected = new(_found.Panes.Values);
        HearOpened(Hear(host));
        for (int restored = 0; restored < restoredMax; restored++)
        {
            JsonElement told = Hear(host);
            if (IsEvent(told, "serving"))
            {
                if (expected.TryPeek(out TerminalPane? missing))
                    throw new ConvictedException(new Discrepancy(DiscrepancyKind.Lost, $"pane {missing.Id} was not restored"));
                MakeDirectories();
                return;
            }

            HearRestored(told, expected);
        }
    }

    /// <summary>All that was started again must answer, and the tree be the one that was found.</summary>
    public void RequireAnswers(IHostDialog host)
    {
        Ask(host, new ShowTreeRequest());
        Deadline deadline = Deadline.After(AnswerTime);
        while (!_answers.HaveAllAnswered && deadline.Left > TimeSpan.Zero)
        {
            AskNext(host);
            ReadAll(host);
        }

        if (_answers.FindSilent() is Discrepancy silent)
            throw new ConvictedException(silent);
        _figures.Add(nameof(TerminalRunResult.Answers), _answers.Answered);
        _figures.Add(nameof(TerminalRunResult.HostsAnswered), _answers.Started > 0 ? 1 : 0);
        _figures.Run.AddVerified(_killsUnverified, new Judgement(0, 0, []));
        _killsUnverified = 0;
    }

    /// <summary>Types a token of its own into each program that takes input and was told nothing yet.</summary>
    private void AskNext(IHostDialog host)
    {
        foreach (PaneOracle pane in _answers.NextToAsk)
        {
            (HostRequest request, ShellCommand command) = _workload.Introduce(pane, isFresh: true);
            Send(host, request);
            _answers.NoteAsked(pane, command);
        }
    }

    /// <summary>Sends requests, so many at once, until so many are answered and some time more: then some are in flight.</summary>
    public void Work(IHostDialog host, int answers)
    {
        int atOnce = 2 + _random.Next(24);
        Deadline deadline = Deadline.After(WorkTime);
        for (int answered = 0; answered < answers && deadline.Left > TimeSpan.Zero; answered++)
        {
            Fill(host, atOnce);
            Take(Hear(host));
        }

        Fill(host, atOnce);
        Thread.SpinWait(_random.Next(SpinsMax));
    }

    private void Fill(IHostDialog host, int atOnce)
    {
        while (Oracle.InFlight < atOnce)
            Send(host, _workload.Next());
    }

    /// <summary>Kills what runs in a pane, with its process group: a shell that waits for its next line, or for what floods. What it is just starting would say that its shell is gone.</summary>
    public void KillProgram()
    {
        PaneOracle[] ready = [.. Oracle.Present.Where(static pane => pane.IsReady && !pane.IsSmall && (pane.Output.IsSilent || pane.CanBeInterrupted))];
        if (ready.Length == 0)
            return;
        PaneOracle pane = ready[_random.Next(ready.Length)];
        if (pane.State.ProcessId is not int id || !StrayPrograms.IsOf(Directory, id))
            return;
        pane.Killed();
        ProcessSignals.Kill(-id);
        _figures.Add(nameof(TerminalRunResult.ProgramsKilled));
    }

    /// <summary>The host was killed: hears what it said last.</summary>
    /// <param name="host">The host.</param>
    /// <param name="wasRunning">Whether it had panes restored and took requests; else it was killed too early for answers.</param>
    public void Bury(IHostDialog host, bool wasRunning)
    {
        if (!host.WaitForExit(AnswerTime))
            throw new WorkerFailedException("The host does not die.");
        foreach (JsonElement said in host.Drain(AnswerTime).Where(static said => !said.TryGetProperty("event", out _)))
            Take(said);
        if (!host.WasKilled)
            throw DescribeSilence(host);
        if (!wasRunning)
            _figures.Add(nameof(TerminalRunResult.PanesKilledUnasked), _answers.Started);
        _figures.Run.AddKill(wasSignal: true, wasRunning, Oracle.InFlight);
        _killsUnverified++;
        _wasClosed = false;
    }

    /// <summary>Lets all that is under way come to its end; then nothing may be left of what has ended, terminals have the sizes that were asked for, and the host knows where programs are.</summary>
    public void Quiesce(IHostDialog host)
    {
        Settle(host);
        foreach (PaneOracle pane in Oracle.Present.Where(static pane => pane.IsReady).ToArray())
            Send(host, _workload.Introduce(pane, isFresh: false).Request);
        Settle(host);
        Deadline deadline = Deadline.After(AnswerTime);
        while ((FindLeft(host) ?? FindElsewhere(host)) is string left)
        {
            if (deadline.Left == TimeSpan.Zero)
                throw new ConvictedException(new Discrepancy(DiscrepancyKind.LeftBehind, left));
            Thread.Sleep(Pause);
        }
    }

    /// <summary>Tells the host to end, with requests in flight.</summary>
    /// <param name="host">The host.</param>
    /// <param name="bySignal">By the signal, else by a request.</param>
    public void BeginClose(IHostDialog host, bool bySignal)
    {
        Oracle.BeginClose();
        if (bySignal)
            host.Terminate();
        else
            Send(host, new PlainRequest("close", isPlain: false));
    }

    /// <summary>The host was told to end, and was not killed: it has closed the store.</summary>
    public void BuryClosed(IHostDialog host)
    {
        if (!host.WaitForExit(AnswerTime))
            throw new WorkerFailedException($"The host was told to end, and does not within {AnswerTime.TotalSeconds} s.");
        foreach (JsonElement said in host.Drain(AnswerTime).Where(static said => !said.TryGetProperty("event", out _)))
            Take(said);
        if (host.ExitCode != 0)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, $"the host was told to end, and ended with {host.HowItEnded}"));
        _wasClosed = true;
        _figures.Add(nameof(TerminalRunResult.CleanCloses));
    }

    /// <summary>The harness opens the dead host's store by itself and judges what it holds.</summary>
    public void Judge(HostEnd end)
    {
        try
        {
            using StoreInspection inspection = new(Directory);
            Judge(inspection, end);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound && !_exists)
        {
            // Killed while it was being created: there is no store to read yet.
        }
        catch (StoreException e)
        {
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, $"the store cannot be read: {e.Error}: {e.Message}"));
        }
    }

    /// <summary>Some of the directories that shells were in are gone when the next host starts.</summary>
    public void LoseDirectory()
    {
        string lost = _directories[_random.Next(_directories.Length)];
        if (System.IO.Directory.Exists(lost))
            System.IO.Directory.Delete(lost, recursive: true);
    }

    /// <summary>The store is closed, and was judged: nothing may be left of its hosts; then it goes.</summary>
    public void End()
    {
        string[] left = [.. System.IO.Directory.EnumerateFileSystemEntries(Path.Combine(Directory, "staging"))];
        if (left.Length > 0)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.LeftBehind, $"the store was closed, and left {string.Join(", ", left)}"));
        RequireNoneRuns();
        AddStoreFigures();
        System.IO.Directory.Delete(Directory, recursive: true);
        System.IO.Directory.Delete($"{Directory}.work", recursive: true);
    }

    /// <summary>No host of the store lives: programs that do are ended.</summary>
    public int BuryPrograms() => StrayPrograms.Bury(Directory, AnswerTime);

    /// <summary>Writes down what was asked, told and found.</summary>
    public string? WriteEvidence(string circumstances, IReadOnlyList<Discrepancy> discrepancies) => TerminalEvidence.TryWrite(Directory, circumstances, discrepancies, Oracle, _found);

    private void Judge(StoreInspection inspection, HostEnd end)
    {
        _exists = true;
        if (end == HostEnd.Closed && !inspection.WasClean)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, "the host closed the store, and it has to be recovered"));
        _found = inspection.Tree;
        TerminalJudgement judgement = Oracle.Judge(inspection.Tree, inspection.FindOutput, end);
        _figures.Run.AddInspection();
        if (judgement.Discrepancies.Count > 0)
            throw new ConvictedException(judgement.Discrepancies);
        _figures.Run.AddVerified(0, new Judgement(judgement.Promised, judgement.Recovered, []));
        _figures.Add(nameof(TerminalRunResult.OutputBytesAcknowledged), judgement.PromisedBytes);
        _figures.Add(nameof(TerminalRunResult.OutputBytesRecovered), judgement.RecoveredBytes);
        foreach (Checkpoints.CheckpointInfo checkpoint in inspection.Checkpoints)
            Oracle.NoteCheckpoint(checkpoint.Id, checkpoint.IsFull);
        _newestSegment = inspection.NewestSegment;
        Oracle.Settle(judgement, inspection.Tree, inspection.FindOutput);
    }

    private void HearOpened(JsonElement told)
    {
        if (!IsEvent(told, "opened"))
            throw new WorkerFailedException($"The host was to tell that the store is open, and said {told}");
        _exists = true;
        bool wasClean = told.GetProperty("clean").GetBoolean();
        if (_wasClosed && !wasClean)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, "the store was closed cleanly, and had to be recovered"));
        _figures.Run.AddRecovery(new Protocol.ReadyMessage { Recovered = !wasClean, RecoveryMs = told.GetProperty("ms").GetDouble(), Replayed = told.GetProperty("replayed").GetInt64() });
        _wasClosed = false;
    }

    private void HearRestored(JsonElement told, Queue<TerminalPane> expected)
    {
        long id = told.GetProperty("pane").GetInt64();
        if (!expected.TryDequeue(out TerminalPane? pane) || pane.Id.Value != id)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Phantom, string.Create(CultureInfo.InvariantCulture, $"pane {id} was restored, and pane {pane?.Id.Value ?? 0} is next")));
        TerminalSession session = _found.Sessions[_found.Windows[pane.Window].Session];
        if (RestorationJudge.FindWrong(told, pane, session) is string wrong)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, $"what the host tells of restoring pane {id} is wrong: {wrong}"));
        Count(told);
        // What was judged right has no pane that the oracle does not know.
        PaneOracle oracle = Oracle.FindPane(id)!;
        oracle.StartedIn(told.GetProperty("directory").GetString());
        if (!told.GetProperty("spawned").GetBoolean())
        {
            oracle.NotStarted();
            return;
        }

        oracle.Started(told.GetProperty("pid").GetInt32(), told.GetProperty("restore_command").GetBoolean());
        _answers.NoteStart(id, oracle);
    }

    private void Count(JsonElement told)
    {
        if (told.GetProperty("spawned").GetBoolean())
            _figures.Add(nameof(TerminalRunResult.PanesRespawned));
        else
            _figures.Add(told.GetProperty("attempted").GetBoolean() ? nameof(TerminalRunResult.PanesNotStartable) : nameof(TerminalRunResult.PanesLeftExited));
        if (told.GetProperty("directory_restored") is { ValueKind: JsonValueKind.False })
            _figures.Add(nameof(TerminalRunResult.DirectoriesLost));
    }

    private JsonElement Hear(IHostDialog host) => host.Receive(AnswerTime) is JsonElement said ? said : throw DescribeSilence(host);

    private Exception DescribeSilence(IHostDialog host)
    {
        // One that ends is silent before it has ended.
        if (!host.WaitForExit(EndTime))
            return new WorkerFailedException($"The host gave no answer within {AnswerTime.TotalSeconds} s{(Oracle.Awaited is SentRequest awaited ? $" to request {awaited}" : "")}.");
        // It opens stores that kills alone have happened to, unless there is no space for it.
        bool isRefusal = host.ExitCode == 1 && !host.HowItEnded.Contains(nameof(StoreError.DiskFull), StringComparison.Ordinal);
        return isRefusal
            ? new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, $"the host ended with {host.HowItEnded}"))
            : new WorkerFailedException($"The host ended by itself, {host.HowItEnded}");
    }

    private void Send(IHostDialog host, HostRequest request)
    {
        byte[] line = Oracle.Send(request);
        host.Send(line, isPlain: request.IsPlain && Oracle.Log[^1].Error is null);
    }

    private void Take(JsonElement answer)
    {
        if (Oracle.Hear(answer) is Discrepancy wrong)
            throw new ConvictedException(wrong);
    }

    private void Ask(IHostDialog host, HostRequest request)
    {
        Send(host, request);
        while (Oracle.InFlight > 0)
            Take(Hear(host));
    }

    private void ReadAll(IHostDialog host)
    {
        foreach (HostRequest read in _workload.ReadAll().ToArray())
            Send(host, read);
        while (Oracle.InFlight > 0)
            Take(Hear(host));
        Thread.Sleep(Pause);
    }

    /// <summary>Until all that was typed is done, and what has ended is known to have.</summary>
    private void Settle(IHostDialog host)
    {
        Deadline deadline = Deadline.After(AnswerTime);
        while (Oracle.InFlight > 0)
            Take(Hear(host));
        while (Unsettled.Any())
        {
            foreach (HostRequest interrupt in _workload.InterruptAll().ToArray())
                Send(host, interrupt);
            ReadAll(host);
            Ask(host, new ShowTreeRequest());
            if (deadline.Left == TimeSpan.Zero)
                throw new ConvictedException(new Discrepancy(DiscrepancyKind.Refused, $"programs do not come to an end: {DescribeUnsettled()}"));
        }
    }

    /// <returns>What is left of programs that have ended, or where it should not be; null when nothing is.</returns>
    private string? FindLeft(IHostDialog host)
    {
        HealthRequest health = new();
        Ask(host, health);
        IReadOnlyList<int> zombies = ProcessTable.FindZombies(host.ProcessId);
        if (zombies.Count > 0)
            return $"the host takes no note of the end of {string.Join(", ", zombies)}";
        IReadOnlyList<string> files = ProcessTable.FindOpenFiles(host.ProcessId);
        int terminals = files.Count(static file => file.EndsWith("/ptmx", StringComparison.Ordinal));
        if (files.Count > 0 && terminals != health.PanesRunning)
            return $"the host has {terminals} terminals open for {health.PanesRunning} panes in which programs run";
        return Oracle.Present.Where(static pane => pane.IsReady).Select(static pane => pane.State.ProcessId!.Value).Select(FindInherited).FirstOrDefault(static left => left is not null);
    }

    /// <returns>Which program the host takes to be where it is no longer; null: none.</returns>
    private string? FindElsewhere(IHostDialog host)
    {
        Ask(host, new ShowTreeRequest());
        return Oracle.Present.Where(static pane => pane.IsReady && !pane.IsKnownToBeThere).Select(pane => $"the host does not know that the program in pane {Oracle.Facts.Panes.NameOf(pane.Key)} went to '{pane.Directory}'").FirstOrDefault();
    }

    private string? FindInherited(int program)
    {
        string? file = ProcessTable.FindOpenFiles(program).FirstOrDefault(file => file.EndsWith("/ptmx", StringComparison.Ordinal) || file.StartsWith(Directory + "/", StringComparison.Ordinal));
        return file is null ? null : $"program {program} has '{file}' open, which is the host's";
    }

    private void RequireNoneRuns()
    {
        int strays = BuryPrograms();
        if (strays > 0)
            throw new ConvictedException(new Discrepancy(DiscrepancyKind.LeftBehind, $"{strays} programs outlived their hosts by {AnswerTime.TotalSeconds} s"));
    }

    private void AddStoreFigures()
    {
        _figures.Add(nameof(TerminalRunResult.FullCheckpoints), Oracle.Checkpoints.Values.Count(static isFull => isFull));
        _figures.Add(nameof(TerminalRunResult.Increments), Oracle.Checkpoints.Values.Count(static isFull => !isFull));
        // An opening begins a segment, too.
        _figures.Add(nameof(TerminalRunResult.Rolls), Math.Max(0, _newestSegment - 1 - _epoch));
    }

    private void MakeDirectories()
    {
        foreach (string directory in _directories)
            System.IO.Directory.CreateDirectory(directory);
    }

    private IEnumerable<PaneOracle> Unsettled => Oracle.Present.Where(static pane => pane.IsLive && (pane.IsEnding || pane.IsBeingStarted || !pane.Output.IsSilent || pane.Flood is not null));

    private string DescribeUnsettled() => string.Join(", ", Unsettled.Select(pane => $"pane {Oracle.Facts.Panes.NameOf(pane.Key)} ({(pane.IsEnding ? "was to end" : pane.Flood is not null ? "is flooded" : "has not said all")}, known up to {pane.Output.Known})"));

    private static bool IsEvent(JsonElement said, string name) => said.TryGetProperty("event", out JsonElement what) && what.GetString() == name;
}
