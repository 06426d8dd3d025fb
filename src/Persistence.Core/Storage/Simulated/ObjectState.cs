namespace Persistence.Storage.Simulated;

/// <summary>A file's content or a directory's names in one crash state; never changed once built.</summary>
/// <param name="Content">The bytes, or null for a directory.</param>
/// <param name="Names">The names and what they stand for.</param>
/// <param name="Hash">Of a file's bytes and size.</param>
internal sealed record ObjectState(PagedContent? Content, IReadOnlyDictionary<string, int> Names, ulong Hash);
