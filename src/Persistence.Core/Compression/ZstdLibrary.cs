using System.Reflection;
using System.Runtime.InteropServices;

namespace Persistence.Compression;

/// <summary>
/// The functions of libzstd that are used, all of its stable interface (zstd.h) since 1.0. Loaded by name at run time: the
/// library is optional. The only P/Invoke of this folder.
/// </summary>
internal sealed unsafe class ZstdLibrary
{
    private static readonly string[] s_names = ["libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd.dll"];

    private static readonly Lazy<ZstdLibrary?> s_system = new(() => TryLoad(s_names));

    private readonly delegate* unmanaged[Cdecl]<nint> _createCompressor;
    private readonly delegate* unmanaged[Cdecl]<nint> _createDecompressor;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> _freeCompressor;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> _freeDecompressor;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int, nuint> _compress;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, nuint> _decompress;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _compressBound;
    private readonly delegate* unmanaged[Cdecl]<nuint, uint> _isError;
    private readonly delegate* unmanaged[Cdecl]<nuint, byte*> _getErrorName;

    private ZstdLibrary(nint library)
    {
        _createCompressor = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "ZSTD_createCCtx");
        _createDecompressor = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "ZSTD_createDCtx");
        _freeCompressor = (delegate* unmanaged[Cdecl]<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeCCtx");
        _freeDecompressor = (delegate* unmanaged[Cdecl]<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDCtx");
        _compress = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressCCtx");
        _decompress = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressDCtx");
        _compressBound = (delegate* unmanaged[Cdecl]<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        _isError = (delegate* unmanaged[Cdecl]<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _getErrorName = (delegate* unmanaged[Cdecl]<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
    }

    /// <summary>The system's library, or null when there is none. Never unloaded.</summary>
    public static ZstdLibrary? System => s_system.Value;

    /// <summary>The first of the names that loads and has every function, or null.</summary>
    public static ZstdLibrary? TryLoad(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (TryLoad(name) is { } library)
                return library;
        }
        return null;
    }

    public nint CreateCompressor() => NotNull(_createCompressor());

    public nint CreateDecompressor() => NotNull(_createDecompressor());

    public void FreeCompressor(nint context) => _freeCompressor(context);

    public void FreeDecompressor(nint context) => _freeDecompressor(context);

    public nuint CompressBound(nuint length) => _compressBound(length);

    /// <summary>Compresses into one frame; the result is a length or an error (<see cref="TryGetError"/>).</summary>
    public nuint Compress(nint context, ReadOnlySpan<byte> source, Span<byte> destination, int level)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return _compress(context, to, (nuint)destination.Length, from, (nuint)source.Length, level);
    }

    /// <summary>Decompresses every frame of the source; the result is a length or an error (<see cref="TryGetError"/>).</summary>
    public nuint Decompress(nint context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // An empty span's address is null, and some versions refuse a null destination even for nothing.
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return _decompress(context, to == null ? &nothing : to, (nuint)destination.Length, from, (nuint)source.Length);
    }

    /// <summary>The name of the error that a result stands for, or null when it is a length.</summary>
    public string? TryGetError(nuint result) =>
        _isError(result) == 0 ? null : Marshal.PtrToStringUTF8((nint)_getErrorName(result)) ?? "unknown error";

    private static ZstdLibrary? TryLoad(string name)
    {
        // Not the current directory: a library lying there must not be run.
        if (!NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory, out nint library))
            return null;
        try
        {
            return new ZstdLibrary(library);
        }
        catch (EntryPointNotFoundException)
        {
            NativeLibrary.Free(library);
            return null;
        }
    }

    private static nint NotNull(nint context) => context != 0 ? context : throw new InsufficientMemoryException("libzstd could not allocate a context.");
}
