using Persistence.Serialization;

namespace Persistence.State;

/// <summary>
/// The commands of one commit, serialized and checksummed before the log is locked: one atomic step, and one frame unless it is too large for one. Not
/// thread-safe; after the commit returned it may be cleared and used again.
/// </summary>
public sealed class CommandBatch
{
    private const int KeptBytesMax = 4 << 20;
    private const int KeptCommandsMax = 1 << 16;

    private readonly GrowableBuffer _payloads = new(RecordLimits.CommitBytesMax + RecordLimits.RecordBytesMax);
    private readonly GrowableBuffer _tails = new(RecordLimits.RecordBytesMax * 2);
    private readonly List<Command> _commands = [];
    private int _openPayloadOffset = -1;

    /// <summary>How many commands it holds.</summary>
    public int Count => _commands.Count;

    /// <summary>Payload bytes as the caller gave them.</summary>
    public long PayloadBytes => _payloads.Length;

    /// <summary>Bytes sequencing added behind the payloads.</summary>
    internal long TailBytes => _tails.Length;

    /// <summary>What must hold where it is committed, or null.</summary>
    internal ICommitCondition? Condition { get; init; }

    /// <summary>Whether its commit was, or is, too large for one frame.</summary>
    internal bool TakesSeveralFrames { get; set; }

    /// <summary>Starts a command; the payload is written to the returned buffer, then <see cref="End"/> is called.</summary>
    public GrowableBuffer Begin()
    {
        if (_openPayloadOffset >= 0)
            throw new InvalidOperationException("The previous command was not ended.");
        _openPayloadOffset = _payloads.Length;
        return _payloads;
    }

    /// <summary>Ends the command started by <see cref="Begin"/>.</summary>
    /// <exception cref="Diagnostics.StoreException"><see cref="Diagnostics.StoreError.RecordTooLarge"/>; the command is taken back.</exception>
    public void End(RecordType type, byte version, RecordFlags flags = RecordFlags.None)
    {
        if (_openPayloadOffset < 0)
            throw new InvalidOperationException("No command was begun.");
        int offset = _openPayloadOffset;
        int length = _payloads.Length - offset;
        _openPayloadOffset = -1;
        if (length > RecordLimits.RecordBytesMax)
        {
            _payloads.Truncate(offset);
            throw RecordLimits.TooLarge(length);
        }

        uint crc = Crc32C.Compute(_payloads.WrittenSpan.Slice(offset, length));
        _commands.Add(new Command(type, version, flags, offset, length, crc, TailOffset: 0, TailLength: 0));
    }

    /// <summary>Takes back a command begun and not ended, after its payload could not be written.</summary>
    public void Cancel()
    {
        if (_openPayloadOffset >= 0)
            _payloads.Truncate(_openPayloadOffset);
        _openPayloadOffset = -1;
    }

    /// <summary>Drops the commands above a number of them.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Cancel();
        if (count == Count)
            return;
        _payloads.Truncate(_commands[count].Offset);
        _commands.RemoveRange(count, Count - count);
    }

    /// <summary>Empties the batch, keeping its memory for the next commit unless that was a huge one.</summary>
    public void Clear()
    {
        _payloads.Reset(KeptBytesMax);
        _tails.Reset(KeptBytesMax);
        _commands.Clear();
        if (_commands.Capacity > KeptCommandsMax)
            _commands.Capacity = 0;
        _openPayloadOffset = -1;
    }

    /// <summary>The payload of command <paramref name="index"/>, without its tail.</summary>
    public ReadOnlySpan<byte> GetPayload(int index)
    {
        Command command = _commands[index];
        return _payloads.WrittenSpan.Slice(command.Offset, command.Length);
    }

    /// <summary>The bytes sequencing added behind the payload of command <paramref name="index"/>.</summary>
    internal ReadOnlySpan<byte> GetTail(int index)
    {
        Command command = _commands[index];
        return _tails.WrittenSpan.Slice(command.TailOffset, command.TailLength);
    }

    internal Command GetCommand(int index) => _commands[index];

    /// <summary>Drops the tails of an earlier attempt to sequence this batch.</summary>
    internal void ResetTails() => _tails.Reset();

    /// <summary>Where the model writes the tail of command <paramref name="index"/>; ended by <see cref="EndTail"/>.</summary>
    internal GrowableBuffer BeginTail(int index, out int offset)
    {
        _ = _commands[index];
        offset = _tails.Length;
        return _tails;
    }

    internal void EndTail(int index, int offset) =>
        _commands[index] = _commands[index] with { TailOffset = offset, TailLength = _tails.Length - offset };

    internal readonly record struct Command(
        RecordType Type, byte Version, RecordFlags Flags, int Offset, int Length, uint PayloadCrc, int TailOffset, int TailLength);
}
