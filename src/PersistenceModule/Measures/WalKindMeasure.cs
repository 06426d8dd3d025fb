using Persistence.Engine;

namespace PersistenceModule;

/// <summary>Entries of one kind in the log.</summary>
public sealed class WalKindMeasure
{
    internal WalKindMeasure(RecordMeasure measure)
    {
        Kind = WalEntryReader.KindOf(measure.Type);
        Type = measure.Name;
        Count = measure.Count;
        PayloadBytes = measure.PayloadBytes;
    }

    /// <summary>What they record.</summary>
    public WalEntryKind Kind { get; }

    /// <summary>The type of application records, or null.</summary>
    public string? Type { get; }

    /// <summary>How many.</summary>
    public long Count { get; }

    /// <summary>Bytes of what they hold; headers and padding come on top.</summary>
    public long PayloadBytes { get; }
}
