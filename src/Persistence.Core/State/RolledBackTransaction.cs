using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.State;

/// <summary>The engine's note, for audits, of a transaction that was rolled back, for reading history.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Changes">What it would have done, in order.</param>
public sealed record RolledBackTransaction(string Reason, IReadOnlyList<RolledBackChange> Changes)
{
    /// <summary>Takes the payload of a record of type <see cref="RecordType.RolledBackTransaction"/> apart.</summary>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    public static RolledBackTransaction Read(ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        if (reader.ReadArrayHeader() < 2)
            throw new MalformedDataException("The note of a transaction that was rolled back has fewer than two fields.", reader.Position);
        string reason = reader.ReadString();
        RolledBackChange[] changes = new RolledBackChange[reader.ReadArrayHeader()];
        for (int i = 0; i < changes.Length; i++)
            changes[i] = RolledBackChange.Read(ref reader);
        return new RolledBackTransaction(reason, changes);
    }
}
