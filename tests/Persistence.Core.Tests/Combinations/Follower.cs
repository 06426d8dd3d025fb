using System.Collections.Immutable;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Wal;

namespace Persistence.Tests.Combinations;

/// <summary>Follows the log beside the writer, keeps its own copy of the state, and compares: every commit, in order, none twice, none that was left.</summary>
internal sealed class Follower : IDisposable
{
    private LogTail _tail;
    private Moment? _current;
    private ImmutableSortedDictionary<string, string>? _state;
    private Lsn _lostTo;
    private bool _isStopped;
    private bool _isPartial;
    private int _turns;

    private Follower(LogTail tail) => _tail = tail;

    /// <summary>The newest commit that was given out; null before the first.</summary>
    public Moment? Last => _current;

    /// <summary>How far the log was read.</summary>
    public Lsn Position => _tail.Position;

    public static Follower Begin(Subject subject, Moment? after)
    {
        Follower follower = new(PersistenceStore.Tail(subject.Host(), after?.End ?? Lsn.None));
        if (after is not null)
            follower.Take(after);
        return follower;
    }

    /// <summary>After a crash: on the disks that are left.</summary>
    public void GoOn(Subject subject)
    {
        if (!_isStopped)
            return;
        _tail = PersistenceStore.Tail(subject.Host(), _tail.Position);
        _isStopped = false;
    }

    /// <summary>Reads to the end of what may be given out.</summary>
    public void Read(Subject subject)
    {
        while (true)
        {
            try
            {
                if (_tail.TryRead() is not LogEntry entry)
                    break;
                Read(subject.History, entry);
            }
            catch (LogTruncatedException e)
            {
                CombinationException.Require(!subject.Settings.KeepsAll, $"A follower at {_current} misses something that is kept: {e.Message}");
                _lostTo = e.To;
            }
            catch (LogBranchException e)
            {
                GoBack(subject.History, e);
            }
        }

        _turns = subject.History.Turns;
        RequireState();
    }

    /// <summary>The writer has closed: nothing may be missing any more.</summary>
    public void RequireEnd(Moment head) =>
        CombinationException.Require(_current == head || head.IsBeginning || head.First < _lostTo || _current is null, $"The log was closed at {head}, and a follower was given no more than {_current}.");

    public void Dispose()
    {
        _tail.Dispose();
        _isStopped = true;
    }

    private void Read(History history, LogEntry entry)
    {
        Moment? moment = history.Holding(entry.Lsn);
        if (entry.Type.Model == StateModelId.Engine)
            return;
        CombinationException.Require(moment is not null, $"A follower was given a record at LSN {entry.Lsn} that nobody has committed.");
        if (moment != _current)
            Enter(moment!, entry.Lsn);
        if (KeyValueChange.Is(entry.Type) && !_isPartial)
            Apply(KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span));
    }

    private void Enter(Moment next, Lsn first)
    {
        RequireState();
        // With its beginning a commit of several frames is lost, or most of it.
        bool isFirstAfterLoss = _lostTo > Lsn.None && next.End > _lostTo && next.Parent!.First < _lostTo;
        bool isNext = _current is null || next.Parent == _current || isFirstAfterLoss;
        CombinationException.Require(isNext, $"A follower was given {next} after {_current} (lost up to {_lostTo}).");
        _state = next.Parent is Moment parent && _current == parent && !_isPartial ? _state : next.Parent?.State;
        // Of a commit of several frames retention may have left the end alone.
        _isPartial = (next.Parent != _current || _lostTo > next.First) && first - next.First > 4096;
        _current = next;
        _lostTo = Lsn.None;
    }

    private void GoBack(History history, LogBranchException e)
    {
        // The tail may have found it before the store came back once more.
        bool isOfNow = history.Turns - _turns <= 1;
        CombinationException.Require(_current is null || !isOfNow || !_current.IsOnPathOf(history.Head) || e.From >= _current.End, $"A follower at {_current}, which still counts, is told that the history was left: {e.Message}");
        if (_current?.At(e.From) is Moment shared)
            Take(shared);
    }

    private void Take(Moment moment)
    {
        _isPartial = false;
        _current = moment;
        _state = moment.State;
    }

    private void Apply(in KeyValueChange change) =>
        _state = change.IsDelete ? _state!.Remove(change.Key) : _state!.SetItem(change.Key, TestStore.Decode(change.Value.ToArray()));

    private void RequireState() =>
        CombinationException.Require(_current is null || _isPartial || _state!.SequenceEqual(_current.State), $"What a follower was given does not make the state of {_current}.");
}
