namespace Persistence.Entities;

/// <summary>What a row was before a commit that some snapshot does not see.</summary>
/// <param name="Since">The commit that made it so; 0: it was loaded.</param>
/// <param name="Schema">What its values are of; null: there was no component.</param>
/// <param name="Values">Its values one behind the other, as records have them.</param>
internal sealed record RowVersion(long Since, TableSchema? Schema, ReadOnlyMemory<byte> Values)
{
    /// <summary>What it was before that, as long as a snapshot may ask for it.</summary>
    public RowVersion? Previous { get; set; }
}
