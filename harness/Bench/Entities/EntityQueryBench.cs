using System.Globalization;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>Reading many entities: a scan with a filter, all of them as objects, and looked up by their ids at random. Medians count.</summary>
/// <param name="state">The entities.</param>
/// <param name="ids">Their ids.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class EntityQueryBench(EntityState state, EntityId[] ids, int rounds)
{
    // The filter lets one in a hundred pass.
    private const float Filtered = EntitySamples.Space / 100;

    /// <summary>Measures.</summary>
    public BenchRow Measure()
    {
        double filter = Rate(CountFiltered);
        double typed = Rate(SumRanks);
        double component = Rate(LookUpComponents);
        double entity = Rate(LookUpEntities);
        return new BenchRow(
            string.Create(CultureInfo.InvariantCulture, $"queries: {filter:N0} entities/s through a filter that one in a hundred passes, {typed:N0}/s as objects of three types; {component:N0}/s components and {entity:N0}/s entities with three components looked up by id"),
            json =>
            {
                json.WriteString("measure", "query");
                json.WriteNumber("entities", ids.Length);
                json.WriteNumber("filtered_per_second", Math.Round(filter));
                json.WriteNumber("typed_per_second", Math.Round(typed));
                json.WriteNumber("component_lookups_per_second", Math.Round(component));
                json.WriteNumber("entity_lookups_per_second", Math.Round(entity));
            });
    }

    private double Rate(Func<long> read)
    {
        List<double> seconds = [];
        // The first warms up.
        for (int round = 0; round <= rounds; round++)
            seconds.Add(Figures.Time(() => GC.KeepAlive(read())));
        return ids.Length / Figures.Median(seconds[1..]);
    }

    private long CountFiltered() => state.Query(nameof(Position)).Where(nameof(Position), nameof(Position.X), FieldTest.Less, Filtered).LongCount();

    private long SumRanks() => state.Query<Position, Name, Owner>().Sum(static found => (long)found.Third.Rank);

    private long LookUpComponents()
    {
        Random random = new(1);
        long sum = 0;
        for (int i = 0; i < ids.Length; i++)
            sum += state.Get<Owner>(ids[random.Next(ids.Length)]).Rank;
        return sum;
    }

    private long LookUpEntities()
    {
        Random random = new(1);
        long sum = 0;
        for (int i = 0; i < ids.Length; i++)
            sum += state.Get(ids[random.Next(ids.Length)]).Components.Count;
        return sum;
    }
}
