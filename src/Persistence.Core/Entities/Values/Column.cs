using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>The values of one field in all rows of a table. Not thread-safe.</summary>
internal abstract class Column
{
    /// <summary>The value in a row.</summary>
    public abstract object? Get(int row);

    /// <summary>Puts a value into a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="value">One of the column's type.</param>
    public abstract void Set(int row, object? value);

    /// <summary>Lets go of the value in a row that is nobody's.</summary>
    public abstract void Clear(int row);

    /// <summary>Puts the next value that a reader has into a row.</summary>
    public abstract void Read(int row, ref MessagePackReader reader);

    /// <summary>Writes the value in a row.</summary>
    public abstract void Write(int row, MessagePackWriter writer);

    /// <summary>About how many bytes the value in a row takes; 0 where all of them take a few.</summary>
    public abstract long SizeOf(int row);

    /// <summary>Writes the values in some rows as one column; FORMAT.md.</summary>
    public abstract void WriteColumn(ReadOnlySpan<int> rows, MessagePackWriter writer);

    /// <summary>Reads what <see cref="WriteColumn"/> has written.</summary>
    /// <exception cref="Diagnostics.MalformedDataException">It is not a column of so many values of this type.</exception>
    public abstract void ReadColumn(ReadOnlySpan<int> rows, ref MessagePackReader reader);
}
