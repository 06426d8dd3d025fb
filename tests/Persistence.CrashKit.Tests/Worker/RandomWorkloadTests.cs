using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Xunit;

namespace Persistence.CrashKit.Tests.Worker;

public sealed class RandomWorkloadTests
{
    [Theory]
    [InlineData("mixed")]
    [InlineData("transactions")]
    [InlineData("entities")]
    public void Every_value_is_used_once_and_every_kind_comes_up(string mix)
    {
        bool hasEntities = WorkloadMix.Require(mix).HasEntities;
        HashSet<string> values = [];
        HashSet<OperationKind> kinds = [];
        for (int writer = 0; writer < 3; writer++)
        {
            RandomWorkload workload = new(WorkloadMix.Find(mix)!, new Random(7), epoch: 2, writer, needsBarriers: true, entitySeed: writer);
            for (int i = 0; i < 500; i++)
            {
                PlannedOperation operation = workload.Next();
                kinds.Add(operation.Kind);
                foreach (KeyWrite write in operation.DescribeWrites().Concat(operation.Undone).Where(write => write.Value is not null))
                    Assert.True(values.Add(write.Value!));
                if (operation.Entities is EntityOperation entities)
                    Assert.True(values.Add(entities.Id));
                if (operation.DescribeRecord() is string record)
                    Assert.True(values.Add(record));
                Assert.Equal(operation.Writes.Count, operation.Writes.DistinctBy(write => write.Key).Count());
            }
        }

        Assert.Equal(Enum.GetValues<OperationKind>().Where(kind => hasEntities || kind != OperationKind.Schema), kinds.Order());
    }

    [Fact]
    public void What_is_done_to_entities_leaves_all_else_as_it_is()
    {
        RandomWorkload without = new(WorkloadMix.Find("mixed")!, new Random(7), 0, 0, needsBarriers: true);
        RandomWorkload with = new(WorkloadMix.Find("mixed")!, new Random(7), 0, 0, needsBarriers: true, entitySeed: 3);
        int turned = 0;
        for (int i = 0; i < 500; i++)
        {
            (PlannedOperation one, PlannedOperation other) = (without.Next(), with.Next());
            turned += other.Entities is null ? 0 : 1;
            if (other.Entities is null)
                Assert.Equal((one.Kind, one.Record, one.IsAsync, one.AsksForSync, string.Join(',', one.Writes)), (other.Kind, other.Record, other.IsAsync, other.AsksForSync, string.Join(',', other.Writes)));
        }

        Assert.InRange(turned, 50, 150);
    }

    [Fact]
    public void Neighbouring_seeds_give_unrelated_stores()
    {
        HashSet<int> sizes = [.. Enumerable.Range(0, 40).Select(seed => StoreProfile.Create(seed, Configuration.DurabilityMode.Sync).SegmentBytes)];
        Assert.Equal(3, sizes.Count);
    }
}
