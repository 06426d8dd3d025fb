using System.Collections.Immutable;
using Persistence.CrashKit.Entities.Model;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>The tables that all writers use. They are made by whoever is first to need them, and stay as they are.</summary>
internal static class CommonTables
{
    /// <summary>Of entities of a writer's own: what comes to its mind.</summary>
    public const string Note = "note";

    /// <summary>Of one entity of each writer: the ids it has used, so that it can be seen what has become of them.</summary>
    public const string Ledger = "ledger";

    /// <summary>Of shared entities: which one it is.</summary>
    public const string Place = "place";

    /// <summary>Of shared entities: an amount that is moved from one to another. All of them add up to nothing.</summary>
    public const string Balance = "balance";

    /// <summary>Of shared entities: the ledger of the writer who was the last to say that it is his.</summary>
    public const string Owner = "owner";

    public const string Tag = "tag";
    public const string Writer = "writer";
    public const string Ids = "ids";
    public const string Places = "places";
    public const string Number = "number";
    public const string Amount = "amount";
    public const string Of = "of";

    private static readonly FieldDefinition s_tag = new(Tag, new FieldType(FieldKind.String));

    private static readonly ImmutableArray<(string Name, FieldDefinition[] Fields)> s_all =
    [
        (Note, [s_tag, new("count", new FieldType(FieldKind.Int32), 7), new("at", new FieldType(FieldKind.Reference)), new("list", new FieldType(FieldKind.Int64, IsArray: true)), new("flag", new FieldType(FieldKind.Bool), true)]),
        (Ledger, [new(Writer, new FieldType(FieldKind.Int32)), s_tag, new(Ids, new FieldType(FieldKind.Int64, IsArray: true)), new(Places, new FieldType(FieldKind.Int32, IsArray: true))]),
        (Place, [new(Number, new FieldType(FieldKind.Int32))]),
        (Balance, [s_tag, new(Amount, new FieldType(FieldKind.Int64))]),
        (Owner, [s_tag, new(Of, new FieldType(FieldKind.Reference))]),
    ];

    private static readonly Dictionary<string, ModelTable> s_models = s_all.ToDictionary(static table => table.Name, static table => ModelTable.Create(table.Name, table.Fields), StringComparer.Ordinal);

    /// <summary>What each has to be, by its name.</summary>
    public static IReadOnlyDictionary<string, ModelTable> Models => s_models;

    /// <summary>Makes those that are not there, each as a commit of its own.</summary>
    /// <param name="store">The store.</param>
    /// <param name="entities">Its entities.</param>
    public static void Ensure(PersistenceStore store, EntityState entities)
    {
        EntitySchema schema = entities.Schema;
        foreach ((string name, FieldDefinition[] fields) in s_all)
        {
            if (schema.Find(name) is null)
                Ensure(store, entities, name, fields);
        }
    }

    private static void Ensure(PersistenceStore store, EntityState entities, string name, FieldDefinition[] fields)
    {
        try
        {
            entities.CreateTable(name, fields);
        }
        catch (StoreException e) when (e.Error == StoreError.TableExists)
        {
            // Another writer was faster. It is there for everybody once it is durable.
            store.Flush();
        }
    }
}
