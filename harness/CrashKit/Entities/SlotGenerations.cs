using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>Which generation slots without an entity are at: that of their next one. It is asked for by taking ids for entities that are then not created.</summary>
internal static class SlotGenerations
{
    private const int TakenMax = 64;

    /// <summary>By slot; one that is not among the ids given out is missing.</summary>
    /// <param name="state">The state. Nobody changes it meanwhile.</param>
    /// <param name="slots">Those that are asked for.</param>
    public static Dictionary<int, int> Read(EntityState state, IEnumerable<int> slots)
    {
        HashSet<int> wanted = [.. slots];
        Dictionary<int, int> generations = [];
        EntityBatch batch = state.CreateBatch();
        while (wanted.Count > 0 && batch.Count < TakenMax)
        {
            EntityId id = batch.Create();
            generations[id.Slot] = id.Generation;
            wanted.Remove(id.Slot);
        }

        GiveBack(batch);
        return generations;
    }

    /// <summary>What is given back comes in the other order the next time. So it is done twice, and whoever creates something gets what he would have got.</summary>
    private static void GiveBack(EntityBatch batch)
    {
        int taken = batch.Count;
        batch.Clear();
        while (batch.Count < taken)
            batch.Create();
        batch.Clear();
    }
}
