using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A change of an entity that waits for the end of the pipeline.</summary>
/// <param name="Target">What errors are about.</param>
/// <param name="Edit">The change.</param>
/// <param name="Emit">What is returned of it.</param>
internal sealed record GatheredEdit(object Target, EntityEdit Edit, Action<EntityId>? Emit);
