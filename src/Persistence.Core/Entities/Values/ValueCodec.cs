using System.Linq.Expressions;
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

        // To the runtime an array of one type of integers is one of any other of the same size: "is" would take -1 for 255.
        if (value.GetType() == typeof(T))
        {
            result = value;
            return true;
        }

        bool converts = TValue.TryConvert(value, out T made);
        result = converts ? made : null;
        return converts;
    }

    public override void Write(MessagePackWriter writer, object? value) => TValue.Write(writer, (T)value!);

    public override object? Read(ref MessagePackReader reader) => TValue.Read(ref reader);

    public override void Check(ref MessagePackReader reader, Action<EntityId>? referred)
    {
        if (TValue.TrySkip(ref reader))
            return;
        T value = TValue.Read(ref reader);
        if (referred is null)
            return;
        if (value is EntityId one)
            ReportReferences([one], referred);
        else if (value is EntityId[] several)
            ReportReferences(several, referred);
    }

    public override object? Copy(object? value) => value is Array array ? array.Clone() : value;

    public override bool AreEqual(object? left, object? right, StringComparison comparison)
    {
        if (left is string || right is string)
            return string.Equals(left as string, right as string, comparison);
        if (left is not Array one || right is not Array other)
            return Equals(left, right);
        return one.Length == other.Length && one.Cast<object?>().Zip(other.Cast<object?>()).All(pair => AreEqual(pair.First, pair.Second, comparison));
    }

    public override int Compare(object left, object right, StringComparison comparison) =>
        left is string text ? string.Compare(text, (string)right, comparison) : Comparer<T>.Default.Compare((T)left, (T)right);

    public override long SizeOf(object? value) => TValue.ColumnBytes > 0 ? 0 : TValue.SizeOf((T)value!);

    public override Column CreateColumn(object? initial) => new Column<T, TValue>((T)initial!);

    public override MemberWriter<TComponent> CreateWriter<TComponent>(ParameterExpression component, Expression value) =>
        new MemberWriter<TComponent, T, TValue>(Expression.Lambda<Func<TComponent, T>>(value, component).Compile());

    private static void ReportReferences(ReadOnlySpan<EntityId> entities, Action<EntityId> referred)
    {
        foreach (EntityId entity in entities)
        {
            if (!entity.IsNone)
                referred(entity);
        }
    }
}
