using System.Text;

namespace Persistence.CrashKit.Terminals.Output;

/// <summary>A few bytes.</summary>
internal sealed class LiteralPart(byte[] bytes) : OutputPart
{
    /// <param name="text">Characters of one byte each (Latin-1).</param>
    public LiteralPart(string text)
        : this(Encoding.Latin1.GetBytes(text))
    {
    }

    /// <summary>A part that may be there, cut short, or missing.</summary>
    public bool IsOptional { get; init; }

    public override long Length => bytes.Length;

    public override bool MayEndEarly => IsOptional;

    public override void CopyTo(long offset, Span<byte> target) => bytes.AsSpan((int)offset, target.Length).CopyTo(target);

    public override string ToString() => $"\"{Encoding.Latin1.GetString(bytes)}\"";
}
