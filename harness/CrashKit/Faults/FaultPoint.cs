using System.Globalization;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>Which operation of a run fails, and how.</summary>
/// <param name="Operation">The operation, as the run without faults has it.</param>
/// <param name="Kind">How it fails.</param>
/// <param name="IsLasting">Whether whatever comes after it fails too, until the cause is gone.</param>
/// <param name="Choice">A number by which details are chosen: how short, where to, whether the cause is gone before the store is closed or after.</param>
internal sealed record FaultPoint(StorageOperation Operation, FaultKind Kind, bool IsLasting, ulong Choice)
{
    /// <summary>Whether the cause is gone while the store is still open; else it is there until the next opening was refused, or the store is closed.</summary>
    public bool EndsWhileOpen => (Choice & 1) == 0;

    /// <summary>Whether the engine is told that something was done that was not, and cannot know. What it then makes of it is judged as damage is.</summary>
    public bool Lies => FaultKinds.Lies(Kind) && !IsReadBack;

    /// <summary>Checkpoints, archived segments, and recovery's copy of a segment, are read back before anything rests on them: there a write that is missing has to be noticed.</summary>
    private bool IsReadBack => Kind != FaultKind.MisdirectedToOther && StoreFiles.IsStaged(Operation.Path)
        && ReadBackKinds.Any(kind => Operation.Path.EndsWith(kind, StringComparison.Ordinal));

    private static string[] ReadBackKinds { get; } = [".full", ".incr", ".wal", ".none", ".brotli", ".zstd"];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{FaultKinds.NameOf(Kind)}{(IsLasting ? " from then on" : "")} at operation {Operation.Ordinal} ({Operation.Kind} '{Operation.Path}'), choice {Choice}");
}
