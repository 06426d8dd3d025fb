using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Entities;
using Xunit;

namespace Persistence.CrashKit.Tests.Entities;

public sealed class EntityDumpTests
{
    [Fact]
    public void A_look_at_a_store_says_the_same_as_the_one_before_and_changes_nothing_of_what_comes_after()
    {
        using EndedRun run = EndedRun.Find(static run => run.Model.Ledger.Entries.Any(static entry => entry.Fate == LedgerEntry.Dead));
        EntityId next = Next(run.Entities);
        IReadOnlyList<EntityItem> first = EntityDump.Read(run.Entities);
        Assert.Equal(next, Next(run.Entities));
        Assert.Equal(first, EntityDump.Read(run.Entities));
        Assert.Equal(next, Next(run.Entities));
    }

    [Fact]
    public void What_is_shown_in_one_way_and_not_in_another_is_a_contradiction()
    {
        using EndedRun run = EndedRun.Find(static run => run.Model.Entities.Count > 2);
        Dictionary<EntityId, Entity> entities = run.Entities.Query().ToDictionary(static entity => entity.Id);
        Assert.Empty(EntityViews.FindContradictions(run.Entities, run.Entities.Schema, entities));

        // As if a query by a table did not find one that has it.
        Dictionary<EntityId, Entity> more = new(entities);
        run.Change(batch => batch.Remove(run.Model.Ledger.Id, CommonTables.Ledger));
        Assert.Contains(EntityViews.FindContradictions(run.Entities, run.Entities.Schema, more), static item => item.Key.Contains("query/ledger", StringComparison.Ordinal));

        // As if all that were shown lacked one that is counted, and found by its table.
        entities.Remove(entities.Values.First(static entity => entity.Find(CommonTables.Note) is not null).Id);
        string[] keys = [.. EntityViews.FindContradictions(run.Entities, run.Entities.Schema, entities).Select(static item => item.Key)];
        Assert.Contains(EntityKeys.Wrong("count"), keys);
        Assert.Contains(EntityKeys.Wrong("query/note"), keys);
    }

    [Fact]
    public void An_id_that_is_given_out_twice_is_a_contradiction()
    {
        using EndedRun run = EndedRun.Find(static run => run.Model.Ledger.IsThere);
        GivenIds given = new();
        given.AddAll(run.Model);
        Assert.Throws<ContradictionException>(() => given.RequireNew(run.Model.Ledger.Entries[^1].Id));
        given.RequireNew(new EntityId(9_000, 1));
        given.AddAll([new EntityId(9_000, 1)]);
        Assert.Throws<ContradictionException>(() => given.RequireNew(new EntityId(9_000, 1)));
    }

    [Fact]
    public void What_has_to_be_refused_and_is_not_is_a_contradiction()
    {
        using EndedRun run = EndedRun.Find(static run => run.Model.Entities.Values.Any(static one => one.Components.ContainsKey(CommonTables.Note)));
        EntityPerformer performer = new(run.Store, run.Entities);
        // The writer believes that an entity has a component, and it has none.
        EntityId entity = run.Model.Entities.Values.First(static one => one.Components.ContainsKey(CommonTables.Note)).Id;
        run.Change(batch => batch.Remove(entity, CommonTables.Note));
        EntityTurn turn = Enumerable.Range(0, 1000).Select(choice => Refused(choice, run.Model)).First(turn =>
            turn.Plan.Refused is Refusal { Error: StoreError.ComponentExists, Table: CommonTables.Note } refused && turn.Plan.Steps.IsEmpty && run.Model.Entities[refused.Place].Id == entity);
        Assert.Throws<ContradictionException>(() => performer.Refuse(turn));
    }

    private static EntityTurn Refused(long choice, WriterModel model) =>
        new(new PlannedOperation(OperationKind.Rollback, []) { Entities = new EntityOperation(EntityOperationKind.Refused, choice, "0.0.99", 20) }, model, new GivenIds());

    private static EntityId Next(EntityState entities)
    {
        EntityBatch batch = entities.CreateBatch();
        EntityId id = batch.Create();
        batch.Clear();
        return id;
    }
}
