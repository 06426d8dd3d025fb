using System.Linq.Expressions;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>What can be done with values of a field type, whatever it is.</summary>
internal abstract class FieldCodec
{
    // By the numbers of the types.
    private static readonly FieldCodec?[] s_all = MakeAll();

    /// <summary>What values are in memory.</summary>
    public abstract Type ValueType { get; }

    /// <summary>What a field has of which nothing was said.</summary>
    public abstract object? Zero { get; }

    /// <summary>The codec of a type.</summary>
    public static FieldCodec Of(FieldType type) => s_all[type.Number] ?? throw new ArgumentException($"There is no field type of kind {type.Kind}.", nameof(type));

    /// <summary>Makes a value of what a program gives.</summary>
    /// <param name="value">What it gives; null for none.</param>
    /// <param name="result">The value.</param>
    /// <returns>Whether it is one, or means one without loss.</returns>
    public abstract bool TryConvert(object? value, out object? result);

    /// <summary>Writes a value; FORMAT.md.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">One that <see cref="TryConvert"/> has made.</param>
    public abstract void Write(MessagePackWriter writer, object? value);

    /// <summary>Reads a value.</summary>
    /// <exception cref="Diagnostics.MalformedDataException">It is not one.</exception>
    public abstract object? Read(ref MessagePackReader reader);

    /// <summary>Passes over a value.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="referred">Called with each entity that it refers to, or null.</param>
    /// <exception cref="Diagnostics.MalformedDataException">It is not one.</exception>
    public abstract void Check(ref MessagePackReader reader, Action<EntityId>? referred);

    /// <summary>A value that is nobody else's: one that could be changed is copied.</summary>
    public abstract object? Copy(object? value);

    /// <summary>Whether two values are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <param name="comparison">How texts are compared.</param>
    public abstract bool AreEqual(object? left, object? right, StringComparison comparison);

    /// <summary>Which of two values comes first; neither is null, nor an array.</summary>
    public abstract int Compare(object left, object right, StringComparison comparison);

    /// <summary>At most how many bytes a value takes; 0 where all of the type take a few.</summary>
    public abstract long SizeOf(object? value);

    /// <summary>A column.</summary>
    /// <param name="initial">What is in each of its rows to begin with.</param>
    public abstract Column CreateColumn(object? initial);

    /// <summary>What writes the value of a member of a type.</summary>
    /// <param name="component">An object of the type.</param>
    /// <param name="value">The member's value, as one of the field's type.</param>
    public abstract MemberWriter<TComponent> CreateWriter<TComponent>(ParameterExpression component, Expression value);

    private static FieldCodec?[] MakeAll()
    {
        FieldCodec?[] all = new FieldCodec?[byte.MaxValue + 1];
        Add<bool, BoolValue>(FieldKind.Bool);
        Add<sbyte, IntegerValue<sbyte>>(FieldKind.Int8);
        Add<short, IntegerValue<short>>(FieldKind.Int16);
        Add<int, IntegerValue<int>>(FieldKind.Int32);
        Add<long, IntegerValue<long>>(FieldKind.Int64);
        Add<byte, IntegerValue<byte>>(FieldKind.UInt8);
        Add<ushort, IntegerValue<ushort>>(FieldKind.UInt16);
        Add<uint, IntegerValue<uint>>(FieldKind.UInt32);
        Add<ulong, IntegerValue<ulong>>(FieldKind.UInt64);
        Add<float, FloatValue<float>>(FieldKind.Float32);
        Add<double, FloatValue<double>>(FieldKind.Float64);
        Add<string?, StringValue>(FieldKind.String);
        Add<byte[]?, BytesValue>(FieldKind.Bytes);
        Add<Guid, GuidValue>(FieldKind.Guid);
        Add<DateTimeOffset, TimeValue>(FieldKind.Time);
        Add<TimeSpan, DurationValue>(FieldKind.Duration);
        Add<EntityId, ReferenceValue>(FieldKind.Reference);
        return all;

        void Add<T, TValue>(FieldKind kind)
            where TValue : struct, IFieldValue<T>
        {
            all[new FieldType(kind).Number] = new ValueCodec<T, TValue>();
            all[new FieldType(kind, IsArray: true).Number] = new ValueCodec<T[]?, ArrayValue<T, TValue>>();
        }
    }
}
