namespace Persistence.Entities;

/// <summary>What a row was before a commit that some snapshot does not see.</summary>
/// <param name="Since">The commit that made it so; 0: it was loaded.</param>
/// <param name="Schema">What its values are of; null: there was no component.</param>
/// <param name="Values">Its values, in the order of the fields.</param>
internal sealed record RowVersion(long Since, TableSchema? Schema, object?[] Values) : OlderVersion<RowVersion>(Since)
{
    /// <summary>There was no component.</summary>
    public static RowVersion None(long since) => new(since, null, []);
}
