using Persistence.Entities;

namespace Persistence.Tests.Entities;

/// <summary>Something of everything: a table with a field of each type, one of single values, one without; entities that have them, refer to each other, and that are gone.</summary>
internal sealed class EntitySample
{
    private EntitySample(EntityStore store)
    {
        EntityState entities = store.Entities;
        entities.CreateTable("Everything", [.. Types.Select(static type => new FieldDefinition(NameOf(type), type))]);
        entities.CreateTable("Position", new FieldDefinition("X", new FieldType(FieldKind.Int16), 3), new FieldDefinition("Y", new FieldType(FieldKind.Float32), 1.5));
        entities.CreateTable("Tag");
        First = store.Add(ComponentData.Of("Everything", ("String", "one"), ("Int32[]", new[] { 1, 2, 3 })), ComponentData.Of("Position", ("X", 7)));
        Second = store.Add(ComponentData.Of("Everything", ("Reference", First), ("Reference[]", new[] { First }), ("Bytes", new byte[] { 1, 2 })), ComponentData.Of("Tag"));
        Gone = store.Add(ComponentData.Of("Position"));
        store.Change(batch => batch.Delete(Gone));
        Third = store.Add();
    }

    /// <summary>Every type there is.</summary>
    public static IReadOnlyList<FieldType> Types { get; } =
        [.. Enum.GetValues<FieldKind>().Where(static kind => kind != FieldKind.None).SelectMany(static kind => (FieldType[])[new(kind), new(kind, IsArray: true)])];

    public EntityId First { get; }

    public EntityId Second { get; }

    /// <summary>Was deleted; another one has its slot.</summary>
    public EntityId Gone { get; }

    /// <summary>Has no components.</summary>
    public EntityId Third { get; }

    public static EntitySample Add(EntityStore store) => new(store);

    /// <summary>What the field of a type is called in <c>Everything</c>.</summary>
    public static string NameOf(FieldType type) => type.ToString();
}
