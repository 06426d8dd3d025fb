using System.Globalization;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>What changes of entities say: the Value of their entries.</summary>
/// <param name="schema">What tables and fields are called today; null: nobody knows.</param>
internal sealed class EntityNotes(EntitySchema? schema)
{
    /// <summary>What is noted of a change; null where its kind, entity and table say all.</summary>
    public PSObject? Describe(EntityChange change) => change.Kind switch
    {
        EntityRecordKind.TableCreated => EntryNotes.ToObject(("Name", change.Name!), ("Fields", DescribeFields(change.Fields!))),
        EntityRecordKind.TableRenamed => EntryNotes.ToObject(("Name", change.Name!)),
        EntityRecordKind.FieldAdded => EntryNotes.ToObject(("Field", change.Name!), ("Type", change.Type!.Value), ("Default", ComponentObjects.ToValue(change.Fields![0].Default))),
        EntityRecordKind.FieldRenamed => EntryNotes.ToObject(("Number", change.Field!.Value), ("Field", change.Name!)),
        EntityRecordKind.FieldWidened => EntryNotes.ToObject(("Field", NameOf(change.Table!.Value, change.Field!.Value)), ("Type", change.Type!.Value)),
        EntityRecordKind.FieldDropped => EntryNotes.ToObject(("Field", NameOf(change.Table!.Value, change.Field!.Value))),
        EntityRecordKind.EntityCreated => EntryNotes.ToObject([.. change.Components!.Select(component => (NameOf(component.Table), (object?)ComponentObjects.Of(component.Values)))]),
        EntityRecordKind.EntityDeleted => change.TablesBefore is null ? null : EntryNotes.ToObject(("Tables", change.TablesBefore.Select(table => NameOf(table)).ToArray())),
        EntityRecordKind.ComponentAdded or EntityRecordKind.ComponentSet or EntityRecordKind.ComponentChanged => ComponentObjects.Of(change.Components![0].Values),
        _ => null,
    };

    /// <summary>The name of a table, or its number as <c>#3</c>: it has been removed since.</summary>
    public string NameOf(int table) => schema?.Tables.GetValueOrDefault(table)?.Name ?? Number(table);

    private string NameOf(int table, int field) => schema?.Tables.GetValueOrDefault(table)?.Fields.FirstOrDefault(one => one.Number == field)?.Name ?? Number(field);

    private static string DescribeFields(IEnumerable<FieldSchema> fields) => string.Join(", ", fields.Select(static field => $"{field.Name} {field.Type}"));

    private static string Number(int number) => string.Create(CultureInfo.InvariantCulture, $"#{number}");
}
