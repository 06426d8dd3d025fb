using Persistence.CrashKit.Entities.Model;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Writes the steps of a turn into a batch or a transaction.</summary>
internal sealed class StepWriter
{
    private readonly IEntityWriter _writer;
    private readonly EntityTurn _turn;
    private readonly Dictionary<int, EntityId> _entities;

    public StepWriter(IEntityWriter writer, EntityTurn turn)
    {
        _writer = writer;
        _turn = turn;
        _entities = turn.Before.Entities.ToDictionary(static one => one.Key, static one => one.Value.Id);
        LedgerId = turn.Before.Ledger.Id;
    }

    /// <summary>Goes on where another one is, in a transaction nested in its.</summary>
    public StepWriter(IEntityWriter writer, StepWriter other)
    {
        _writer = writer;
        _turn = other._turn;
        _entities = other._entities;
        LedgerId = other.LedgerId;
        Outer = other;
    }

    /// <summary>The entity with the writer's ledger; none as long as there is none.</summary>
    public EntityId LedgerId { get; private set; }

    private StepWriter? Outer { get; }

    /// <summary>The entity of a place.</summary>
    public EntityId Find(int place) => _entities[place];

    public void WriteAll(IEnumerable<EntityStep> steps)
    {
        foreach (EntityStep step in steps)
            Write(step);
    }

    private void Write(EntityStep step)
    {
        switch (step)
        {
            case EntityStep.Create create:
                _entities[create.Place] = Create([.. create.Components.Select(ToData)]);
                break;
            case EntityStep.Delete delete:
                _writer.Delete(Find(delete.Place));
                Log(EntityRecordKind.EntityDeleted, Find(delete.Place));
                break;
            case EntityStep.Put put:
                Put(put.How, Find(put.Place), ToData(put.Component));
                break;
            case EntityStep.Remove remove:
                _writer.Remove(Find(remove.Place), _turn.Before.TableOf(remove.Table).Name);
                Log(EntityRecordKind.ComponentRemoved, Find(remove.Place));
                break;
            case EntityStep.Note note:
                Note(note.Tag);
                break;
        }
    }

    private EntityId Create(params ComponentData[] components)
    {
        EntityId id = _turn.Take(_writer.Create(components));
        Log(EntityRecordKind.EntityCreated, id);
        return id;
    }

    private void Put(PutKind how, EntityId entity, ComponentData component)
    {
        switch (how)
        {
            case PutKind.Add:
                _writer.Add(entity, component);
                Log(EntityRecordKind.ComponentAdded, entity);
                break;
            case PutKind.Set:
                _writer.Set(entity, component);
                Log(EntityRecordKind.ComponentSet, entity);
                break;
            default:
                _writer.Change(entity, component);
                Log(EntityRecordKind.ComponentChanged, entity);
                break;
        }
    }

    /// <summary>The ids are those that the ledger is to have after the whole turn, of which this is the last step.</summary>
    private void Note(string tag)
    {
        if (LedgerId.IsNone)
            LedgerId = Create();
        if (Outer is not null)
            Outer.LedgerId = LedgerId;
        Ledger ledger = ModelChanges.Apply(_turn.Before, _turn.Plan, _turn.Created).Ledger;
        Put(PutKind.Set, LedgerId, ComponentData.Of(
            CommonTables.Ledger,
            (CommonTables.Writer, _turn.Before.Writer),
            (CommonTables.Tag, tag),
            (CommonTables.Ids, ledger.Entries.Select(static entry => entry.Id.Value).ToArray()),
            (CommonTables.Places, ledger.Entries.Select(static entry => entry.Place).ToArray())));
    }

    private ComponentData ToData(PlannedComponent component) => ComponentData.Of(
        _turn.Before.TableOf(component.Table).Name, [.. component.Values.Select(value => (value.Name, value.Resolve(Find)))]);

    private void Log(EntityRecordKind kind, EntityId entity) => _turn.Logged.Add((kind, entity));
}
