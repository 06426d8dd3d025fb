using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A column of one type.</summary>
/// <param name="initial">What is in rows that were never written.</param>
internal sealed class Column<T, TValue>(T initial) : Column
    where TValue : struct, IFieldValue<T>
{
    private readonly PagedArray<T> _values = new(initial);

    /// <summary>The value in a row.</summary>
    public T this[int row]
    {
        get => _values[row];
        set => _values[row] = value;
    }

    public override object? Get(int row) => this[row];

    public override void Set(int row, object? value) => this[row] = (T)value!;

    public override void Clear(int row) => this[row] = initial;

    public override void Read(int row, ref MessagePackReader reader) => this[row] = TValue.Read(ref reader);

    public override void Write(int row, MessagePackWriter writer) => TValue.Write(writer, this[row]);

    public override long SizeOf(int row) => TValue.ColumnBytes > 0 ? 0 : TValue.SizeOf(this[row]);

    public override void WriteColumn(ReadOnlySpan<int> rows, MessagePackWriter writer)
    {
        if (TValue.ColumnBytes > 0)
        {
            WriteFixed(rows, writer);
            return;
        }

        writer.WriteArrayHeader(rows.Length);
        foreach (int row in rows)
            Write(row, writer);
    }

    public override void ReadColumn(ReadOnlySpan<int> rows, ref MessagePackReader reader)
    {
        if (TValue.ColumnBytes > 0)
        {
            ReadFixed(rows, ref reader);
            return;
        }

        if (reader.ReadArrayHeader() != rows.Length)
            throw WrongLength(reader);
        foreach (int row in rows)
            Read(row, ref reader);
    }

    private void WriteFixed(ReadOnlySpan<int> rows, MessagePackWriter writer)
    {
        writer.WriteBinaryHeader(rows.Length * TValue.ColumnBytes);
        Span<byte> bytes = writer.Buffer.Append(rows.Length * TValue.ColumnBytes);
        for (int i = 0; i < rows.Length; i++)
            TValue.WriteFixed(bytes.Slice(i * TValue.ColumnBytes, TValue.ColumnBytes), this[rows[i]]);
    }

    private void ReadFixed(ReadOnlySpan<int> rows, ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        if (bytes.Length != rows.Length * TValue.ColumnBytes)
            throw WrongLength(reader);
        for (int i = 0; i < rows.Length; i++)
        {
            if (!TValue.TryReadFixed(bytes.Slice(i * TValue.ColumnBytes, TValue.ColumnBytes), out _values.PlaceOf(rows[i])))
                throw new MalformedDataException("A column has a value that is none of its type.", reader.Position);
        }
    }

    private static MalformedDataException WrongLength(in MessagePackReader reader) => new("A column has another number of values than there are entities.", reader.Position);
}
