using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>
/// The items as a snapshot shows them, or those changed since a position and what was deleted since. It goes through the live state a few items at a time: the snapshot keeps
/// the versions it needs, and nobody waits for longer than those few take.
/// </summary>
internal sealed class KeyValueCapture : IStateCapture
{
    private const int ItemsPerPiece = 512;

    private readonly KeyValueState _state;
    private readonly Snapshot _snapshot;
    private readonly Lsn _since;
    private readonly int _slots;
    private readonly Utf8KeyTable _deleted;
    private readonly KeyValueItem?[] _piece = new KeyValueItem?[ItemsPerPiece];
    private int _nextDeleted;
    private int _nextSlot;
    private int _count;
    private int _next;

    /// <param name="state">The state.</param>
    /// <param name="snapshot">What it shows; closed when the capture ends.</param>
    /// <param name="since">What was committed below is not wanted; none: everything is.</param>
    /// <param name="slots">How far the table is filled.</param>
    /// <param name="deleted">Keys deleted since the last checkpoint; some may exist again. The capture's own.</param>
    public KeyValueCapture(KeyValueState state, Snapshot snapshot, Lsn since, int slots, Utf8KeyTable deleted)
    {
        _state = state;
        _snapshot = snapshot;
        _since = since;
        _slots = slots;
        _deleted = deleted;
    }

    public bool IsWhole => _since == Lsn.None;

    public long Count => _slots + (IsWhole ? 0 : _deleted.Slots);

    public long Done => _nextSlot + _nextDeleted;

    public bool TryWriteNext(GrowableBuffer item)
    {
        if (TryWriteDeleted(item))
            return true;
        while (_next == _count)
        {
            if (_nextSlot == _slots)
                return false;
            _count = _state.CopyChanged(ref _nextSlot, _slots, _piece, _snapshot.Lsn, _since);
            _next = 0;
        }

        Write(_piece[_next++]!, item);
        return true;
    }

    public void End(bool published)
    {
        _snapshot.Dispose();
        if (!published)
            _state.RememberDeleted(_deleted);
    }

    /// <summary>First what was deleted, then what is there: a key that exists again is taken as it is now.</summary>
    private bool TryWriteDeleted(GrowableBuffer item)
    {
        while (!IsWhole && _nextDeleted < _deleted.Slots)
        {
            KeyValueItem deleted = _deleted.AtSlot(_nextDeleted++)!;
            if (_state.FindAt(deleted.KeyUtf8.Span, _snapshot.Lsn) is not null)
                continue;
            MessagePackWriter writer = new(item);
            writer.WriteArrayHeader(2);
            writer.WriteUtf8String(deleted.KeyUtf8.Span);
            writer.WriteInteger(deleted.Lsn.Value);
            return true;
        }

        return false;
    }

    private static void Write(KeyValueItem source, GrowableBuffer item)
    {
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(5);
        writer.WriteUtf8String(source.KeyUtf8.Span);
        writer.WriteRaw(source.Value.Span);
        writer.WriteInteger(source.Lsn.Value);
        writer.WriteInteger(source.Timestamp100Ns);
        writer.WriteInteger(source.TransactionId);
    }
}
