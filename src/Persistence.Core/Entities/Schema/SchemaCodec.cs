using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Schemas as they are written; FORMAT.md.</summary>
internal static class SchemaCodec
{
    private const int FieldFields = 4;

    public static void Write(MessagePackWriter writer, FieldSchema field)
    {
        writer.WriteArrayHeader(FieldFields);
        writer.WriteInteger(field.Number);
        writer.WriteString(field.Name);
        writer.WriteInteger(field.Type.Number);
        FieldCodec.Of(field.Type).Write(writer, field.KeptDefault);
    }

    public static FieldSchema ReadField(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        int number = ReadNumber(ref reader);
        string name = ReadName(ref reader, "field");
        FieldType type = ReadType(ref reader);
        FieldSchema field = new(number, name, type, FieldCodec.Of(type).Read(ref reader));
        SkipNewer(ref reader, fields, FieldFields);
        return field;
    }

    public static void WriteFields(MessagePackWriter writer, ImmutableArray<FieldSchema> fields)
    {
        writer.WriteArrayHeader(fields.Length);
        foreach (FieldSchema field in fields)
            Write(writer, field);
    }

    public static ImmutableArray<FieldSchema> ReadFields(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        if (count > SchemaChange.FieldsMax)
            throw new MalformedDataException($"A table has {count} fields; at most {SchemaChange.FieldsMax} are possible.", reader.Position);
        ImmutableArray<FieldSchema>.Builder fields = ImmutableArray.CreateBuilder<FieldSchema>();
        for (int i = 0; i < count; i++)
            fields.Add(ReadField(ref reader));
        return fields.ToImmutable();
    }

    public static FieldType ReadType(ref MessagePackReader reader) =>
        FieldType.TryFromNumber(reader.ReadByte(), out FieldType type) ? type : throw new MalformedDataException("There is no such field type.", reader.Position);

    /// <summary>The number of a table or a field.</summary>
    public static int ReadNumber(ref MessagePackReader reader)
    {
        int number = reader.ReadInt32();
        return number is > 0 and < int.MaxValue ? number : throw new MalformedDataException("A number of a table or a field is not positive.", reader.Position);
    }

    /// <summary>The number of the next table or field, of which there may be no more.</summary>
    public static int ReadNext(ref MessagePackReader reader)
    {
        int number = reader.ReadInt32();
        return number > 0 ? number : throw new MalformedDataException("A number of the next table or field is not positive.", reader.Position);
    }

    public static string ReadName(ref MessagePackReader reader, string what)
    {
        string name = reader.ReadString();
        try
        {
            return SchemaText.RequireName(name, what);
        }
        catch (ArgumentException e)
        {
            throw new MalformedDataException(e.Message, reader.Position, e);
        }
    }

    /// <summary>Passes over the fields that a newer version has added.</summary>
    public static void SkipNewer(ref MessagePackReader reader, int fields, int known)
    {
        if (fields < known)
            throw new MalformedDataException($"There are {fields} fields; {known} were expected.", reader.Position);
        for (int newer = known; newer < fields; newer++)
            reader.Skip();
    }
}
