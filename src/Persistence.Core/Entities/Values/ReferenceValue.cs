using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Other entities; <see cref="EntityId.None"/> for none.</summary>
internal readonly struct ReferenceValue : IFieldValue<EntityId>
{
    public static bool IsNullable => true;

    public static int ColumnBytes => sizeof(long);

    public static void Write(MessagePackWriter writer, EntityId value)
    {
        if (value.IsNone)
            writer.WriteNil();
        else
            writer.WriteInteger(value.Value);
    }

    public static EntityId Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return EntityId.None;
        return EntityId.TryFrom(reader.ReadInt64(), out EntityId id) ? id : throw new MalformedDataException("A reference is no entity's id.", reader.Position);
    }

    public static void WriteFixed(Span<byte> target, EntityId value) => BinaryPrimitives.WriteInt64LittleEndian(target, value.Value);

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out EntityId result)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(source);
        return EntityId.TryFrom(value, out result) || value == 0;
    }

    public static bool TryConvert(object value, out EntityId result)
    {
        result = default;
        return value is string text && EntityId.TryParse(text, null, out result);
    }
}
