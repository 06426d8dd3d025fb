using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Xunit;

namespace Persistence.CrashKit.Tests.Worker;

public sealed class RandomWorkloadTests
{
    [Theory]
    [InlineData("mixed")]
    [InlineData("transactions")]
    public void Every_value_is_used_once_and_every_kind_comes_up(string mix)
    {
        HashSet<string> values = [];
        HashSet<OperationKind> kinds = [];
        for (int writer = 0; writer < 3; writer++)
        {
            RandomWorkload workload = new(WorkloadMix.Find(mix)!, new Random(7), epoch: 2, writer, needsBarriers: true);
            for (int i = 0; i < 500; i++)
            {
                PlannedOperation operation = workload.Next();
                kinds.Add(operation.Kind);
                foreach (KeyWrite write in operation.DescribeWrites().Concat(operation.Undone).Where(write => write.Value is not null))
                    Assert.True(values.Add(write.Value!));
                if (operation.DescribeRecord() is string record)
                    Assert.True(values.Add(record));
                Assert.Equal(operation.Writes.Count, operation.Writes.DistinctBy(write => write.Key).Count());
            }
        }

        Assert.Equal(Enum.GetValues<OperationKind>(), kinds.Order());
    }

    [Fact]
    public void Neighbouring_seeds_give_unrelated_stores()
    {
        HashSet<int> sizes = [.. Enumerable.Range(0, 40).Select(seed => StoreProfile.Create(seed, Configuration.DurabilityMode.Sync).SegmentBytes)];
        Assert.Equal(3, sizes.Count);
    }
}
