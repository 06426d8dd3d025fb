using System.Globalization;
using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Model;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>
/// What one store's terminals must be. Its host carries out the requests of one client, in their order, and answers each when it is as durable as the store's mode promises. So after a kill there is the state
/// after some first part of the requests that were sent, and those that were promised are among them; and of each pane's output what was told, and what follows it.
/// </summary>
/// <param name="answersPromise">Whether an answer promises that what it says will last; else what was answered before a flush does, once that is answered.</param>
internal sealed class TerminalOracle(bool answersPromise)
{
    private const int EarlierMax = 200;

    private readonly Queue<SentRequest> _unanswered = [];
    private readonly Queue<TreeModel> _earlier = [];
    private readonly List<SentRequest> _log = [];
    private readonly Dictionary<long, bool> _checkpoints = [];
    private readonly Dictionary<string, DateTimeOffset> _created = new(StringComparer.Ordinal);

    // The tree that must be there at least; then all requests that were sent after that one.
    private readonly List<SentRequest> _possible = [];
    private TreeModel _promised = TreeModel.Empty;
    private bool _isClosing;
    private long _number;
    private int _promisedChanges;
    private long _heardBytes;
    private long _promisedBytes;

    /// <summary>The tree after all that was sent.</summary>
    public TreeModel Intended { get; private set; } = TreeModel.Empty;

    /// <summary>The host's numbers, as far as they are known.</summary>
    public ModelFacts Facts { get; } = new();

    /// <summary>The panes, by the harness' numbers.</summary>
    public Dictionary<int, PaneOracle> Panes { get; } = [];

    /// <summary>The request that is next to be answered, or null.</summary>
    public SentRequest? Awaited => _unanswered.TryPeek(out SentRequest? next) ? next : null;

    /// <summary>Those that are not destroyed, nor are to be by something that was sent.</summary>
    public IEnumerable<PaneOracle> Present => Panes.Values.Where(pane => Intended.Panes.ContainsKey(pane.Key));

    /// <summary>Requests sent and not answered.</summary>
    public int InFlight => _unanswered.Count;

    /// <summary>Checkpoints that were taken or found, by number, and whether each is full.</summary>
    public IReadOnlyDictionary<long, bool> Checkpoints => _checkpoints;

    /// <summary>What was sent since the store was judged last, oldest first.</summary>
    public IReadOnlyList<SentRequest> Log => _log;

    /// <summary>What was certain.</summary>
    public TreeModel Promised => _promised;

    public Identities NumbersOf(string kind) => kind switch { "session" => Facts.Sessions, "window" => Facts.Windows, _ => Facts.Panes };

    /// <summary>The pane with a number of the host's.</summary>
    public PaneOracle? FindPane(long id) => Panes.GetValueOrDefault(Facts.Panes.FindKey(id));

    /// <summary>Bytes of output were told.</summary>
    public void NoteHeard(int bytes) => _heardBytes += bytes;

    /// <summary>A checkpoint was taken, or found.</summary>
    public void NoteCheckpoint(long number, bool isFull) => _checkpoints[number] = isFull;

    /// <summary>A host is being started: it will restore what there is.</summary>
    public void BeginHost()
    {
        foreach (PaneOracle pane in Panes.Values)
            pane.BeginRestore();
    }

    /// <summary>The host was told to end: from some request on it refuses all.</summary>
    public void BeginClose() => _isClosing = true;

    /// <summary>A request is sent.</summary>
    /// <returns>Its line.</returns>
    public byte[] Send(HostRequest request)
    {
        (string? error, TreeModel after) = TryApply(request);
        SentRequest sent = new(++_number, request, error, after);
        Intended = after;
        _unanswered.Enqueue(sent);
        _possible.Add(sent);
        _log.Add(sent);
        request.WhenSent(this);
        return request.ToLine(sent.Number);
    }

    /// <summary>An answer was heard.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public Discrepancy? Hear(JsonElement answer)
    {
        if (!_unanswered.TryDequeue(out SentRequest? sent))
            return new Discrepancy(DiscrepancyKind.Phantom, $"an answer to nothing: {answer}");
        if (answer.TryGetProperty("id", out JsonElement id) && id.GetInt64() != sent.Number)
            return new Discrepancy(DiscrepancyKind.OutOfOrder, $"request {sent.Number} is next to be answered, and {id} was");
        string? error = answer.TryGetProperty("error", out JsonElement said) ? said.GetString() : null;
        if (error is null)
            return HearDone(sent, answer);
        if (_isClosing && error == "StoreClosed")
            return RefuseFrom(sent);
        sent.Request.WhenRefused(this);
        if (error != sent.Error && !sent.Request.MayFailWith(this, error))
            return new Discrepancy(DiscrepancyKind.Refused, $"request {sent} was refused, with nothing wrong but kills: {answer}");
        if (answersPromise)
            Promise(sent.After);
        return null;
    }

    /// <summary>What was answered until now is promised.</summary>
    /// <param name="after">The tree after it.</param>
    public void Promise(TreeModel after)
    {
        Promise(after, _possible.LastOrDefault(sent => !_unanswered.Contains(sent)));
        Facts.Promise();
        (_promisedBytes, _heardBytes) = (_promisedBytes + _heardBytes, 0);
        foreach (PaneOracle pane in Panes.Values)
            pane.Promise();
    }

    /// <summary>Judges what a store holds whose host is dead, or was closed.</summary>
    /// <param name="tree">Its tree.</param>
    /// <param name="findOutput">The output of a pane.</param>
    /// <param name="end">How its host ended.</param>
    public TerminalJudgement Judge(TerminalTree tree, Func<PaneId, PaneOutput> findOutput, HostEnd end)
    {
        List<Discrepancy> found = [.. LearnNumbers(tree)];
        FactSheet facts = StateFacts.Of(tree, id => FindPane(id.Value) is not { SaysTitles: true });
        int extra = FindExplanation(facts);
        if (extra < 0)
            found.Add(Explain(facts));
        found.AddRange(JudgeTimes(tree));
        long recoveredBytes = 0;
        foreach (TerminalPane pane in tree.Panes.Values)
        {
            if (FindPane(pane.Id.Value) is not PaneOracle oracle)
                continue;
            long known = oracle.Promised;
            found.AddRange(oracle.Judge(pane, findOutput(pane.Id), end));
            recoveredBytes += Math.Max(0, findOutput(pane.Id).End - known);
        }

        if (found.Count > 0)
            return new TerminalJudgement(found, null, _promisedChanges, _promisedChanges, _promisedBytes, _promisedBytes);
        int more = _possible.Take(extra).Count(static sent => sent.Request.ChangesTree && sent.Error is null);
        TreeModel explained = extra == 0 ? _promised : _possible[extra - 1].After;
        return new TerminalJudgement([], explained, _promisedChanges, _promisedChanges + more, _promisedBytes, _promisedBytes + recoveredBytes);
    }

    /// <summary>What was judged right is what all that follows is held against.</summary>
    public void Settle(TerminalJudgement judgement, TerminalTree tree, Func<PaneId, PaneOutput> findOutput)
    {
        _promised = Intended = judgement.Tree!;
        Facts.Settle(_promised);
        _possible.Clear();
        _unanswered.Clear();
        _log.Clear();
        (_number, _promisedChanges, _heardBytes, _promisedBytes, _isClosing) = (0, 0, 0, 0, false);
        foreach (int gone in Panes.Keys.Where(key => !_promised.Panes.ContainsKey(key)).ToArray())
            Panes.Remove(gone);
        foreach (TerminalPane pane in tree.Panes.Values)
            FindPane(pane.Id.Value)!.Settle(pane, findOutput(pane.Id));
    }

    private (string? Error, TreeModel After) TryApply(HostRequest request)
    {
        try
        {
            return (null, request.ApplyTo(Intended));
        }
        catch (ModelRefusedException e)
        {
            return (e.Error, Intended);
        }
    }

    private Discrepancy? HearDone(SentRequest sent, JsonElement answer)
    {
        if (sent.Error is not null)
            return new Discrepancy(DiscrepancyKind.Phantom, $"request {sent.Number} was carried out, and had to be refused with {sent.Error}: {sent}");
        if (sent.Request.WhenAnswered(this, answer, sent.After) is string wrong)
            return new Discrepancy(DiscrepancyKind.Phantom, $"the answer to request {sent} is wrong: {wrong}");
        if (answersPromise)
            Promise(sent.After);
        return null;
    }

    private void Promise(TreeModel after, SentRequest? last)
    {
        int count = last is null ? 0 : _possible.IndexOf(last) + 1;
        foreach (SentRequest sent in _possible.Take(count).Where(static sent => sent.Request.ChangesTree && sent.Error is null))
        {
            _promisedChanges++;
            _earlier.Enqueue(_promised);
            if (_earlier.Count > EarlierMax)
                _earlier.Dequeue();
        }

        _possible.RemoveRange(0, count);
        _promised = after;
    }

    /// <summary>Neither this one nor any after it is carried out.</summary>
    private Discrepancy? RefuseFrom(SentRequest sent)
    {
        int from = _possible.IndexOf(sent);
        if (from >= 0)
            _possible.RemoveRange(from, _possible.Count - from);
        sent.Request.WhenRefused(this);
        return null;
    }

    /// <summary>What was created and not answered is known by its name, or its token.</summary>
    private IEnumerable<Discrepancy> LearnNumbers(TerminalTree tree)
    {
        foreach (CreateRequest create in _possible.Select(static sent => sent.Request).OfType<CreateRequest>())
        {
            if (NumbersOf(create.Kind).Find(create.Key) is not null || FindCreated(tree, create) is not long id)
                continue;
            if (!NumbersOf(create.Kind).TryLearn(create.Key, id))
                yield return new Discrepancy(DiscrepancyKind.Phantom, $"the new {create.Kind} has the number {id}, which was used before");
        }
    }

    private static long? FindCreated(TerminalTree tree, CreateRequest create)
    {
        string token = TokenOf(create.Key);
        return create.Kind switch
        {
            "session" => tree.Sessions.Values.FirstOrDefault(session => session.Name == token)?.Id.Value,
            "window" => tree.Windows.Values.FirstOrDefault(window => window.Name == token)?.Id.Value,
            _ => tree.Panes.Values.FirstOrDefault(pane => pane.Configuration.Environment.Any(entry => entry.Name == PaneSpecification.TokenVariable && entry.Value == token))?.Id.Value,
        };
    }

    /// <summary>What a session or a window is called at first, and what a pane has in its environment.</summary>
    public static string TokenOf(int key) => string.Create(CultureInfo.InvariantCulture, $"k{key}");

    /// <returns>After how many of the requests that may have been carried out the tree is the one found; less than 0: after none.</returns>
    private int FindExplanation(FactSheet found)
    {
        if (found.Agrees(Facts.Of(_promised)))
            return 0;
        for (int i = 0; i < _possible.Count; i++)
        {
            if (found.Agrees(Facts.Of(_possible[i].After)))
                return i + 1;
        }

        return -1;
    }

    private Discrepancy Explain(FactSheet found)
    {
        FactSheet[] possible = [Facts.Of(_promised), .. _possible.Select(sent => Facts.Of(sent.After))];
        IReadOnlyList<string> differences = possible.Select(found.FindDifferences).MinBy(static some => some.Count)!;
        string[] unexplained = [.. found.Facts.Keys.Union(possible[0].Facts.Keys).Where(name => !possible.Any(one => one.Facts.GetValueOrDefault(name) == found.Facts.GetValueOrDefault(name)))];
        DiscrepancyKind kind = unexplained.Length == 0 ? DiscrepancyKind.OutOfOrder : unexplained.All(name => WasSo(name, found)) ? DiscrepancyKind.Lost : DiscrepancyKind.Phantom;
        return new Discrepancy(kind, $"the tree is not the one after any of the {_possible.Count} requests that may have been carried out after what was promised; the nearest: {string.Join("; ", differences)}");
    }

    /// <summary>Whether something was once as it is found: then what changed it since is gone.</summary>
    private bool WasSo(string name, FactSheet found)
    {
        string? value = found.Facts.GetValueOrDefault(name);
        return value is null || _earlier.Any(tree => Facts.Of(tree).Facts.GetValueOrDefault(name) == value);
    }

    /// <summary>What was created once was created then, and what has begun or ended once did so then.</summary>
    private IEnumerable<Discrepancy> JudgeTimes(TerminalTree tree)
    {
        IEnumerable<(string, DateTimeOffset)> times =
        [
            .. tree.Sessions.Values.Select(static one => ($"session {one.Id}", one.Created)),
            .. tree.Windows.Values.Select(static one => ($"window {one.Id}", one.Created)),
            .. tree.Panes.Values.Select(static one => ($"pane {one.Id}", one.Created)),
            // No program is the same twice.
            .. tree.Panes.Values.Select(static one => ($"pane {one.Id} as one whose program is {ProgramState.Of(one.State)}, started at {one.State.Process?.StartTime:O},", one.StateChanged)),
        ];
        foreach ((string what, DateTimeOffset time) in times)
        {
            if (!_created.TryAdd(what, time) && _created[what] != time)
                yield return new Discrepancy(DiscrepancyKind.Phantom, $"{what} was there since {_created[what]:O}, and now since {time:O}");
        }
    }
}
