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

    private ulong hash;

    private Page(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; }

    public bool IsShared { get; set; }

    /// <summary>Of its bytes; 0 for zeros. Computed once it is shared and will not change any more.</summary>
    public ulong Hash
    {
        get
        {
            ulong known = Volatile.Read(ref hash);
            if (known != 0 || !IsShared)
                return known != 0 ? known : ComputeHash();
            known = ComputeHash();
            Volatile.Write(ref hash, known);
            return known;
        }
    }

    public static Page CreateZeroed() => new(new byte[Size]);

    /// <summary>One with these bytes, as many as there are in a page. Zeros are what space is taken with: one page serves for all.</summary>
    public static Page Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOfAnyExcept((byte)0) < 0)
            return Zeros;
        return new Page(bytes.ToArray());
    }

    private ulong ComputeHash() => Bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0 ? 0 : Mixing.Hash(Bytes) | 1;

    public Page Copy() => new([.. Bytes]);
}
