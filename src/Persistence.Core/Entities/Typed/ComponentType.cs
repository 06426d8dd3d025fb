using System.Linq.Expressions;
using System.Reflection;
using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>A type of components: what its table and fields are, and how its objects are read and written.</summary>
internal sealed class ComponentType<T>
    where T : notnull
{
    private static readonly Lazy<ComponentType<T>> s_one = new(static () => new ComponentType<T>());

    private readonly ParameterExpression _component = Expression.Parameter(typeof(T), "component");
    private readonly IReadOnlyList<ComponentMember> _members;
    private readonly MemberWriter<T>[] _writers;
    private readonly string? _formerTable;
    private ComponentBinding<T>? _lastBinding;

    private ComponentType()
    {
        ConstructorInfo? constructor = ComponentMember.FindConstructor(typeof(T));
        _members = ComponentMember.FindAll(typeof(T), constructor);
        ComponentMember.RequireKept(typeof(T), _members);
        ComponentAttribute? said = typeof(T).GetCustomAttribute<ComponentAttribute>();
        Table = SchemaText.RequireName(said?.Table ?? NameOf(typeof(T)), "table");
        _formerTable = said?.FormerName;
        _writers = [.. _members.Select(member => FieldCodec.Of(member.Type.Field).CreateWriter<T>(_component, member.Type.ToValue(Expression.MakeMemberAccess(_component, member.Member))))];
        Make = CompileMake(constructor);
    }

    /// <summary>That of <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">It cannot be one; the message says why.</exception>
    public static ComponentType<T> One => s_one.Value;

    /// <summary>The name of its table.</summary>
    public string Table { get; }

    /// <summary>Makes an object of the values of its members, in their order.</summary>
    public Func<object?[], T> Make { get; }

    /// <summary>How it goes with a table.</summary>
    /// <exception cref="StoreException">FieldNotFound, SchemaIncompatible: it has to be defined first.</exception>
    public ComponentBinding<T> Bind(TableSchema table)
    {
        ComponentBinding<T>? known = Volatile.Read(ref _lastBinding);
        return known is not null && ReferenceEquals(known.Table, table) ? known : BindAnew(table);
    }

    /// <summary>The changes of a schema after which it goes with its table.</summary>
    /// <exception cref="StoreException">SchemaIncompatible: a field is there and of a type that cannot become the member's; ComponentTypeMismatch: a default is none of its field's type.</exception>
    public IReadOnlyList<SchemaChange> FindChanges(EntitySchema schema)
    {
        List<SchemaChange> changes = [];
        if (schema.Find(Table) is null && _formerTable is not null && schema.Find(_formerTable) is not null)
            schema = Add(changes, schema, SchemaChanges.RenameTable(schema, _formerTable, Table));
        if (schema.Find(Table) is null)
            return (SchemaChange[])[SchemaChanges.CreateTable(schema, Table, _members.Select(Define).ToArray())];
        foreach (ComponentMember member in _members)
        {
            TableSchema table = schema.Get(Table);
            if (table.FindField(member.Name) is null && member.FormerName is not null && table.FindField(member.FormerName) is not null)
                schema = Add(changes, schema, SchemaChanges.RenameField(schema, Table, member.FormerName, member.Name));
            FieldSchema? field = schema.Get(Table).FindField(member.Name);
            if (field is null)
                schema = Add(changes, schema, SchemaChanges.AddField(schema, Table, Define(member)));
            else if (field.Type != member.Type.Field && !member.Type.Field.CanWidenTo(field.Type))
                schema = Add(changes, schema, SchemaChanges.WidenField(schema, Table, member.Name, member.Type.Field));
        }

        return changes;
    }

    /// <summary>As it is written in a program, without namespace: <c>Pair&lt;Int32,String&gt;</c>.</summary>
    private static string NameOf(Type type) => type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>" : type.Name;

    private static EntitySchema Add(List<SchemaChange> changes, EntitySchema schema, SchemaChange change)
    {
        changes.Add(change);
        return change.ApplyTo(schema);
    }

    private static FieldDefinition Define(ComponentMember member) => new(member.Name, member.Type.Field, member.Default);

    private ComponentBinding<T> BindAnew(TableSchema table)
    {
        ComponentBinding<T> binding = new(this, table, [.. _members.Select((member, index) => BindMember(table, member, index))]);
        Volatile.Write(ref _lastBinding, binding);
        return binding;
    }

    private BoundMember<T> BindMember(TableSchema table, ComponentMember member, int index)
    {
        FieldSchema field = table.FindField(member.Name)
            ?? throw new StoreException(StoreError.FieldNotFound, $"The table '{table.Name}' has no field '{member.Name}', as the type '{typeof(T).Name}' has. It gets one when the type is defined.");
        if (field.Type != member.Type.Field && !member.Type.Field.CanWidenTo(field.Type))
            throw new StoreException(StoreError.SchemaIncompatible, $"The field '{field.Name}' of the table '{table.Name}' is {field.Type}, and {member.Type.Field} in the type '{typeof(T).Name}', which does not fit into it. If it can, it becomes that when the type is defined.");
        return new BoundMember<T>(field, table.IndexOf(field.Number), member.Type.Field, _writers[index]);
    }

    private Func<object?[], T> CompileMake(ConstructorInfo? constructor)
    {
        ParameterExpression values = Expression.Parameter(typeof(object?[]), "values");
        Dictionary<string, Expression> given = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < _members.Count; i++)
            given.Add(_members[i].Member.Name, _members[i].Type.FromValue(Expression.Convert(Expression.ArrayIndex(values, Expression.Constant(i)), FieldCodec.Of(_members[i].Type.Field).ValueType)));
        ParameterInfo[] parameters = constructor?.GetParameters() ?? [];
        NewExpression made = constructor is null
            ? Expression.New(typeof(T))
            : Expression.New(constructor, parameters.Select(parameter => given.GetValueOrDefault(parameter.Name!) ?? Expression.Default(parameter.ParameterType)));
        IEnumerable<MemberBinding> set = _members.Where(member => !parameters.Any(parameter => ComponentMember.IsSameName(parameter.Name, member.Member.Name)))
            .Select(member => Expression.Bind(member.Member, given[member.Member.Name]));
        return Expression.Lambda<Func<object?[], T>>(Expression.MemberInit(made, set), values).Compile();
    }
}
