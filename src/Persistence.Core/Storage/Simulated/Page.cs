namespace Persistence.Storage.Simulated;

/// <summary>
/// A piece of a file's content. Once shared it never changes again, so that any number of contents, on any thread, may
/// refer to it; marking it is idempotent and needs no lock.
/// </summary>
internal sealed class Page
{
    public const int Size = 4096;

    /// <summary>Space that is held and reads as zeros.</summary>
    public static readonly Page Zeros = new(new byte[Size]) { IsShared = true };

    private Page(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; }

    public bool IsShared { get; set; }

    public static Page CreateZeroed() => new(new byte[Size]);

    public Page Copy()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Size);
        Bytes.CopyTo(bytes, 0);
        return new Page(bytes);
    }
}
