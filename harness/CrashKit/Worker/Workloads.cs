using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Worker;

/// <summary>The built-in workloads, by name.</summary>
internal static class Workloads
{
    public const string Inventory = "inventory";

    public static IReadOnlyList<string> Names { get; } = [.. WorkloadMix.Names];

    /// <summary>Those whose transactions write no files.</summary>
    public static IReadOnlyList<string> WithoutFiles { get; } = [.. WorkloadMix.Names.Where(static name => !WorkloadMix.Require(name).WritesFiles)];

    public static IWorkload Create(OpenRequest request, int writer)
    {
        Random random = new(Mixer.Fold(Mixer.Combine(Mixer.Combine(request.Seed, request.Epoch), writer)));
        if (request.Workload == Inventory)
            return new InventoryWorkload(request.Epoch, writer, request.Writers);
        WorkloadMix mix = WorkloadMix.Find(request.Workload) ?? throw new ProtocolException($"There is no workload '{request.Workload}'.");
        bool needsBarriers = !string.Equals(request.Durability, "Sync", StringComparison.OrdinalIgnoreCase);
        return new RandomWorkload(mix, random, request.Epoch, writer, needsBarriers);
    }
}
