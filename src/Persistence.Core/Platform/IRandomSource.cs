namespace Persistence.Platform;

/// <summary>Where salts, ids and jitter come from.</summary>
public interface IRandomSource
{
    /// <summary>Fills <paramref name="buffer"/> with unpredictable bytes (or, in a simulation, with the seed's bytes).</summary>
    void Fill(Span<byte> buffer);
}
