using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>One kind of value: how it is written, read, and made of what a program gives.</summary>
/// <typeparam name="T">What it is in memory.</typeparam>
internal interface IFieldValue<T>
{
    /// <summary>Whether there may be none.</summary>
    static virtual bool IsNullable => false;

    /// <summary>Bytes of it in a column; 0 when that differs.</summary>
    static abstract int ColumnBytes { get; }

    /// <summary>At most how many bytes one takes that has no <see cref="ColumnBytes"/>.</summary>
    static virtual long SizeOf(T value) => throw new NotSupportedException("Its length does not differ.");

    /// <summary>Writes one; FORMAT.md.</summary>
    static abstract void Write(MessagePackWriter writer, T value);

    /// <summary>Reads one, also one that was written for a type that is narrower.</summary>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    static abstract T Read(ref MessagePackReader reader);

    /// <summary>Passes over one, where that is less work than reading it.</summary>
    /// <returns>Whether it was; else nothing was done, and it is to be read.</returns>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    static virtual bool TrySkip(ref MessagePackReader reader) => false;

    /// <summary>Puts one into a column.</summary>
    /// <param name="target">So many bytes.</param>
    /// <param name="value">The value.</param>
    static virtual void WriteFixed(Span<byte> target, T value) => throw new NotSupportedException("Its length differs.");

    /// <summary>Takes one out of a column.</summary>
    /// <param name="source">So many bytes.</param>
    /// <param name="result">The value.</param>
    /// <returns>Whether it is one.</returns>
    static virtual bool TryReadFixed(ReadOnlySpan<byte> source, out T result) => throw new NotSupportedException("Its length differs.");

    /// <summary>Makes one of an object of another type, if it means the same.</summary>
    static abstract bool TryConvert(object value, out T result);
}
