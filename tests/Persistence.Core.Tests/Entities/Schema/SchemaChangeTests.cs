using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Serialization;
using Persistence.Tests.Entities.Values;
using Xunit;

namespace Persistence.Tests.Entities.Schema;

public sealed class SchemaChangeTests
{
    private static readonly FieldSchema Name = new(1, "Name", new FieldType(FieldKind.String), "nobody");
    private static readonly FieldSchema Age = new(2, "Age", new FieldType(FieldKind.UInt8), (byte)7);

    private static readonly EntitySchema Before = Apply(EntitySchema.Empty, new TableCreated(1, "Person", [Name, Age]), new TableCreated(2, "Place", []));

    public static TheoryData<string, StoreError> Refused => new()
    {
        { "create a table of a name that is taken, in another case", StoreError.TableExists },
        { "create a table of a number that was used", StoreError.TableExists },
        { "create a table with two fields of one name", StoreError.FieldExists },
        { "create a table with two fields of one number", StoreError.FieldExists },
        { "rename a table that is not there", StoreError.TableNotFound },
        { "rename a table to a name that is taken", StoreError.TableExists },
        { "drop a table that is not there", StoreError.TableNotFound },
        { "add a field to a table that is not there", StoreError.TableNotFound },
        { "add a field of a name that is taken, in another case", StoreError.FieldExists },
        { "add a field of a number that was used", StoreError.FieldExists },
        { "rename a field that is not there", StoreError.FieldNotFound },
        { "rename a field to a name that is taken", StoreError.FieldExists },
        { "drop a field that is not there", StoreError.FieldNotFound },
        { "widen a field that is not there", StoreError.FieldNotFound },
        { "make a field narrower", StoreError.SchemaIncompatible },
        { "make a text of a number", StoreError.SchemaIncompatible },
    };

    private static SchemaChange ChangeOf(string words) => words switch
    {
        "create a table of a name that is taken, in another case" => new TableCreated(3, "PERSON", []),
        "create a table of a number that was used" => new TableCreated(2, "New", []),
        "create a table with two fields of one name" => new TableCreated(3, "New", [Name, Age with { Name = "NAME" }]),
        "create a table with two fields of one number" => new TableCreated(3, "New", [Name, Age with { Number = 1 }]),
        "rename a table that is not there" => new TableRenamed(3, "New"),
        "rename a table to a name that is taken" => new TableRenamed(1, "place"),
        "drop a table that is not there" => new TableDropped(3),
        "add a field to a table that is not there" => new FieldAdded(3, Name),
        "add a field of a name that is taken, in another case" => new FieldAdded(1, Name with { Number = 3, Name = "name" }),
        "add a field of a number that was used" => new FieldAdded(1, Name with { Number = 2, Name = "New" }),
        "rename a field that is not there" => new FieldRenamed(1, 3, "New"),
        "rename a field to a name that is taken" => new FieldRenamed(1, 2, "name"),
        "drop a field that is not there" => new FieldDropped(2, 1),
        "widen a field that is not there" => new FieldWidened(2, 1, new FieldType(FieldKind.Int64)),
        "make a field narrower" => new FieldWidened(1, 2, new FieldType(FieldKind.Int8)),
        _ => new FieldWidened(1, 2, new FieldType(FieldKind.String)),
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused(string words, StoreError error) =>
        Assert.Equal(error, Assert.ThrowsAny<StoreException>(() => ChangeOf(words).ApplyTo(Before)).Error);

    [Fact]
    public void A_refused_change_of_a_type_names_the_field()
    {
        StoreException refused = Assert.ThrowsAny<StoreException>(() => new FieldWidened(1, 2, new FieldType(FieldKind.String)).ApplyTo(Before));
        Assert.Contains("'Age'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("UInt8", refused.Message, StringComparison.Ordinal);
        Assert.Contains("String", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_change_makes_the_next_version_of_its_table_and_of_no_other()
    {
        SchemaChange[] changes =
        [
            new TableRenamed(1, "Human"), new FieldAdded(1, new FieldSchema(3, "Email", new FieldType(FieldKind.String), null)), new FieldRenamed(1, 1, "FullName"), new FieldWidened(1, 2, new FieldType(FieldKind.Int32)), new FieldDropped(1, 3),
        ];
        EntitySchema schema = Before;
        for (int i = 0; i < changes.Length; i++)
        {
            schema = changes[i].ApplyTo(schema);
            Assert.Equal((i + 2, 1), (schema.Get(1).Version, schema.Get(2).Version));
        }

        TableSchema table = schema.Get("human");
        Assert.Equal(["FullName", "Age"], table.Fields.Select(static field => field.Name));
        Assert.Equal(7, table.GetField("age").Default);
        Assert.Null(schema.Find("Person"));
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => schema.Get("Person")).Error);
        Assert.Equal(StoreError.FieldNotFound, Assert.ThrowsAny<StoreException>(() => table.GetField("Email")).Error);
        // Numbers are not used again.
        Assert.Equal(StoreError.FieldExists, Assert.ThrowsAny<StoreException>(() => new FieldAdded(1, Name with { Number = 3, Name = "New" }).ApplyTo(schema)).Error);
        schema = new TableDropped(2).ApplyTo(schema);
        Assert.Equal(StoreError.TableExists, Assert.ThrowsAny<StoreException>(() => new TableCreated(2, "Place", []).ApplyTo(schema)).Error);
        Assert.Equal(3, new TableCreated(3, "Place", []).ApplyTo(schema).Get("Place").Number);
    }

    [Fact]
    public void A_name_can_change_its_case()
    {
        EntitySchema schema = Apply(Before, new TableRenamed(1, "PERSON"), new FieldRenamed(1, 1, "NAME"));
        Assert.Equal(("PERSON", "NAME"), (schema.Get("person").Name, schema.Get("person").GetField("name").Name));
    }

    [Fact]
    public void Records_of_all_kinds_say_what_they_were_made_of()
    {
        ImmutableArray<FieldSchema> fields = [.. SampleValues.Types.Select(static (type, i) => new FieldSchema(i + 1, $"F{i}", type, SampleValues.Of(type)[^1]))];
        SchemaChange[] changes =
        [
            new TableCreated(9, "Täble", fields), new TableRenamed(9, "x"), new TableDropped(9), new FieldAdded(9, fields[3]), new FieldRenamed(9, 3, "y"), new FieldDropped(9, 3), new FieldWidened(9, 3, new FieldType(FieldKind.Int64, IsArray: true)),
        ];
        Assert.Equal(Enum.GetValues<EntityRecordKind>().Where(static kind => kind is > EntityRecordKind.None and < EntityRecordKind.EntityCreated), changes.Select(static change => change.Kind));
        foreach (SchemaChange change in changes)
        {
            byte[] payload = Write(change);
            Assert.Equal(payload, Write(SchemaChange.Read(change.Kind, payload)));
            // What a newer version adds is passed over; a payload that ends early, or goes on, is none.
            payload[0]++;
            Assert.Equal(change.Kind, SchemaChange.Read(change.Kind, [.. payload, 0xC0]).Kind);
            Assert.Throws<MalformedDataException>(() => SchemaChange.Read(change.Kind, payload));
            payload[0]--;
            Assert.Throws<MalformedDataException>(() => SchemaChange.Read(change.Kind, [.. payload, 0xC0]));
            Assert.Throws<MalformedDataException>(() => SchemaChange.Read(change.Kind, payload.AsSpan()[..^1]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\u001bb")]
    [InlineData("\ud800")]
    public void Names_that_cannot_be_are_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => SchemaText.RequireName(name, "field"));
        Assert.Throws<ArgumentException>(() => SchemaText.RequireName(new string('x', 257), "field"));
    }

    private static EntitySchema Apply(EntitySchema schema, params SchemaChange[] changes) => changes.Aggregate(schema, static (now, change) => change.ApplyTo(now));

    private static byte[] Write(SchemaChange change)
    {
        GrowableBuffer payload = new(1 << 20);
        change.Write(new MessagePackWriter(payload));
        return payload.WrittenSpan.ToArray();
    }
}
