using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A cut at every operation of a workload, and at every operation of the recovery from it.</summary>
public sealed class CrashBoundaryTests
{
    private static readonly CrashImageKind[] AllKinds =
        [CrashImageKind.DropPending, CrashImageKind.KeepEverything, CrashImageKind.KeepNamesOnly, CrashImageKind.KeepDataOnly];

    [Theory]
    [InlineData(CrashImageKind.DropPending, "boot-1")]
    [InlineData(CrashImageKind.DropPending, "boot-2")]
    [InlineData(CrashImageKind.KeepEverything, "boot-1")]
    [InlineData(CrashImageKind.KeepEverything, "boot-2")]
    [InlineData(CrashImageKind.KeepNamesOnly, "boot-2")]
    [InlineData(CrashImageKind.KeepDataOnly, "boot-2")]
    public void A_cut_at_any_operation_loses_nothing_acknowledged_and_invents_nothing(CrashImageKind kind, string bootId)
    {
        List<CrashPoint> points = CollectPoints([kind], stride: 1);
        Assert.True(points.Count > 150, $"only {points.Count} cuts");
        foreach (CrashPoint point in points)
            point.Check(bootId);
    }

    [Theory]
    [InlineData("boot-1", 0)]
    [InlineData("boot-2", 1)]
    public void A_cut_at_any_operation_of_a_recovery_loses_nothing_either(string bootId, int first)
    {
        int checkedPoints = 0;
        List<CrashPoint> points = CollectPoints(AllKinds, stride: 1);
        for (int i = first; i < points.Count; i += 17)
            checkedPoints += points[i].CheckRecoveryCutShort(bootId, AllKinds, stride: 4, first: i);
        Assert.True(checkedPoints > 1000, $"only {checkedPoints} cuts");
    }

    private static List<CrashPoint> CollectPoints(CrashImageKind[] kinds, int stride)
    {
        SimulatedFileSystem files = new();
        List<CrashPoint> points = [];
        Workload? workload = null;
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if (operation.Ordinal % stride == 0 && CrashPoint.Changes(operation.Kind))
            {
                foreach (CrashImageKind kind in kinds)
                {
                    points.Add(new CrashPoint(
                        $"cut before operation {operation.Ordinal} ({operation.Kind} {operation.Path}) {kind}",
                        files.CrashImage(kind), workload!.Acknowledged, workload.Possible, workload.IsCreated, workload.HighestSeen));
                }
            }

            return null;
        });
        workload = new Workload(watched);
        workload.Run();
        Assert.NotEmpty(files.List("checkpoints"));
        return points;
    }
}
