using Persistence.Entities;

namespace Persistence.Tests.Entities.Model;

/// <summary>
/// What a transaction does, and what others commit between its steps; made of a seed, so that it can be done again elsewhere. Entities are known by their place in a list, since
/// those that are created get other ids elsewhere.
/// </summary>
internal sealed class IsolationScript
{
    public const int Entities = 5;

    private static readonly string[] s_tables = ["A", "B", "C"];

    private readonly List<(int Kind, int A, int B, int C)> _steps = [];

    public IsolationScript(int seed)
    {
        Random random = new(seed);
        for (int i = 4 + random.Next(10); i > 0; i--)
            _steps.Add((random.Next(26), random.Next(1000), random.Next(1000), random.Next(1000)));
        for (int i = random.Next(4); i >= 0; i--)
            Others.Add((random.Next(_steps.Count + 1), random.Next(40), random.Next(1000), random.Next(1000)));
    }

    public int Count => _steps.Count;

    /// <summary>What others do: before which step, what, with which entity, and how.</summary>
    public List<(int Before, int Kind, int Entity, int B)> Others { get; } = [];

    public static void Fill(EntityStore store)
    {
        foreach (string table in s_tables)
            store.Entities.CreateTable(table, new FieldDefinition("N", new FieldType(FieldKind.Int32)), new FieldDefinition("R", new FieldType(FieldKind.Reference)));
        for (int i = 0; i < Entities; i++)
            store.Add([.. s_tables.Where((_, table) => ((i + 1) >> table) % 2 == 0).Select(table => ComponentData.Of(table, ("N", i)))]);
    }

    /// <summary>Those that are there to begin with, and those that others have created.</summary>
    public static List<EntityId> NamesOf(EntityStore store) => [.. store.Entities.Query().Select(static entity => entity.Id).Order()];

    /// <summary>One of the changes that others make.</summary>
    public static void Change(EntityBatch batch, IReadOnlyList<EntityId> names, int kind, int entity, int b)
    {
        EntityId one = names[entity % names.Count];
        string table = s_tables[b % 3];
        switch (kind % 8)
        {
            case 0 or 1:
                batch.Create(ComponentData.Of(table, ("N", b % 4)));
                break;
            case 2:
                batch.Delete(one);
                break;
            case 3:
                batch.Remove(one, table);
                break;
            case 4:
                batch.Add(one, ComponentData.Of(table, ("N", b % 4)));
                break;
            case 5:
                batch.Set(one, ComponentData.Of(table, ("N", b % 4)));
                break;
            default:
                batch.Change(one, ComponentData.Of(table, ("N", b % 4)));
                break;
        }
    }

    /// <summary>Takes one step of the transaction.</summary>
    /// <param name="entities">The transaction, or the one nested in it.</param>
    /// <param name="names">The entities; those that are created are added.</param>
    /// <param name="step">Which step.</param>
    /// <param name="nest">Begins one nested, or ends it: committed or not.</param>
    /// <returns>What came of it, in words.</returns>
    public string Take(EntityTransaction entities, List<EntityId> names, int step, Action<bool?> nest)
    {
        (int kind, int a, int b, int c) = _steps[step];
        EntityId one = names[a % names.Count];
        EntityId other = names[c % names.Count];
        string table = s_tables[b % 3];
        string second = s_tables[c % 3];
        ComponentData component = c % 3 == 0 ? ComponentData.Of(table, ("R", other)) : ComponentData.Of(table, ("N", c % 4));
        switch (kind)
        {
            case 0:
                return $"{entities.Exists(one)}";
            case 1:
                return Show(entities.Find(one), names);
            case 2:
                return Show(entities.Find(one, table), names);
            case 3:
                return Show(entities.FindComponent(one, table), names);
            case 4:
                return Show(entities.GetComponent(one, table), names);
            case 5:
                return Show(entities.Query(table), names);
            case 6:
                return Show(entities.Query(table).Without(second).Read(), names);
            case 7:
                return Show(entities.Query(table).Where(table, "N", FieldTest.LessOrEqual, c % 4).Read(second), names);
            case 8:
                return c % 2 == 0 ? $"{entities.Count}" : Show(entities.Query(), names);
            case 9:
                return Show(entities.Query().Without(table), names);
            case 10:
                return $"{entities.CountOf(table)} of {entities.Schema.Tables.Count}";
            case 11:
                return Show(entities.Query(table).Take(1).Select(static _ => "one").FirstOrDefault() ?? "none", names);
            case 12 or 13:
                names.Add(entities.Create(component));
                return "created";
            case 14 or 15:
                entities.Delete(one);
                return "deleted";
            case 16 or 17:
                entities.Add(one, component);
                return "added";
            case 18 or 19:
                entities.Set(one, component);
                return "set";
            case 20 or 21:
                entities.Change(one, component);
                return "changed";
            case 22 or 23:
                entities.Remove(one, table);
                return "removed";
            default:
                nest(kind == 24 ? null : c % 2 == 0);
                return "nested";
        }
    }

    private static string Show(object? found, IReadOnlyList<EntityId> names) => found switch
    {
        null => "nothing",
        IEnumerable<Entity> several => string.Join("; ", several.Select(entity => Show(entity, names)).Order(StringComparer.Ordinal)),
        Entity entity => $"{NameOf(entity.Id, names)} [{string.Join(',', entity.Tables)}] {string.Join(' ', entity.Components.Select(component => Show(component, names)))}",
        Component component => $"{component.Table.Name}({component["N"]}, {(component["R"] is EntityId { IsNone: false } id ? NameOf(id, names) : "none")})",
        _ => $"{found}",
    };

    private static string NameOf(EntityId id, IReadOnlyList<EntityId> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == id)
                return $"#{i}";
        }

        return $"{id}";
    }
}
