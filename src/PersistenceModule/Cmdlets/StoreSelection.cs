namespace PersistenceModule;

/// <summary>The stores a command was given; at most one of the three.</summary>
/// <param name="Paths">Paths with wildcards.</param>
/// <param name="LiteralPaths">Paths as they are.</param>
/// <param name="Stores">Open handles.</param>
internal readonly record struct StoreSelection(string[]? Paths, string[]? LiteralPaths, WalStore[]? Stores)
{
    public bool IsEmpty => Paths is null && LiteralPaths is null && Stores is null;
}
