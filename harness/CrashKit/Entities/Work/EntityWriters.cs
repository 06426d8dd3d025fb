using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Makes what the writers of a store believe of their entities.</summary>
internal static class EntityWriters
{
    /// <summary>Those that begin with what an open store shows, which was judged. Nobody changes it meanwhile.</summary>
    public static IReadOnlyList<EntityWriter> Of(WorkloadStates states, int writers) =>
        Of(states.ReadEntities().Where(static item => !item.IsTag).DistinctBy(static item => item.Key).ToDictionary(static item => item.Key, static item => item.Text, StringComparer.Ordinal), writers);

    /// <summary>Those that begin with some items.</summary>
    public static IReadOnlyList<EntityWriter> Of(IReadOnlyDictionary<string, string> items, int writers)
    {
        GivenIds given = new();
        WriterModel[] models = [.. Enumerable.Range(0, writers).Select(writer => WriterModel.Read(writer, items))];
        foreach (WriterModel model in models)
            given.AddAll(model);
        return [.. models.Select(model => new EntityWriter(model, given))];
    }
}
