namespace Persistence.Platform;

/// <summary>The operating system's random numbers.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    /// <summary>The one instance: it holds no state.</summary>
    public static SystemRandomSource Instance { get; } = new();

    private SystemRandomSource()
    {
    }

    /// <inheritdoc/>
#pragma warning disable RS0030 // This file is where the engine's randomness becomes the operating system's.
    public void Fill(Span<byte> buffer) => System.Security.Cryptography.RandomNumberGenerator.Fill(buffer);
#pragma warning restore RS0030
}
