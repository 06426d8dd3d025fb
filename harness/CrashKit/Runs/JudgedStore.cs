using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Oracle.Transactions;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;

namespace Persistence.CrashKit.Runs;

/// <summary>One store and all that was said about it: what its workers find in it is held against that. What is wrong goes to the figures.</summary>
/// <param name="options">Who works on it, and how.</param>
/// <param name="takeWorker">Gives a worker for a directory and an epoch.</param>
/// <param name="figures">Where results go.</param>
/// <param name="remembersAllValues">See <see cref="StoreOracle.RemembersAllValues"/>.</param>
internal sealed class JudgedStore(KillRunOptions options, Func<string, int, ChildProcess> takeWorker, KillRunFigures figures, bool remembersAllValues)
{
    private readonly StoreOracle _oracle = new(keepsAllRecords: true, options.Durability == DurabilityMode.Sync) { RemembersAllValues = remembersAllValues && !options.MayRepeatValues };
    private readonly ListHistory? _lists = remembersAllValues && options.HasLists ? new ListHistory(options.Durability == DurabilityMode.Sync) : null;
    private const int PastLooks = 3;
    private const int GoBackOneIn = 6;

    private int _epoch;
    private int _killsUnverified;
    private bool _wasClosed;
    private Observation? _inspected;
    private BackupsBeside? _backups;

    /// <summary>Where it is.</summary>
    public required string Directory { get; init; }

    /// <summary>Where its options come from.</summary>
    public required long ProfileSeed { get; init; }

    /// <summary>Where its workers' choices come from.</summary>
    public required long WorkSeed { get; init; }

    /// <summary>Whose store it is, for the evidence.</summary>
    public required string Owner { get; init; }

    /// <summary>Whether no worker has been sent to it yet.</summary>
    public bool IsNew => _epoch == 0;

    /// <summary>What was said since it was verified last.</summary>
    public History History => _oracle.History;

    /// <summary>Operations acknowledged and judged.</summary>
    public long OperationsSettled { get; private set; }

    /// <summary>Checkpoints among them.</summary>
    public long CheckpointsSettled { get; private set; }

    /// <summary>Starts a worker and tells it to open the store.</summary>
    /// <param name="order">Where it is to die by itself, or null.</param>
    public WorkerDialog Begin(KillOrder? order)
    {
        WorkerDialog worker = new(takeWorker(Directory, _epoch), options.AnswerTime);
        try
        {
            worker.WaitUntilReady();
            _oracle.KeepsAllRecords = KeepsAllRecords(worker);
            _oracle.History.BeginProcess();
            worker.BeginOpen(new OpenRequest
            {
                Directory = Directory,
                Epoch = _epoch++,
                Seed = WorkSeed,
                ProfileSeed = ProfileSeed,
                Writers = options.Writers,
                Workload = options.Workload,
                HasLists = _lists is not null,
                Durability = options.Durability.ToString(),
                Kill = order,
            });
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <returns>Whether the worker is there, with a store that is right.</returns>
    public bool OpenAndJudge(WorkerDialog worker)
    {
        try
        {
            if (worker.WaitUntilOpen() is not ReadyMessage ready)
                return false;
            if (_killsUnverified > 0)
                figures.AddRecovery(ready);
            if (_wasClosed && ready.Recovered == true && options.IsBuiltIn)
            {
                Convict([new Discrepancy(DiscrepancyKind.Refused, "the store was closed cleanly, and had to be recovered")], null);
                return false;
            }
        }
        catch (StoreRefusedException e)
        {
            RequireSpace(e.Message);
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store {(_wasClosed ? "was closed cleanly, and " : "")}does not open: {e.Message}")], null);
            return false;
        }

        _wasClosed = false;
        return DumpAndJudge(worker);
    }

    /// <returns>Whether what the worker shows is right; then it is what everything later is held against.</returns>
    public bool DumpAndJudge(WorkerDialog worker)
    {
        Observation observed;
        try
        {
            observed = worker.Dump();
        }
        catch (StoreRefusedException e)
        {
            RequireSpace(e.Message);
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store cannot be read: {e.Message}")], null);
            return false;
        }

        Judgement judgement = Decide(observed);
        List<Discrepancy> found = [.. judgement.Discrepancies];
        found.AddRange(JudgeLists(observed));
        if (_inspected?.FindDifference(observed) is string difference)
            found.Add(new Discrepancy(DiscrepancyKind.ReaderDisagrees, $"a read-only opening after the kill and the writer's recovery differ: {difference}"));
        if (found.Count > 0)
        {
            Convict(found, observed);
            return false;
        }

        figures.AddVerified(_killsUnverified, judgement);
        _killsUnverified = 0;
        _inspected = null;
        Settle(observed);
        return true;
    }

    /// <summary>Takes what the worker said. Kills make no operation fail: one that did is a finding, unless the disk was full.</summary>
    public void Take(IReadOnlyList<WorkerMessage> said)
    {
        foreach (WorkerMessage message in said)
            RequireSpace(message switch { FailMessage fail => fail.Reason, ErrorMessage error => error.Text, _ => "" });
        foreach (WorkerMessage message in said)
        {
            _oracle.History.Add(message);
            if (message is DidMessage did)
                figures.Add(did);
            if (message is TransactionMessage transaction)
                (_lists ?? throw new ProtocolException("A worker that was not asked for transactions on lists has said something about one.")).Add(transaction);
            if (message is FailMessage { IsConflict: false } fail)
                Convict([new Discrepancy(DiscrepancyKind.Refused, $"operation {fail.Number} failed, with nothing wrong but kills: {fail.Reason}")], null);
            else if (message is ErrorMessage error)
                Convict([new Discrepancy(DiscrepancyKind.Refused, error.Text)], null);
        }
    }

    /// <summary>The worker was killed: takes what it said last.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="wasRunning">Whether it ran its workload, with the store open.</param>
    /// <returns>False when it said something that is a finding.</returns>
    public bool BuryKilled(WorkerDialog worker, bool wasRunning)
    {
        Take(worker.Drain());
        if (figures.HasStopped)
            return false;
        figures.AddKill(worker.WasKilled, wasRunning, _oracle.History.InFlight);
        if (!worker.WasKilled)
            throw new WorkerFailedException($"The worker was to be killed and ended by itself, {worker.HowItEnded}");
        _killsUnverified++;
        _wasClosed = false;
        return true;
    }

    /// <summary>Lets the worker close the store: that promises everything acknowledged, and the next opening has nothing to recover.</summary>
    /// <returns>False when something was found on the way.</returns>
    public bool StopCleanly(WorkerDialog worker)
    {
        worker.BeginStop();
        worker.WaitThenKill(options.AnswerTime);
        IReadOnlyList<WorkerMessage> said = worker.Drain();
        Take(said);
        if (figures.HasStopped)
            return false;
        if (said.Count == 0 || said[^1] is not ByeMessage)
            throw new WorkerFailedException($"The worker was told to stop and ended without a bye, {worker.HowItEnded}");
        _oracle.History.PromiseAcknowledged();
        _wasClosed = true;
        return true;
    }

    /// <summary>Begins to take a backup beside the worker, which writes.</summary>
    public void BeginBackup() => (_backups ??= new BackupsBeside(Directory)).Begin();

    /// <summary>Waits for the backup that was begun, if one was, and judges what it gives back. All that the worker has said has been taken.</summary>
    /// <returns>False when something was found.</returns>
    public bool EndBackup()
    {
        try
        {
            if (_backups?.End() != true)
                return true;
            bool isIncrement = _backups.IsIncrement;
            if (_backups.FindDifference(_oracle.Baseline, _oracle.History.Operations, key => _lists is null || !Lists.IsList(key)) is string difference)
                Convict([new Discrepancy(DiscrepancyKind.Lost, difference)], null);
            else
                figures.AddBackup(isIncrement);
        }
        catch (StoreException e)
        {
            RequireSpace($"{e.Error}: {e.Message}");
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"a backup beside the writer, or restoring it, was refused: {e.Error}: {e.Message}")], null);
        }

        return !figures.HasStopped;
    }

    /// <summary>The controller reads the dead worker's store before anybody recovers it: recovery must see the same.</summary>
    public bool InspectKilled() => (_inspected = Inspect()) is not null;

    /// <summary>The controller reads the store in its own process, with its own engine.</summary>
    /// <returns>What it holds; null when there is no store yet, or it is not right.</returns>
    public Observation? Inspect()
    {
        Observation seen;
        try
        {
            seen = StoreSessions.ObserveReadOnly(StoreHost.ForDirectory(Directory));
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound && _oracle.Baseline == Observation.Empty)
        {
            // Killed while it was being created: there is no store to read yet.
            return null;
        }
        catch (StoreException e)
        {
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store does not open for reading: {e.Error}: {e.Message}")], null);
            return null;
        }

        figures.AddInspection();
        Judgement judgement = Decide(seen);
        if (judgement.IsRight)
            return seen;
        Convict(judgement.Discrepancies, seen);
        return null;
    }

    /// <summary>The controller looks at the dead worker's store as it was at earlier positions, and sometimes takes it back there.</summary>
    /// <param name="random">Which positions.</param>
    /// <returns>False when something was found.</returns>
    public bool JudgePast(Random random)
    {
        PastMoments past = new(_oracle.Baseline, _oracle.History.Operations);
        if (past.Candidates.Count == 0)
            return true;
        for (int look = 0; look < PastLooks; look++)
        {
            if (!JudgePast(past, past.Candidates[random.Next(past.Candidates.Count)], static (host, target) => StoreSessions.ObserveReadOnly(host, target), out _))
                return false;
        }

        figures.AddPast(PastLooks, wentBack: 0);
        return random.Next(GoBackOneIn) != 0 || GoBack(past, past.Candidates[random.Next(past.Candidates.Count)]);
    }

    /// <summary>What the store holds then is what everything later is held against.</summary>
    private bool GoBack(PastMoments past, Operation target)
    {
        StoreOptions profile = StoreProfile.Create(ProfileSeed, options.Durability, Directory);
        if (!JudgePast(past, target, (host, back) => StoreSessions.GoBack(host, profile, back), out Observation? held))
            return false;
        if (held is null)
            return true;
        figures.AddPast(0, wentBack: 1);
        _inspected = null;
        _oracle.Accept(WithoutLists(held));
        return true;
    }

    private bool JudgePast(PastMoments past, Operation target, Func<StoreHost, RecoveryTarget, Observation> open, out Observation? shown)
    {
        shown = null;
        try
        {
            shown = open(StoreHost.ForDirectory(Directory), RecoveryTarget.ToLsn(new Lsn(target.Lsn!.Value)));
            if (past.FindDifference(target, shown) is not string difference)
                return true;
            Convict([new Discrepancy(DiscrepancyKind.Lost, difference)], shown);
        }
        catch (StoreException e) when (e.Error == StoreError.LogTruncated && !_oracle.KeepsAllRecords)
        {
            // Retention has taken the log of that time.
            return true;
        }
        catch (StoreException e)
        {
            RequireSpace($"{e.Error}: {e.Message}");
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store cannot be gone back to LSN {target.Lsn}: {e.Error}: {e.Message}")], null);
        }

        return false;
    }

    /// <summary>A program that is not ours keeps its whole log, unless it says that the oldest records may go.</summary>
    private bool KeepsAllRecords(WorkerDialog worker) =>
        options.IsBuiltIn ? StoreProfile.KeepsAllRecords(ProfileSeed) : !worker.Capabilities.Contains("trim");

    /// <summary>A store that says there is no space for it has broken no promise: the run comes to no answer.</summary>
    private void RequireSpace(string reason)
    {
        if (options.IsBuiltIn && reason.StartsWith($"{StoreError.DiskFull}: ", StringComparison.Ordinal))
            throw new WorkerFailedException($"There is no space for the store: {reason}");
    }

    private Judgement Decide(Observation observed)
    {
        Judgement judgement = _oracle.Judge(WithoutLists(observed));
        return judgement.IsDecided ? judgement : throw new WorkerFailedException("The oracle came to no decision: too much was in flight at once");
    }

    /// <summary>What transactions saw of lists, until now, is what some order of them shows.</summary>
    private IEnumerable<Discrepancy> JudgeLists(Observation observed)
    {
        if (_lists is null)
            return [];
        TransactionVerdict verdict = _lists.BeginLife(observed);
        figures.AddTransactions(verdict);
        return verdict.Anomalies.Select(anomaly => new Discrepancy(DiscrepancyKind.NotSerializable, anomaly.ToString()));
    }

    /// <summary>Lists are judged by what transactions saw of them.</summary>
    private Observation WithoutLists(Observation observed) => _lists is null
        ? observed
        : observed with { Items = observed.Items.Where(item => !Lists.IsList(item.Key)).ToDictionary(StringComparer.Ordinal) };

    private void Settle(Observation observed)
    {
        foreach (Operation operation in _oracle.History.Operations.Where(operation => operation.Outcome == OperationOutcome.Acknowledged))
        {
            OperationsSettled++;
            CheckpointsSettled += operation.Kind == OperationKind.Checkpoint ? 1 : 0;
        }

        _oracle.Accept(WithoutLists(observed));
    }

    private void Convict(IReadOnlyList<Discrepancy> discrepancies, Observation? observed)
    {
        string circumstances = $"Seed {options.Seed}, {Owner}, workload {options.Workload}, durability {options.Durability}, epoch {_epoch}, mutant {options.Mutant ?? "none"}, store {Directory}";
        string? file = EvidenceFile.TryWrite(Directory, circumstances, discrepancies, _oracle, observed);
        foreach (Discrepancy discrepancy in discrepancies)
            figures.Add(new Failure(discrepancy, Directory, file));
    }
}
