using Persistence.State;

namespace Persistence.Files;

/// <summary>What a committed change still has to do to the directory.</summary>
/// <param name="Lsn">The record of the change.</param>
/// <param name="Name">The file.</param>
/// <param name="Staged">Where the new content is; null: the file is deleted.</param>
internal sealed record FilePublication(Lsn Lsn, string Name, string? Staged);
