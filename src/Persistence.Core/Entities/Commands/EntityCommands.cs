using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Adds records of entities to a batch of commands.</summary>
internal static class EntityCommands
{
    /// <param name="commands">The batch.</param>
    /// <param name="schema">By which it is written.</param>
    /// <param name="entity">Its id.</param>
    /// <param name="components">What it has.</param>
    public static void Create(CommandBatch commands, EntitySchema schema, EntityId entity, ComponentData[] components) => Add(commands, EntityRecordKind.EntityCreated, entity, (schema, components), static (writer, given) =>
    {
        writer.WriteArrayHeader(given.components.Length);
        foreach (ComponentData component in given.components)
        {
            writer.WriteArrayHeader(2);
            WriteComponent(writer, given.schema, component);
        }
    });

    public static void Delete(CommandBatch commands, EntityId entity) => Add(commands, EntityRecordKind.EntityDeleted, entity, 0, static (_, _) => { });

    /// <param name="commands">The batch.</param>
    /// <param name="kind">What is done with it.</param>
    /// <param name="schema">By which it is written.</param>
    /// <param name="entity">Whose it is.</param>
    /// <param name="component">The component.</param>
    public static void Put(CommandBatch commands, EntityRecordKind kind, EntitySchema schema, EntityId entity, ComponentData component) =>
        Add(commands, kind, entity, (schema, component), static (writer, given) => WriteComponent(writer, given.schema, given.component));

    public static void Remove(CommandBatch commands, EntityId entity, int table) => Add(commands, EntityRecordKind.ComponentRemoved, entity, table, static (writer, given) => writer.WriteInteger(given));

    public static void Change(CommandBatch commands, SchemaChange change) => Add(commands, change.Kind, change, static (writer, given) => given.Write(writer));

    private static void WriteComponent(MessagePackWriter writer, EntitySchema schema, ComponentData component)
    {
        ArgumentNullException.ThrowIfNull(component);
        TableSchema table = schema.Get(component.Table);
        writer.WriteInteger(table.Number);
        component.Write(table, writer);
    }

    private static void Add<T>(CommandBatch commands, EntityRecordKind kind, EntityId entity, T given, WriteFields<T> write)
    {
        if (entity.IsNone)
            throw new StoreException(StoreError.EntityNotFound, "An entity's id is none.");
        Add(commands, kind, (kind, entity, given, write), static (writer, all) =>
        {
            writer.WriteArrayHeader(EntityRecords.FieldsOf(all.kind));
            writer.WriteInteger(all.entity.Value);
            all.write(writer, all.given);
        });
    }

    private static void Add<T>(CommandBatch commands, EntityRecordKind kind, T given, WriteFields<T> write)
    {
        GrowableBuffer buffer = commands.Begin();
        try
        {
            write(new MessagePackWriter(buffer), given);
        }
        catch
        {
            commands.Cancel();
            throw;
        }

        commands.End(EntityRecords.TypeOf(kind), EntityRecords.Version);
    }

    /// <summary>Writes the fields of a record; of what is given, so that nothing has to be made to hold it.</summary>
    private delegate void WriteFields<T>(MessagePackWriter writer, T given);
}
