using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Worker;

/// <summary>The built-in workloads, by name.</summary>
internal static class Workloads
{
    public const string Inventory = "inventory";

    public static IReadOnlyList<string> Names { get; } = [.. WorkloadMix.Names];

    /// <summary>Those that can do without files and without entities.</summary>
    public static IReadOnlyList<string> OfItems { get; } = [.. WorkloadMix.Names.Where(static name => WorkloadMix.Require(name) is { WritesFiles: false, IsOfEntities: false })];

    public static IWorkload Create(OpenRequest request, int writer)
    {
        long seed = Mixer.Combine(Mixer.Combine(request.Seed, request.Epoch), writer);
        Random random = new(Mixer.Fold(seed));
        if (request.Workload == Inventory)
            return new InventoryWorkload(request.Epoch, writer, request.Writers);
        WorkloadMix mix = WorkloadMix.Find(request.Workload) ?? throw new ProtocolException($"There is no workload '{request.Workload}'.");
        bool needsBarriers = !string.Equals(request.Durability, "Sync", StringComparison.OrdinalIgnoreCase);
        return new RandomWorkload(mix, random, request.Epoch, writer, needsBarriers, entitySeed: seed);
    }
}
