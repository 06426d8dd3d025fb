using System.Collections.Immutable;
using System.Globalization;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Decides what an operation comes to, given what there is: always the same for the same.</summary>
internal sealed class EntityPlanner
{
    private const int Places = 6;
    private const int EntitiesWanted = 3;
    private const int SeveralMax = 5;
    private const int LargeLength = 700;
    private const int LargePuts = 8;

    private readonly EntityOperation _operation;
    private readonly WriterModel _model;
    private readonly SimulatedRandom _random;
    private readonly List<EntityStep> _steps = [];

    // By place: the tables of which the entity will have a component.
    private readonly SortedDictionary<int, SortedSet<string>> _entities;
    private int _texts;

    private EntityPlanner(EntityOperation operation, WriterModel model)
    {
        _operation = operation;
        _model = model;
        _random = new SimulatedRandom(operation.Choice);
        _entities = new(model.Entities.ToDictionary(static one => one.Key, static one => new SortedSet<string>(one.Value.Components.Keys, StringComparer.Ordinal)));
    }

    private ImmutableArray<string> Tables => [CommonTables.Note, .. _model.Tables.Keys];

    /// <summary>Decides.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="model">What there is of the writer's own.</param>
    public static EntityPlan Plan(EntityOperation operation, WriterModel model) => new EntityPlanner(operation, model).Plan();

    private EntityPlan Plan()
    {
        switch (_operation.Kind)
        {
            case EntityOperationKind.Schema:
                return new EntityPlan([]) { Schema = new SchemaPlanner(_operation, _model, _random).Plan() };
            case EntityOperationKind.Refused:
                Repeat(_random.Next(3), AddAny);
                Refusal refused = Refuse();
                return new EntityPlan(refused.IsOfSchema ? [] : [.. _steps]) { Refused = refused };
            case EntityOperationKind.Create:
                Repeat(1 + _random.Next(2), AddCreate);
                break;
            case EntityOperationKind.Put:
                AddPutOrCreate();
                break;
            case EntityOperationKind.Remove:
                AddRemove();
                break;
            case EntityOperationKind.Delete:
                // What only deletes is taken when the disk is full, too.
                Repeat(1 + Math.Min(_random.Next(2), Math.Max(_entities.Count - 1, 0)), AddDelete);
                break;
            case EntityOperationKind.Several:
                Repeat(2 + _random.Next(SeveralMax - 1), AddAny);
                break;
            case EntityOperationKind.Audit:
                Repeat(_random.Next(3), AddAny);
                break;
            default:
                Repeat(LargePuts, AddLarge);
                break;
        }

        if (_operation.Kind == EntityOperationKind.Audit || _steps.Exists(static step => step is EntityStep.Create))
            _steps.Add(new EntityStep.Note(NextText(_operation.ValueLength)));
        return new EntityPlan([.. _steps]);
    }

    private static void Repeat(int times, Action add)
    {
        for (; times > 0; times--)
            add();
    }

    private void AddAny()
    {
        switch (_random.Next(12))
        {
            case < 3:
                AddCreate();
                break;
            case < 8:
                AddPut();
                break;
            case < 10:
                AddRemove();
                break;
            default:
                AddDelete();
                break;
        }
    }

    private void AddCreate()
    {
        int[] free = [.. Enumerable.Range(0, Places).Where(place => !_entities.ContainsKey(place))];
        if (free.Length == 0)
        {
            AddPut();
            return;
        }

        int place = free[_random.Next(free.Length)];
        string[] tables = [.. Tables.Where(_ => _random.Next(2) == 0)];
        // What it refers to has to be there before it.
        PlannedComponent[] components = [.. tables.Select(table => NextComponent(table, _operation.ValueLength))];
        _entities.Add(place, new SortedSet<string>(tables, StringComparer.Ordinal));
        _steps.Add(new EntityStep.Create(place, [.. components]));
    }

    private void AddPutOrCreate()
    {
        if (_entities.Count < EntitiesWanted)
            AddCreate();
        else
            AddPut();
    }

    private void AddPut() => AddPut(_operation.ValueLength);

    private void AddLarge() => AddPut(Math.Max(LargeLength, _operation.ValueLength));

    private void AddPut(int length)
    {
        if (_entities.Count == 0)
        {
            AddCreate();
            if (_entities.Count == 0)
                return;
        }

        int place = PickEntity();
        string table = Tables[_random.Next(Tables.Length)];
        bool isThere = !_entities[place].Add(table);
        bool isEither = _random.Next(2) == 0;
        PutKind how = isEither ? PutKind.Set : isThere ? PutKind.Change : PutKind.Add;
        _steps.Add(new EntityStep.Put(how, place, NextComponent(table, length)));
    }

    private void AddRemove()
    {
        int[] having = [.. _entities.Where(static one => one.Value.Count > 0).Select(static one => one.Key)];
        if (having.Length == 0)
        {
            AddDelete();
            return;
        }

        int place = having[_random.Next(having.Length)];
        string table = _entities[place].ElementAt(_random.Next(_entities[place].Count));
        _entities[place].Remove(table);
        _steps.Add(new EntityStep.Remove(place, table));
    }

    private void AddDelete()
    {
        if (_entities.Count == 0)
        {
            AddCreate();
            return;
        }

        int place = PickEntity();
        _entities.Remove(place);
        _steps.Add(new EntityStep.Delete(place));
    }

    private Refusal Refuse()
    {
        EntityId stale = _model.Ledger.Entries.LastOrDefault(static entry => entry.Fate == LedgerEntry.Dead)?.Id ?? EntityId.None;
        int place = _entities.Count == 0 ? 0 : PickEntity();
        SortedSet<string> tables = _entities.GetValueOrDefault(place) ?? [];
        string? missing = Tables.FirstOrDefault(table => !tables.Contains(table));
        return _random.Next(6) switch
        {
            0 when tables.Count > 0 => new Refusal(StoreError.ComponentExists, place, tables.First(), EntityId.None),
            1 when _entities.Count > 0 && missing is not null => new Refusal(StoreError.ComponentNotFound, place, missing, EntityId.None),
            2 when !stale.IsNone => new Refusal(StoreError.StaleEntity, 0, CommonTables.Note, stale),
            3 when !stale.IsNone && _entities.Count > 0 => new Refusal(StoreError.ReferenceDangling, place, CommonTables.Note, stale),
            4 when !_model.Tables.IsEmpty => new Refusal(StoreError.SchemaIncompatible, 0, _model.Tables.Keys.First(), EntityId.None),
            _ => new Refusal(StoreError.TableExists, 0, CommonTables.Note, EntityId.None),
        };
    }

    private int PickEntity() => _entities.Keys.ElementAt(_random.Next(_entities.Count));

    /// <summary>One that says something of its first text, which is used nowhere else, and perhaps of the other fields.</summary>
    private PlannedComponent NextComponent(string table, int length)
    {
        ImmutableArray<ModelField> fields = _model.TableOf(table).Fields;
        List<PlannedValue> values = [new(fields[0].Number, fields[0].Name, NextText(length))];
        foreach (ModelField field in fields.Skip(1).Where(_ => _random.Next(2) == 0))
            values.Add(FieldSamples.Draw(field.Number, field.Name, field.Type, [.. _entities.Keys], NextId(), _random));
        return new PlannedComponent(table, [.. values]);
    }

    private string NextText(int length) => ValueText.CreateOfLength(NextId(), new Random(_random.Next(int.MaxValue)), length);

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"{_operation.Id}.e{_texts++}");
}
