using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// Strings as a C program takes them: an array of pointers to bytes that end with a NUL, and a null pointer at its end. In one piece of memory that no collection moves.
/// </summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** _pointers;

    /// <param name="strings">Without NUL characters.</param>
    /// <exception cref="ArgumentException">One is not valid Unicode.</exception>
    public NativeStrings(IReadOnlyCollection<string> strings)
    {
        int pointerBytes = (strings.Count + 1) * sizeof(byte*);
        int textBytes = checked(strings.Sum(static text => PosixText.Encoding.GetByteCount(text) + 1));
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)pointerBytes + (nuint)textBytes);
        Fill(strings, new Span<byte>((byte*)_pointers + pointerBytes, textBytes));
    }

    /// <summary>The array.</summary>
    public byte** Pointers => _pointers;

    public void Dispose() => NativeMemory.Free(_pointers);

    // The memory was zeroed: after each text there is a NUL, and after the last pointer a null.
    private void Fill(IReadOnlyCollection<string> strings, Span<byte> texts)
    {
        byte* end = (byte*)_pointers + ((strings.Count + 1) * sizeof(byte*));
        int index = 0;
        foreach (string text in strings)
        {
            _pointers[index++] = end;
            int count = PosixText.Encoding.GetBytes(text, texts);
            texts = texts[(count + 1)..];
            end += count + 1;
        }
    }
}
