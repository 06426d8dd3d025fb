using Persistence.Diagnostics;

namespace Persistence.Engine;

/// <summary>How a log is followed. Immutable; every value is checked when it is set.</summary>
/// <exception cref="StoreException"><see cref="StoreError.ConfigurationInvalid"/> from any setter, naming the option and its range.</exception>
public sealed record LogTailOptions
{
    private const int PollIntervalMsMax = 60_000;
    private readonly int _pollIntervalMs = 25;

    /// <summary>Give out entries before they are known to be flushed. They may be gone after a crash, and a later one may then take their place.</summary>
    public bool IncludeUnsynced { get; init; }

    /// <summary>At the end of the log: after how many milliseconds to look again (1 to 60,000; default 25).</summary>
    public int PollIntervalMs
    {
        get => _pollIntervalMs;
        init => _pollIntervalMs = value is >= 1 and <= PollIntervalMsMax
            ? value
            : throw new StoreException(StoreError.ConfigurationInvalid, $"{nameof(PollIntervalMs)} is {value}; allowed: 1 to {PollIntervalMsMax}.");
    }
}
