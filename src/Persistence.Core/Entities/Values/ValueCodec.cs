using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>The codec of one type.</summary>
internal sealed class ValueCodec<T, TValue> : FieldCodec
    where TValue : struct, IFieldValue<T>
{
    public override Type ValueType => typeof(T);

    public override object? Zero => default(T);

    public override bool TryConvert(object? value, out object? result)
    {
        if (value is null)
        {
            result = Zero;
            return TValue.IsNullable;
        }

        bool converts = value is T || TValue.TryConvert(value, out _);
        result = value is T ? value : converts && TValue.TryConvert(value, out T made) ? made : null;
        return converts;
    }

    public override void Write(MessagePackWriter writer, object? value) => TValue.Write(writer, (T)value!);

    public override object? Read(ref MessagePackReader reader) => TValue.Read(ref reader);

    public override Column CreateColumn(object? initial) => new Column<T, TValue>((T)initial!);
}
