namespace Persistence.Entities;

/// <summary>What a slot was before a commit that some snapshot does not see.</summary>
/// <param name="Since">The commit that made it so; 0: it was loaded.</param>
/// <param name="Generation">Of its entity, or of the next one.</param>
/// <param name="Archetype">The entity's; 0: there was none.</param>
internal sealed record EntityVersion(long Since, int Generation, int Archetype) : OlderVersion<EntityVersion>(Since);
