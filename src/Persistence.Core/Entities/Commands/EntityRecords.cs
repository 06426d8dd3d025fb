using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Records of entities as they are written; FORMAT.md.</summary>
internal static class EntityRecords
{
    /// <summary>Of all of them.</summary>
    public const byte Version = 1;

    /// <summary>Whether this version knows a record.</summary>
    public static bool IsKnown(RecordType type, byte version) => version == Version && IsKnown(type);

    /// <summary>Whether this version knows a kind of record.</summary>
    public static bool IsKnown(RecordType type) => type.Model == StateModelId.Entities && type.Kind > 0 && Enum.IsDefined((EntityRecordKind)type.Kind);

    public static RecordType TypeOf(EntityRecordKind kind) => new(StateModelId.Entities, (byte)kind);

    /// <summary>Whether a record is of the schema; else it is of entities.</summary>
    public static bool IsOfSchema(EntityRecordKind kind) => kind <= EntityRecordKind.FieldWidened;

    /// <summary>How many fields a record of entities has.</summary>
    public static int FieldsOf(EntityRecordKind kind) => kind switch
    {
        EntityRecordKind.EntityDeleted => 1,
        EntityRecordKind.EntityCreated or EntityRecordKind.ComponentRemoved => 2,
        _ => 3,
    };

    /// <summary>Begins to read a record of entities.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="reader">Its payload.</param>
    /// <param name="newer">How many fields there are that this version does not know, behind those it does.</param>
    /// <returns>The entity.</returns>
    public static EntityId Begin(EntityRecordKind kind, ref MessagePackReader reader, out int newer)
    {
        int fields = reader.ReadArrayHeader();
        newer = fields - FieldsOf(kind);
        if (newer < 0)
            throw new MalformedDataException($"A record of an entity has {fields} fields; {FieldsOf(kind)} were expected.", reader.Position);
        return ReadEntity(ref reader);
    }

    /// <summary>Ends reading what <see cref="Begin"/> has begun.</summary>
    public static void End(ref MessagePackReader reader, int newer)
    {
        for (; newer > 0; newer--)
            reader.Skip();
    }

    /// <summary>An entity's id; not none.</summary>
    public static EntityId ReadEntity(ref MessagePackReader reader) =>
        EntityId.TryFrom(reader.ReadInt64(), out EntityId entity) ? entity : throw new MalformedDataException("A record is of no entity.", reader.Position);

    /// <summary>Begins to read one of the components of an entity that is created.</summary>
    /// <returns>The table; its row follows.</returns>
    public static int BeginComponent(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() != 2)
            throw new MalformedDataException("A component is a table and a row.", reader.Position);
        return SchemaCodec.ReadNumber(ref reader);
    }
}
