namespace Persistence.Root;

/// <summary>A directory of the store that lies elsewhere.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Path">The place that has it, as it was configured: absolute, or relative to the store's directory.</param>
/// <param name="Identity">What the place's IDENTITY file says: another directory at that path is not it.</param>
public sealed record RootDirectory(string Name, string Path, Guid Identity);
