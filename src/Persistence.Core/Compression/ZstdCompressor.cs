using Persistence.Diagnostics;

namespace Persistence.Compression;

/// <summary>
/// Zstandard through the system's libzstd. Keeps one context of each kind for the next call; calls at the same time get
/// their own for the duration.
/// </summary>
public sealed class ZstdCompressor : ICompressor
{
    private readonly ZstdLibrary _library;
    private readonly int _level;

    // Taken and put back by exchange: at most one thread holds a context.
    private ZstdContext? _idleCompression;
    private ZstdContext? _idleDecompression;

    /// <summary>Creates a compressor.</summary>
    /// <param name="level"><see cref="CompressionLevel.Min"/> to <see cref="CompressionLevel.Max"/>.</param>
    /// <exception cref="StoreException"><see cref="StoreError.CompressionUnavailable"/>: libzstd is not installed.</exception>
    public ZstdCompressor(int level = CompressionLevel.Default)
        : this(ZstdLibrary.System ?? throw Unavailable(), level)
    {
    }

    internal ZstdCompressor(ZstdLibrary library, int level)
    {
        _level = CompressionLevel.Validate(level);
        _library = library;
    }

    /// <summary>Whether this system has libzstd.</summary>
    public static bool IsAvailable => ZstdLibrary.System is not null;

    /// <inheritdoc/>
    public CodecId CodecId => CodecId.Zstd;

    /// <inheritdoc/>
    public int GetMaxCompressedLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return checked((int)_library.CompressBound((nuint)length));
    }

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        CompressionChecks.DestinationHolds(destination, GetMaxCompressedLength(source.Length));
        ZstdContext context = Interlocked.Exchange(ref _idleCompression, null) ?? ZstdContext.ForCompression(_library);
        try
        {
            nuint result = _library.Compress(context.DangerousGetHandle(), source, destination, _level);
            return _library.TryGetError(result) is { } error ? throw new InvalidOperationException($"libzstd failed to compress: {error}.") : (int)result;
        }
        finally
        {
            Return(ref _idleCompression, context);
        }
    }

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ZstdContext context = Interlocked.Exchange(ref _idleDecompression, null) ?? ZstdContext.ForDecompression(_library);
        try
        {
            nuint result = _library.Decompress(context.DangerousGetHandle(), source, destination);
            if (_library.TryGetError(result) is { } error)
                throw CompressionChecks.Malformed($"The block is not a zstd frame of the length it should have ({error})");
            if (source.IsEmpty || result != (nuint)destination.Length)
                throw CompressionChecks.Malformed("The block is a zstd frame of another length than it should have");
        }
        finally
        {
            Return(ref _idleDecompression, context);
        }
    }

    internal static StoreException Unavailable() => new(
        StoreError.CompressionUnavailable,
        "zstd compression needs the library libzstd, which cannot be loaded. Install it: Debian and Ubuntu 'libzstd1', Fedora 'libzstd', Alpine 'zstd-libs', "
            + "macOS 'brew install zstd', Windows libzstd.dll beside the module or on the system's library path.");

    private static void Return(ref ZstdContext? idle, ZstdContext context)
    {
        if (Interlocked.CompareExchange(ref idle, context, null) is not null)
            context.Dispose();
    }
}
