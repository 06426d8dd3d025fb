using Persistence.Diagnostics;

namespace Persistence.Compression;

/// <summary>What every compressor checks in the same words.</summary>
internal static class CompressionChecks
{
    public static void DestinationHolds(Span<byte> destination, int needed)
    {
        if (destination.Length < needed)
            throw new ArgumentException($"The destination has {destination.Length} bytes; compressing may need {needed}.", nameof(destination));
    }

    public static MalformedDataException Malformed(string what) => new($"{what}.", payloadOffset: 0);
}
