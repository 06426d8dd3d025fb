namespace Persistence.Entities;

/// <summary>What a transaction has read of what its snapshot shows: it must still be so when it is committed.</summary>
internal sealed class EntityReads
{
    /// <summary>Slots of which it has seen whether they have an entity, which, and of which tables: what that was.</summary>
    public Dictionary<int, (int Generation, int Archetype)> Slots { get; } = [];

    /// <summary>Components of which it has seen values.</summary>
    public HashSet<(int Slot, int Table)> Components { get; } = [];

    /// <summary>Tables of which it has looked for entities.</summary>
    public HashSet<int> Tables { get; } = [];

    /// <summary>Whether it has looked for entities whatever their tables.</summary>
    public bool All { get; set; }
}
