using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A change of one entity. Possibly made more than once, until it goes through.</summary>
/// <returns>The entity.</returns>
internal delegate EntityId EntityEdit(EntityEditor editor);
