using System.Collections.Immutable;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Entities.Work;
using Persistence.Entities;
using Xunit;

namespace Persistence.CrashKit.Tests.Entities;

public sealed class WriterModelTests
{
    [Fact]
    public void Whatever_operations_come_to_is_read_from_its_items_as_it_was()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (WriterModel model in Story(seed, 60))
            {
                WriterModel read = WriterModel.Read(1, model.Items.ToImmutableDictionary());
                Assert.Equal(model.Items, read.Items);
                Assert.Equal(model.Digest, read.Digest);
            }
        }
    }

    [Fact]
    public void An_operation_comes_to_the_same_given_the_same()
    {
        WriterModel model = Story(3, 40).Last();
        foreach (EntityOperationKind kind in Enum.GetValues<EntityOperationKind>())
        {
            for (long choice = 0; choice < 20; choice++)
            {
                EntityOperation operation = new(kind, choice, "0.1.99", 40);
                Assert.Equal(Describe(EntityPlanner.Plan(operation, model)), Describe(EntityPlanner.Plan(operation, WriterModel.Read(1, model.Items.ToImmutableDictionary()))));
            }
        }
    }

    [Fact]
    public void Operations_come_to_every_kind_of_step_of_change_and_of_refusal()
    {
        List<EntityPlan> plans = [];
        for (int seed = 0; seed < 30; seed++)
            Assert.NotEmpty(Story(seed, 60, plans).ToList());
        Assert.Equal(5, plans.SelectMany(static plan => plan.Steps).Select(static step => step.GetType()).Distinct().Count());
        Assert.Equal(3, plans.SelectMany(static plan => plan.Steps).OfType<EntityStep.Put>().Select(static put => put.How).Distinct().Count());
        Assert.Equal(7, plans.Select(static plan => plan.Schema).OfType<SchemaStep>().Select(static change => change.GetType()).Distinct().Count());
        Assert.Equal(6, plans.Select(static plan => plan.Refused).OfType<Refusal>().Select(static refused => refused.Error).Distinct().Count());
    }

    [Fact]
    public void What_only_deletes_creates_nothing_while_there_is_something_to_delete()
    {
        WriterModel model = Story(1, 60).Last(static model => !model.Entities.IsEmpty);
        for (long choice = 0; choice < 50; choice++)
        {
            Assert.All(EntityPlanner.Plan(new EntityOperation(EntityOperationKind.Delete, choice, "0.1.99", 40), model).Steps, static step => Assert.IsType<EntityStep.Delete>(step));
            Assert.All(EntityPlanner.Plan(new EntityOperation(EntityOperationKind.Remove, choice, "0.1.99", 40), model).Steps, static step => Assert.True(step is EntityStep.Delete or EntityStep.Remove));
        }
    }

    [Fact]
    public void A_ledger_keeps_who_is_alive_and_forgets_the_oldest_dead()
    {
        Ledger ledger = Ledger.Empty.With("tag", [(Ledger.OwnPlace, new EntityId(0, 1))]);
        for (int generation = 1; generation < 30; generation++)
            ledger = ledger.With("tag", [(0, new EntityId(1, generation))]).Bury(new EntityId(1, generation));
        Assert.Equal(new EntityId(0, 1), ledger.Id);
        Assert.Equal(new EntityId(1, 29), ledger.Entries[^1].Id);
        Assert.InRange(ledger.Entries.Length, 10, 16);
        Assert.Equal(ledger.ToString(), Ledger.Parse(ledger.ToString()).ToString());
    }

    [Fact]
    public void A_value_that_was_widened_reads_as_before()
    {
        Assert.Equal(EntityTexts.Of((byte)200), EntityTexts.Of(200d));
        Assert.Equal(EntityTexts.Of(0.1f), EntityTexts.Of((double)0.1f));
        Assert.Equal(EntityTexts.Of(new short[] { -3, 4 }), EntityTexts.Of(new[] { -3f, 4f }));
        Assert.NotEqual(EntityTexts.Of(0.1f), EntityTexts.Of(0.1d));
        Assert.NotEqual(EntityTexts.Of(new byte[] { 1 }), EntityTexts.Of(new byte[] { 0, 1 }));
    }

    /// <summary>What a writer's own is after each of some operations; ids are given out as a store would.</summary>
    private static IEnumerable<WriterModel> Story(int seed, int operations, List<EntityPlan>? plans = null)
    {
        WriterModel model = new(1);
        Random random = new(seed);
        int slot = 0;
        for (int i = 0; i < operations; i++)
        {
            EntityOperationKind kind = Enum.GetValues<EntityOperationKind>()[random.Next(9)];
            EntityPlan plan = EntityPlanner.Plan(new EntityOperation(kind, random.NextInt64(), $"0.1.{i}", 30), model);
            plans?.Add(plan);
            if (plan.Refused is not null)
                continue;
            EntityId[] ids = [.. Enumerable.Range(0, plan.CountIds(model)).Select(_ => new EntityId(slot++, 1))];
            model = ModelChanges.Apply(model, plan, ids);
            yield return model;
        }
    }

    private static string Describe(EntityPlan plan) => $"{string.Join("; ", plan.Steps.Select(Describe))} {plan.Schema?.GetType().Name} {plan.Schema?.Table} {plan.Refused}";

    private static string Describe(EntityStep step) => step switch
    {
        EntityStep.Create create => $"{create.Place} {string.Join(',', create.Components.Select(Describe))}",
        EntityStep.Put put => $"{put.How} {put.Place} {Describe(put.Component)}",
        _ => step.ToString(),
    };

    private static string Describe(PlannedComponent component) => $"{component.Table} {string.Join(',', component.Values.Select(static value => value.Places.IsDefault ? EntityTexts.Of(value.Value) : string.Join('+', value.Places)))}";
}
