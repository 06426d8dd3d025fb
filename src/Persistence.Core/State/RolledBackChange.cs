using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.State;

/// <summary>One change of a transaction that was rolled back.</summary>
/// <param name="Type">What it would have been.</param>
/// <param name="Version">Version of the payload's layout.</param>
/// <param name="Payload">The command's payload; null where the note would have become too large.</param>
public sealed record RolledBackChange(RecordType Type, byte Version, ReadOnlyMemory<byte>? Payload)
{
    internal static RolledBackChange Read(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() < 3)
            throw new MalformedDataException("A change of a transaction that was rolled back has fewer than three fields.", reader.Position);
        RecordType type = new(reader.ReadUInt16());
        byte version = reader.ReadByte();
        ReadOnlyMemory<byte>? payload = reader.TryReadNil() ? (ReadOnlyMemory<byte>?)null : reader.ReadBinary().ToArray();
        return new RolledBackChange(type, version, payload);
    }
}
