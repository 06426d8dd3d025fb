namespace Persistence.Entities;

/// <summary>A component as a transaction has changed it.</summary>
/// <param name="Values">In the order of the fields.</param>
/// <param name="IsWhole">Whether all of them are the transaction's own; else some are what its snapshot shows.</param>
internal sealed record ComponentOverlay(object?[] Values, bool IsWhole);
