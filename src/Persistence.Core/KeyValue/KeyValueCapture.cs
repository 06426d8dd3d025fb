using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>A captured key-value state: the items of one moment, which never change.</summary>
internal sealed class KeyValueCapture(KeyValueItem[] items) : IStateCapture
{
    private int _next;

    public long Count => items.Length;

    public bool TryWriteNext(GrowableBuffer item)
    {
        if (_next == items.Length)
            return false;
        KeyValueItem source = items[_next++];
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(5);
        writer.WriteUtf8String(source.KeyUtf8);
        writer.WriteRaw(source.ValueBytes);
        writer.WriteInteger(source.Lsn.Value);
        writer.WriteInteger(source.Timestamp100Ns);
        writer.WriteInteger(source.TransactionId);
        return true;
    }
}
