using System.Globalization;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>An id that a writer has used.</summary>
/// <param name="Place">Which of its entities it was; <see cref="Ledger.OwnPlace"/>: the one with the ledger itself.</param>
/// <param name="Id">The id.</param>
/// <param name="Fate">What has become of the entity.</param>
internal sealed record LedgerEntry(int Place, EntityId Id, char Fate)
{
    /// <summary>It is there.</summary>
    public const char Alive = '*';

    /// <summary>It was deleted, and its slot knows that.</summary>
    public const char Dead = '-';

    /// <summary>It is as if it had never been: its id may be given out again.</summary>
    public const char Forgotten = '?';

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}:{Id}{Fate}");

    public static LedgerEntry Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return new LedgerEntry(int.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture), EntityId.Parse(text.AsSpan(colon + 1, text.Length - colon - 2), null), text[^1]);
    }
}
