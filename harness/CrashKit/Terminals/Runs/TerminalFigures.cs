using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>What a kill run of hosts of terminals has done so far. Thread-safe.</summary>
internal sealed class TerminalFigures
{
    private readonly object _lock = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>The kills, and what was judged.</summary>
    public KillRunFigures Run { get; } = new();

    /// <param name="what">The name of a figure of <see cref="TerminalRunResult"/>.</param>
    /// <param name="count">How many more.</param>
    public void Add(string what, long count = 1)
    {
        lock (_lock)
            _counts[what] = _counts.GetValueOrDefault(what) + count;
    }

    public TerminalRunResult ToResult(TerminalRunOptions options, TimeSpan elapsed)
    {
        KillRunResult run = Run.ToResult(options.Run, elapsed);
        lock (_lock)
        {
            return new TerminalRunResult
            {
                Options = options,
                Run = run,
                OutputBytesAcknowledged = Count(nameof(TerminalRunResult.OutputBytesAcknowledged)),
                OutputBytesRecovered = Count(nameof(TerminalRunResult.OutputBytesRecovered)),
                PanesRespawned = Count(nameof(TerminalRunResult.PanesRespawned)),
                PanesLeftExited = Count(nameof(TerminalRunResult.PanesLeftExited)),
                Answers = Count(nameof(TerminalRunResult.Answers)),
                HostsAnswered = (int)Count(nameof(TerminalRunResult.HostsAnswered)),
                PanesKilledUnasked = Count(nameof(TerminalRunResult.PanesKilledUnasked)),
                PanesNotStartable = Count(nameof(TerminalRunResult.PanesNotStartable)),
                DirectoriesLost = Count(nameof(TerminalRunResult.DirectoriesLost)),
                KillsWhileOpening = (int)Count(nameof(TerminalRunResult.KillsWhileOpening)),
                KillsWhileRestoring = (int)Count(nameof(TerminalRunResult.KillsWhileRestoring)),
                ProgramsKilled = (int)Count(nameof(TerminalRunResult.ProgramsKilled)),
                FullCheckpoints = (int)Count(nameof(TerminalRunResult.FullCheckpoints)),
                Increments = (int)Count(nameof(TerminalRunResult.Increments)),
                Rolls = Count(nameof(TerminalRunResult.Rolls)),
                CleanCloses = (int)Count(nameof(TerminalRunResult.CleanCloses)),
            };
        }
    }

    private long Count(string what) => _counts.GetValueOrDefault(what);
}
