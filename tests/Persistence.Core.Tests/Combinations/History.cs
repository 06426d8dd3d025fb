using System.Collections.Immutable;
using Persistence.State;

namespace Persistence.Tests.Combinations;

/// <summary>Every commit of every branch there was, which one is the newest now, and which are durable.</summary>
internal sealed class History
{
    private readonly List<Moment> _all = [];
    private int _commits;

    public History()
    {
        BeginStore(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));
        BeganWithState = false;
    }

    public Moment Head { get; private set; } = null!;

    /// <summary>The newest that no crash may lose.</summary>
    public Moment Durable { get; private set; } = null!;

    public IReadOnlyList<Moment> All => _all;

    /// <summary>Whether a history was left since the store was made: by a person or by a crash.</summary>
    public int Turns { get; private set; }

    /// <summary>Whether the store was made with a state, of a backup, and not empty.</summary>
    public bool BeganWithState { get; private set; }

    /// <summary>No commit may ever again get a position below: one that was durable had it. What a crash took before it was flushed was nowhere.</summary>
    public Lsn Used => _all.Where(moment => moment.WasDurable).Max(moment => moment.End);

    /// <summary>A store that begins with a state and no log.</summary>
    public void BeginStore(ImmutableSortedDictionary<string, string> state)
    {
        // A restored store may use positions again that the old one had used after the backup.
        BeganWithState = true;
        _all.Clear();
        Head = Durable = new Moment(_commits++, null, Lsn.None, Lsn.None, 0, state, Note: null) { EndsFrame = true, WasDurable = true };
        _all.Add(Head);
        Turns++;
    }

    public void Commit(CommitResult result, ImmutableSortedDictionary<string, string> state, string? note, bool isDurable)
    {
        Head = new Moment(_commits++, Head, result.First, result.End, result.Timestamp, state, note);
        _all.Add(Head);
        if (isDurable)
            NoteDurable();
    }

    /// <summary>Everything so far was flushed, and with it its frame ended.</summary>
    public void NoteDurable()
    {
        Head.EndsFrame = true;
        NoteKept();
    }

    private void NoteKept()
    {
        Durable = Head;
        foreach (Moment moment in Head.Path().TakeWhile(moment => !moment.WasDurable))
            moment.WasDurable = true;
    }

    /// <summary>The disks are those of a moment ago: what was committed since is durable only if it is found there.</summary>
    public void ForgetSince(Moment durable)
    {
        foreach (Moment moment in _all.Where(moment => moment.Number > durable.Number))
            moment.WasDurable = moment.EndsFrame = false;
        if (Durable.Number > durable.Number)
            Durable = durable;
    }

    /// <summary>The store is at an earlier state, or at one that a crash left, and goes on from there.</summary>
    public void TurnTo(Moment moment)
    {
        Turns++;
        Head = moment;
        // In its frame a note of the engine's own may lie behind it.
        NoteKept();
    }

    /// <summary>The commit whose records a position is among, or null.</summary>
    public Moment? Holding(Lsn lsn) => _all.FindLast(moment => !moment.IsBeginning && moment.First <= lsn && lsn < moment.End);
}
