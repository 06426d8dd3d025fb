using System.Collections.Immutable;
using Persistence.Entities;

namespace Persistence.Tests.Entities.Model;

/// <summary>Changes made of numbers, done to a model and to what is tested alike.</summary>
internal static class ModelChanges
{
    private const int TablesMax = 4;
    private const int FieldsMax = 5;

    /// <summary>Makes one change of an entity.</summary>
    /// <returns>The model after it.</returns>
    public static ModelState Change(IEntityWriter writer, ModelState model, int a, int b)
    {
        List<EntityId> entities = [.. model.Entities.Keys];
        List<ModelTable> tables = [.. model.Tables.Values];
        if (entities.Count == 0 || a % 7 < 2)
            return Create(writer, model, b);
        EntityId entity = entities[b % entities.Count];
        if (a % 7 == 2)
        {
            writer.Delete(entity);
            return model with { Entities = model.Entities.Remove(entity) };
        }

        if (tables.Count == 0)
            return Create(writer, model, b);
        ModelTable table = tables[(a / 7) % tables.Count];
        bool isThere = model.Entities[entity].TryGetValue(table.Number, out ImmutableDictionary<int, string>? before);
        (ComponentData component, ImmutableDictionary<int, string> given) = Make(model, table, a + b);
        if (isThere && a % 7 == 3)
        {
            writer.Remove(entity, table.Name.ToUpperInvariant());
            return model.With(entity, table.Number, null);
        }

        if (isThere && a % 7 == 4)
        {
            writer.Change(entity, component);
            return model.With(entity, table.Number, before!.SetItems(given));
        }

        if (isThere || a % 7 == 5)
            writer.Set(entity, component);
        else
            writer.Add(entity, component);
        return model.With(entity, table.Number, Defaults(table).SetItems(given));
    }

    /// <summary>Makes one change of the schema; perhaps none.</summary>
    /// <returns>The model after it.</returns>
    public static ModelState ChangeSchema(EntityState entities, ModelState model, int a, int b, int c)
    {
        List<ModelTable> tables = [.. model.Tables.Values];
        if (tables.Count == 0 || a % 8 == 0 && tables.Count < TablesMax)
        {
            FieldDefinition[] definitions = [.. Enumerable.Range(0, b % 4).Select(i => Define(i, c + i))];
            TableSchema created = entities.CreateTable($"T{model.NextTable}", definitions);
            Assert(created.Number == model.NextTable, "another table number");
            return model.With(new ModelTable(created.Number, created.Name, 1, definitions.Length + 1, [.. definitions.Select(static (definition, index) => ToField(definition, index + 1))])) with { NextTable = model.NextTable + 1 };
        }

        ModelTable table = tables[b % tables.Count];
        ModelField? field = table.Fields.IsEmpty ? null : table.Fields[c % table.Fields.Count];
        switch (a % 8)
        {
            case 1 when b % 3 == 0:
                entities.DropTable(table.Name);
                return model.WithoutTable(table.Number);
            case 2:
                entities.RenameTable(table.Name, $"R{c}");
                return model.With(table with { Name = $"R{c}", Version = table.Version + 1 });
            case 3 when field is not null:
                entities.RenameField(table.Name, field.Name, $"g{c}");
                return model.With(Next(table, field, field with { Name = $"g{c}" }));
            case 4 when field is not null:
                entities.DropField(table.Name, field.Name);
                return model.With(table with { Fields = table.Fields.Remove(field), Version = table.Version + 1 }).Each(table.Number, values => values.Remove(field.Number));
            case 5 or 6 when field is not null && Wider(field.Type) is FieldType wider:
                entities.WidenField(table.Name, field.Name, wider);
                return model.With(Next(table, field, field with { Type = wider, Default = Widen(field.Type, field.Default) })).Each(table.Number, values => values.SetItem(field.Number, Widen(field.Type, values[field.Number])));
            default:
                if (table.Fields.Count == FieldsMax)
                    return model;
                FieldDefinition added = Define(table.NextField, c);
                entities.AddField(table.Name, added);
                ModelField made = ToField(added, table.NextField);
                return model.With(table with { Fields = table.Fields.Add(made), NextField = table.NextField + 1, Version = table.Version + 1 }).Each(table.Number, values => values.SetItem(made.Number, made.Default));
        }
    }

    public static FieldType? Wider(FieldType type) => type.Kind switch
    {
        FieldKind.Int8 => type with { Kind = FieldKind.Int16 },
        FieldKind.Int16 => type with { Kind = FieldKind.Float32 },
        FieldKind.Int32 => type with { Kind = FieldKind.Float64 },
        FieldKind.UInt8 => type with { Kind = FieldKind.Int32 },
        FieldKind.UInt16 => type with { Kind = FieldKind.UInt64 },
        FieldKind.UInt32 => type with { Kind = FieldKind.Int64 },
        FieldKind.Float32 => type with { Kind = FieldKind.Float64 },
        _ => null,
    };

    /// <summary>What a change makes of another state, where the schema has been changed by one step since the change was made.</summary>
    /// <param name="before">The state that it was made for.</param>
    /// <param name="after">What it was to make of it.</param>
    /// <param name="now">The state under the other schema.</param>
    public static ModelState Follow(ModelState before, ModelState after, ModelState now)
    {
        ModelState made = now with { Entities = now.Entities.RemoveRange(before.Entities.Keys.Where(entity => !after.Entities.ContainsKey(entity))) };
        foreach ((EntityId entity, ImmutableSortedDictionary<int, ImmutableDictionary<int, string>> components) in after.Entities)
        {
            ImmutableSortedDictionary<int, ImmutableDictionary<int, string>> had = before.Entities.GetValueOrDefault(entity) ?? components.Clear();
            if (!before.Entities.ContainsKey(entity))
                made = made with { Entities = made.Entities.Add(entity, components.Clear()) };
            foreach (int removed in had.Keys.Where(table => !components.ContainsKey(table)))
                made = made.With(entity, removed, null);
            foreach ((int table, ImmutableDictionary<int, string> values) in components.Where(pair => now.Tables.ContainsKey(pair.Key) && had.GetValueOrDefault(pair.Key) != pair.Value))
                made = made.With(entity, table, FollowValues(before.Tables[table], values, now.Tables[table], made.Entities[entity].GetValueOrDefault(table)));
        }

        return made;
    }

    /// <summary>A component of a table with some of its fields.</summary>
    public static (ComponentData Component, ImmutableDictionary<int, string> Given) Make(ModelState model, ModelTable table, int choice)
    {
        List<EntityId> entities = [.. model.Entities.Keys];
        (ModelField Field, object? Value)[] given = [.. table.Fields.Where((_, index) => (choice >> index) % 3 != 0).Select(field => (field, ModelValues.Make(field.Type, choice + field.Number, entities)))];
        return (
            ComponentData.Of(table.Name, [.. given.Select(static pair => (pair.Field.Name, pair.Value))]),
            given.ToImmutableDictionary(static pair => pair.Field.Number, static pair => ModelValues.Show(pair.Field.Type, pair.Value)));
    }

    private static ModelState Create(IEntityWriter writer, ModelState model, int choice)
    {
        (ModelTable Table, (ComponentData Component, ImmutableDictionary<int, string> Given) Made)[] components =
            [.. model.Tables.Values.Where((_, index) => (choice >> index) % 2 == 0).Select(table => (table, Make(model, table, choice + table.Number)))];
        EntityId entity = writer.Create([.. components.Select(static component => component.Made.Component)]);
        Assert(!model.Entities.ContainsKey(entity), $"the id {entity} again");
        return model with
        {
            Entities = model.Entities.Add(entity, components.ToImmutableSortedDictionary(static component => component.Table.Number, static component => Defaults(component.Table).SetItems(component.Made.Given))),
        };
    }

    private static ImmutableDictionary<int, string> Defaults(ModelTable table) => table.Fields.ToImmutableDictionary(static field => field.Number, static field => field.Default);

    private static FieldDefinition Define(int number, int choice)
    {
        FieldType type = ModelValues.TypeOf(choice);
        return new FieldDefinition($"f{number}", type, choice % 3 == 0 && type.Kind != FieldKind.Reference ? ModelValues.Make(type, choice, []) : null);
    }

    private static ModelField ToField(FieldDefinition definition, int number) => new(number, definition.Name, definition.Type, ModelValues.Show(definition.Type, definition.Default));

    private static ImmutableDictionary<int, string> FollowValues(ModelTable before, ImmutableDictionary<int, string> values, ModelTable now, ImmutableDictionary<int, string>? there) => now.Fields.ToImmutableDictionary(
        static field => field.Number,
        field => before.Fields.Find(one => one.Number == field.Number) is ModelField known ? field.Type == known.Type ? values[field.Number] : Widen(known.Type, values[field.Number]) : there?.GetValueOrDefault(field.Number) ?? field.Default);

    private static ModelTable Next(ModelTable table, ModelField before, ModelField after) => table with { Fields = table.Fields.Replace(before, after), Version = table.Version + 1 };

    /// <summary>Numbers are shown alike whatever their type, but bytes are not.</summary>
    private static string Widen(FieldType before, string value) =>
        before == new FieldType(FieldKind.UInt8, IsArray: true) && value != "null" ? $"[{string.Join(',', Convert.FromHexString(value[1..]).Select(static one => (int)one))}]" : value;

    private static void Assert(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}
