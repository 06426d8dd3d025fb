namespace Persistence.Entities;

/// <summary>What a slot was before a commit that some snapshot does not see.</summary>
/// <param name="Since">The commit that made it so; 0: it was loaded.</param>
/// <param name="Generation">Of its entity, or of the next one.</param>
/// <param name="Archetype">The entity's; 0: there was none.</param>
internal sealed record EntityVersion(long Since, int Generation, int Archetype)
{
    /// <summary>What it was before that, as long as a snapshot may ask for it.</summary>
    public EntityVersion? Previous { get; set; }

    /// <summary>What it was after that, unless that is what it is now.</summary>
    public EntityVersion? Next { get; set; }
}
