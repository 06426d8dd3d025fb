using System.Text;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>The record kinds of key-value state. On disk, never change.</summary>
internal static class KeyValueRecords
{
    public const byte Version = 1;

    public static readonly RecordType Write = new(StateModelId.KeyValue, 1);
    public static readonly RecordType Delete = new(StateModelId.KeyValue, 2);

    public static bool IsKnown(RecordType type, byte version) => version == Version && (type == Write || type == Delete);

    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
