namespace Persistence.Terminals;

/// <summary>Output of a pane that lies together.</summary>
/// <param name="Position">Where it begins: so many bytes after the pane's first.</param>
/// <param name="Bytes">The bytes, exactly as the program wrote them.</param>
public readonly record struct OutputPiece(long Position, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Where it ends.</summary>
    public long End => Position + Bytes.Length;
}
