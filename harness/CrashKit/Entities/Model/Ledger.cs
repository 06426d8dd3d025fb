using System.Collections.Immutable;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>The ids that a writer has used, the newest last: what has become of each can be seen.</summary>
/// <param name="Tag">Who wrote it last, in words.</param>
/// <param name="Entries">The ids.</param>
internal sealed record Ledger(string Tag, ImmutableArray<LedgerEntry> Entries)
{
    /// <summary>The place of the entity that has the ledger.</summary>
    public const int OwnPlace = -1;

    private const int EntriesMax = 14;

    /// <summary>Nobody has written one yet.</summary>
    public static Ledger Empty { get; } = new("", []);

    public bool IsThere => Entries.Length > 0;

    /// <summary>The entity that has it; none where there is none.</summary>
    public EntityId Id => IsThere ? Entries[0].Id : EntityId.None;

    /// <summary>With more ids. The oldest of those that are dead are forgotten.</summary>
    public Ledger With(string tag, IEnumerable<(int Place, EntityId Id)> created)
    {
        ImmutableArray<LedgerEntry> entries = Entries.AddRange(created.Select(static one => new LedgerEntry(one.Place, one.Id, LedgerEntry.Alive)));
        while (entries.Length > EntriesMax && entries.FirstOrDefault(static entry => entry.Fate != LedgerEntry.Alive) is LedgerEntry oldest)
            entries = entries.Remove(oldest);
        return new Ledger(tag, entries);
    }

    /// <summary>An entity was deleted.</summary>
    public Ledger Bury(EntityId id) => this with { Entries = [.. Entries.Select(entry => entry.Id == id ? entry with { Fate = LedgerEntry.Dead } : entry)] };

    public override string ToString() => string.Join(EntityTexts.Separator, Entries.Select(static entry => entry.ToString()).Prepend(Tag));

    public static Ledger Parse(string text)
    {
        string[] parts = text.Split(EntityTexts.Separator);
        return new Ledger(parts[0], [.. parts.Skip(1).Select(LedgerEntry.Parse)]);
    }
}
