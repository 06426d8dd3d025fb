using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Runs;

/// <summary>One contradiction and where its evidence is.</summary>
/// <param name="Discrepancy">What is wrong.</param>
/// <param name="StoreDirectory">The store, kept.</param>
/// <param name="EvidenceFile">What was said, verified and found, as text; null when it could not be written.</param>
public sealed record Failure(Discrepancy Discrepancy, string StoreDirectory, string? EvidenceFile);
