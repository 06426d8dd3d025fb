using Persistence.State;

namespace Persistence.Wal;

/// <summary>Walks the records of one valid frame body.</summary>
internal ref struct RecordCursor
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly Lsn _bodyLsn;
    private int _offset;
    private int _next;

    public RecordCursor(ReadOnlySpan<byte> body, Lsn bodyLsn)
    {
        _body = body;
        _bodyLsn = bodyLsn;
        _offset = 0;
        _next = 0;
    }

    /// <summary>LSN of the current record.</summary>
    public readonly Lsn Lsn => _bodyLsn + _offset;

    /// <summary>LSN after the current record.</summary>
    public readonly Lsn End => _bodyLsn + _next;

    public readonly LogRecord Current => RecordHeader.Decode(_body[_offset.._next], Lsn);

    /// <summary>Whether the current record's own checksum holds.</summary>
    public readonly bool IsValid => RecordHeader.IsValid(_body[_offset.._next], Lsn);

    public bool MoveNext()
    {
        if (_next >= _body.Length)
            return false;
        _offset = _next;
        _next = _offset + RecordHeader.Bytes + RecordHeader.ReadPayloadBytes(_body[_offset..]);
        return true;
    }

    /// <summary>Whether lengths and count add up to the body exactly.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> body, int recordCount)
    {
        int offset = 0;
        int count = 0;
        while (offset < body.Length)
        {
            if (body.Length - offset < RecordHeader.Bytes)
                return false;
            int payload = RecordHeader.ReadPayloadBytes(body[offset..]);
            if (payload < 0 || payload > body.Length - offset - RecordHeader.Bytes)
                return false;
            offset += RecordHeader.Bytes + payload;
            count++;
        }

        return count == recordCount;
    }
}
