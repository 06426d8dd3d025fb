using System.Runtime.InteropServices;

namespace Persistence.Compression;

/// <summary>A native working space of libzstd, used by one thread at a time, freed with its last reference.</summary>
internal sealed class ZstdContext : SafeHandle
{
    private readonly Action<nint> _free;

    private ZstdContext(nint context, Action<nint> free)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _free = free;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    public static ZstdContext ForCompression(ZstdLibrary library) => new(library.CreateCompressor(), library.FreeCompressor);

    public static ZstdContext ForDecompression(ZstdLibrary library) => new(library.CreateDecompressor(), library.FreeDecompressor);

    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}
