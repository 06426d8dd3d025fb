using System.Collections;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>New-Entity: creates entities.</summary>
[Cmdlet(VerbsCommon.New, "Entity", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityInfo))]
public sealed class NewEntityCommand : EntityWriterCmdlet
{
    private const string What = "an entity";

    private bool _isComponentNamed;

    /// <summary>Its components by their tables; or, with <see cref="Table"/>, the one of that.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Component { get; set; }

    /// <summary>The table that the values are of.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string? Table { get; set; }

    private protected override void Begin() => _isComponentNamed = IsGiven(nameof(Component));

    private protected override void Process() => Change(null, What, "Create entity", Prepare, Emit, HasInput ? Component : null);

    private EntityEdit Prepare(WalStore store)
    {
        ComponentData[] components = HasInput || Table is not null ? Read(new ComponentInput(StoreScopes.EntitiesOf(store).Schema, store.Path)) : [];
        return editor => editor.Create(components);
    }

    /// <summary>A handle that comes down the pipeline alone says where, and not what.</summary>
    private bool HasInput => _isComponentNamed || (MyInvocation.ExpectingInput && !ReferenceEquals(FieldInput.Unwrap(Component), Store ?? (object)this));

    /// <summary>A table without values: its component has the defaults.</summary>
    private ComponentData[] Read(ComponentInput input) => Table is null ? input.ReadAll(Component) : [input.ReadOne(Table, HasInput ? Component : new Hashtable())];

    private void Emit(WalStore store, EntityId entity) => WriteObject(Describe(store, StoreScopes.EntitiesOf(store).Read(entities => entities.Get(entity))));
}
