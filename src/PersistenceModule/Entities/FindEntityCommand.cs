using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Find-Entity: finds entities by the components they have, and by a field.</summary>
[Cmdlet(VerbsCommon.Find, "Entity", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(EntityInfo))]
public sealed class FindEntityCommand : EntityCmdlet
{
    private (FieldTest Test, object? Operand)[] _tests = [];

    /// <summary>Tables that they have a component of.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[] With { get; set; } = [];

    /// <summary>Tables that they have no component of.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[] Without { get; set; } = [];

    /// <summary>The field that is asked about, as Process.Name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityFieldCompleter))]
    public string? Field { get; set; }

    /// <summary>It is this.</summary>
    [Parameter]
    [Alias("EQ")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Equal { get; set; }

    /// <summary>It is not this.</summary>
    [Parameter]
    [Alias("NE")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? NotEqual { get; set; }

    /// <summary>It is more than this.</summary>
    [Parameter]
    [Alias("GT")]
    public object? GreaterThan { get; set; }

    /// <summary>It is this, or more.</summary>
    [Parameter]
    [Alias("GE")]
    public object? GreaterOrEqual { get; set; }

    /// <summary>It is less than this.</summary>
    [Parameter]
    [Alias("LT")]
    public object? LessThan { get; set; }

    /// <summary>It is this, or less.</summary>
    [Parameter]
    [Alias("LE")]
    public object? LessOrEqual { get; set; }

    /// <summary>It has this in it.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public object? Contains { get; set; }

    /// <summary>It begins with this.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? StartsWith { get; set; }

    /// <summary>Tell letters of different case apart.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>So many, and no more.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>The tables whose components are read; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[]? Component { get; set; }

    private protected override void Begin()
    {
        _tests = [.. ReadTests()];
        if ((_tests.Length > 0) != (Field is not null))
            throw ErrorRecords.ArgumentInvalid("-Field says which field is asked about, and -Equal, -LessThan and so on what is asked: give both, or neither.");
    }

    private protected override void Process()
    {
        StoreTarget target = FindTarget(null, StoreAccess.Read);
        ForOneOf("entities", target, () => Write(ToRead(target)));
    }

    private void Write(WalStore store)
    {
        int written = 0;
        foreach (Entity entity in StoreScopes.EntitiesOf(store).Query(entities => CreateQuery(entities, store.Path)))
        {
            StopToken.ThrowIfCancellationRequested();
            WriteObject(Describe(store, entity));
            if (++written == First)
                break;
        }
    }

    private EntityQuery CreateQuery(EntityReader entities, string storePath)
    {
        EntityQuery query = entities.Query(With).Without(Without);
        if (Field is not null)
            query = Filter(query, FieldPath.Resolve(entities.Schema, Field), storePath);
        return Component is null ? query : query.Read(Component);
    }

    private EntityQuery Filter(EntityQuery query, (TableSchema Table, FieldSchema Field) asked, string storePath)
    {
        foreach ((FieldTest test, object? operand) in _tests)
        {
            FieldType type = test == FieldTest.Contains && asked.Field.Type.IsArray ? new FieldType(asked.Field.Type.Kind) : asked.Field.Type;
            query = query.Where(asked.Table.Name, asked.Field.Name, test, FieldOperand.Convert(type, test, operand, storePath), ignoreCase: !CaseSensitive);
        }

        return query;
    }

    private IEnumerable<(FieldTest Test, object? Operand)> ReadTests()
    {
        (string Name, FieldTest Test, object? Operand)[] tests =
        [
            (nameof(Equal), FieldTest.Equal, Equal),
            (nameof(NotEqual), FieldTest.NotEqual, NotEqual),
            (nameof(GreaterThan), FieldTest.Greater, GreaterThan),
            (nameof(GreaterOrEqual), FieldTest.GreaterOrEqual, GreaterOrEqual),
            (nameof(LessThan), FieldTest.Less, LessThan),
            (nameof(LessOrEqual), FieldTest.LessOrEqual, LessOrEqual),
            (nameof(Contains), FieldTest.Contains, Contains),
            (nameof(StartsWith), FieldTest.StartsWith, StartsWith),
        ];
        return tests.Where(test => IsGiven(test.Name)).Select(static test => (test.Test, test.Operand));
    }
}
