using System.Globalization;

namespace Persistence.CrashKit.Terminals.Output;

/// <summary>Numbers of ten digits that follow one another, a line each, the digits written as other bytes perhaps: no line comes twice.</summary>
/// <param name="first">The first number, of ten digits.</param>
/// <param name="length">How many bytes.</param>
/// <param name="digits">Ten bytes, what is written for each digit; null: the digits.</param>
internal sealed class SequencePart(long first, long length, byte[]? digits = null) : OutputPart
{
    public const long FirstMin = 1_000_000_000;

    private const int DigitCount = 10;
    private const int LineBytes = DigitCount + 1;

    /// <summary>Whether it may be interrupted.</summary>
    public bool IsInterruptible { get; init; }

    public override long Length => length;

    public override bool MayEndEarly => IsInterruptible;

    public override void CopyTo(long offset, Span<byte> target)
    {
        Span<byte> line = stackalloc byte[LineBytes];
        line[DigitCount] = (byte)'\n';
        while (!target.IsEmpty)
        {
            (long index, long column) = Math.DivRem(offset, LineBytes);
            WriteDigits(first + index, line);
            ReadOnlySpan<byte> rest = line[(int)column..];
            if (rest.Length > target.Length)
                rest = rest[..target.Length];
            rest.CopyTo(target);
            target = target[rest.Length..];
            offset += rest.Length;
        }
    }

    /// <summary>How many bytes so many lines have.</summary>
    public static long BytesOf(long lines) => lines * LineBytes;

    /// <summary>How many lines there are in so many bytes, the last one in part.</summary>
    public static long LinesIn(long bytes) => (bytes + LineBytes - 1) / LineBytes;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"numbers from {first}, {length} bytes{(digits is null ? "" : $", written {Convert.ToHexString(digits)}")}");

    private void WriteDigits(long number, Span<byte> line)
    {
        for (int i = DigitCount - 1; i >= 0; i--)
        {
            (number, long digit) = Math.DivRem(number, 10);
            line[i] = digits is null ? (byte)('0' + digit) : digits[digit];
        }
    }
}
