using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Makes operations on entities of some of a workload's operations. What it chooses comes from a seed of its own: all other operations are what they would be without it.</summary>
/// <param name="mix">The workload.</param>
/// <param name="seed">Where its choices come from.</param>
/// <param name="valueLength">How long every text is; of many lengths by default.</param>
internal sealed class EntityDraws(WorkloadMix mix, long seed, int? valueLength)
{
    // Behind those of the writes of items.
    private const int IdPlace = 50;
    private const int FillerMax = 200;
    private const int SchemaOneIn = 6;

    private readonly Random _random = new(Mixer.Fold(seed));

    /// <summary>The operation, or one on entities in its place, or both in one transaction.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="nextId">Makes a text that is used nowhere else, of a number.</param>
    public PlannedOperation Turn(PlannedOperation operation, Func<int, string> nextId)
    {
        bool mayTurn = operation.Kind is OperationKind.Put or OperationKind.Delete or OperationKind.Batch or OperationKind.Transaction or OperationKind.Rollback or OperationKind.Schema;
        if (!mayTurn || _random.Next(mix.EntityShareOneIn) != 0)
            return operation;
        OperationKind kind = ChooseKind(operation.Kind);
        EntityOperationKind what = Choose(kind);
        bool keepsItems = !mix.IsOfEntities && kind is OperationKind.Transaction or OperationKind.Rollback;
        int texts = 0;
        IReadOnlyList<KeyWrite> shared = what == EntityOperationKind.Audit ? SharedWrites.Draw(_random, () => NextText(nextId(IdPlace + ++texts))) : [];
        EntityOperation entities = new(what, _random.NextInt64(), nextId(IdPlace), NextLength());
        return operation with
        {
            Kind = kind,
            Writes = keepsItems ? [.. operation.Writes, .. shared] : shared,
            Undone = keepsItems ? operation.Undone : [],
            Record = kind == OperationKind.Transaction ? operation.Record : null,
            Entities = entities,
            IsAsync = operation.IsAsync && kind != OperationKind.Transaction && entities.FitsBatch,
            AsksForSync = operation.AsksForSync && kind != OperationKind.Schema,
        };
    }

    private OperationKind ChooseKind(OperationKind kind)
    {
        bool isSchema = !mix.IsOfEntities && kind is OperationKind.Put or OperationKind.Delete or OperationKind.Batch && _random.Next(SchemaOneIn) == 0;
        return isSchema ? OperationKind.Schema : kind;
    }

    private EntityOperationKind Choose(OperationKind kind) => (kind, _random.Next(10)) switch
    {
        (OperationKind.Put, < 3) => EntityOperationKind.Create,
        (OperationKind.Put, _) => EntityOperationKind.Put,
        (OperationKind.Delete, < 5) => EntityOperationKind.Remove,
        (OperationKind.Delete, _) => EntityOperationKind.Delete,
        (OperationKind.Transaction, < 5) => EntityOperationKind.Audit,
        (OperationKind.Transaction, < 7) => EntityOperationKind.Large,
        (OperationKind.Rollback, < 5) => EntityOperationKind.Refused,
        (OperationKind.Schema, _) => EntityOperationKind.Schema,
        _ => EntityOperationKind.Several,
    };

    private string NextText(string id) => ValueText.CreateOfLength(id, _random, NextLength());

    private int NextLength() => valueLength ?? _random.Next(FillerMax);
}
