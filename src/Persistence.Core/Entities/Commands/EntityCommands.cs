using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Adds records of entities to a batch of commands.</summary>
internal static class EntityCommands
{
    public static void Create(CommandBatch commands, EntitySchema schema, EntityId entity, ComponentData[] components) => Add(commands, EntityRecordKind.EntityCreated, entity, writer =>
    {
        writer.WriteArrayHeader(components.Length);
        foreach (ComponentData component in components)
        {
            writer.WriteArrayHeader(2);
            WriteComponent(writer, schema, component);
        }
    });

    public static void Delete(CommandBatch commands, EntityId entity) => Add(commands, EntityRecordKind.EntityDeleted, entity, static _ => { });

    /// <param name="commands">The batch.</param>
    /// <param name="kind">What is done with it.</param>
    /// <param name="schema">By which it is written.</param>
    /// <param name="entity">Whose it is.</param>
    /// <param name="component">The component.</param>
    public static void Put(CommandBatch commands, EntityRecordKind kind, EntitySchema schema, EntityId entity, ComponentData component) =>
        Add(commands, kind, entity, writer => WriteComponent(writer, schema, component));

    public static void Remove(CommandBatch commands, EntityId entity, int table) => Add(commands, EntityRecordKind.ComponentRemoved, entity, writer => writer.WriteInteger(table));

    public static void Change(CommandBatch commands, SchemaChange change) => Add(commands, change.Kind, change.Write);

    private static void WriteComponent(MessagePackWriter writer, EntitySchema schema, ComponentData component)
    {
        ArgumentNullException.ThrowIfNull(component);
        TableSchema table = schema.Get(component.Table);
        writer.WriteInteger(table.Number);
        component.Write(table, writer);
    }

    private static void Add(CommandBatch commands, EntityRecordKind kind, EntityId entity, WriteFields write)
    {
        if (entity.IsNone)
            throw new StoreException(StoreError.EntityNotFound, "An entity's id is none.");
        Add(commands, kind, writer =>
        {
            writer.WriteArrayHeader(EntityRecords.FieldsOf(kind));
            writer.WriteInteger(entity.Value);
            write(writer);
        });
    }

    private static void Add(CommandBatch commands, EntityRecordKind kind, WriteFields write)
    {
        GrowableBuffer buffer = commands.Begin();
        try
        {
            write(new MessagePackWriter(buffer));
        }
        catch
        {
            commands.Cancel();
            throw;
        }

        commands.End(EntityRecords.TypeOf(kind), EntityRecords.Version);
    }

    private delegate void WriteFields(MessagePackWriter writer);
}
