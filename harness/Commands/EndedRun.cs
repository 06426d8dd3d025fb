using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>What came out of a run.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="HasEvidence">Whether there is something in its directory that somebody will want to look at.</param>
/// <param name="Lines">What is said at the end; the last one is the verdict.</param>
/// <param name="WriteJson">Writes the report as JSON.</param>
/// <param name="WriteJUnit">Writes the report as a JUnit suite.</param>
internal sealed record EndedRun(KillRunVerdict Verdict, bool HasEvidence, IEnumerable<string> Lines, Action<Stream> WriteJson, Action<Stream> WriteJUnit);
