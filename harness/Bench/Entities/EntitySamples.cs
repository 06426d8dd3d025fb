using System.Globalization;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>The entities that are inserted, the same ones everywhere, made beforehand: a position in a cube of 1,000, a name of 16 characters, and one of those before as owner.</summary>
internal sealed class EntitySamples
{
    /// <summary>How large the cube is that they are in.</summary>
    public const float Space = 1000;

    private const int Ranks = 1000;

    private readonly EntitySample[] _all;

    /// <summary>Makes some.</summary>
    public EntitySamples(int count)
        : this(Make(count))
    {
    }

    private EntitySamples(EntitySample[] all) => _all = all;

    /// <summary>How many.</summary>
    public int Count => _all.Length;

    /// <summary>All of them, in their order.</summary>
    public ReadOnlySpan<EntitySample> All => _all;

    /// <summary>The first few.</summary>
    public EntitySamples Take(int count) => new(_all[..count]);

    /// <summary>A position somewhere in the cube.</summary>
    public static Position NextPosition(Random random) => new(Space * random.NextSingle(), Space * random.NextSingle(), Space * random.NextSingle());

    /// <summary>Makes the tables that they are in.</summary>
    public static void Define(EntityState state)
    {
        state.Define<Position>();
        state.Define<Name>();
        state.Define<Owner>();
    }

    /// <summary>Inserts them, so many in one commit.</summary>
    /// <returns>Their ids.</returns>
    public EntityId[] Insert(EntityState state, int batchSize)
    {
        EntityId[] ids = new EntityId[Count];
        EntityBatch batch = state.CreateBatch();
        for (int i = 0; i < ids.Length; i++)
        {
            EntitySample sample = _all[i];
            ids[i] = batch.Create(sample.Position, sample.Name, new Owner(sample.Owner is int owner ? ids[owner] : EntityId.None, sample.Rank));
            if (batch.Count == batchSize)
                state.Commit(batch);
        }

        if (batch.Count > 0)
            state.Commit(batch);
        return ids;
    }

    private static EntitySample[] Make(int count)
    {
        Random random = new(1);
        EntitySample[] all = new EntitySample[count];
        for (int i = 0; i < count; i++)
            all[i] = new EntitySample(NextPosition(random), new Name(string.Create(CultureInfo.InvariantCulture, $"entity-{i:D9}")), i == 0 ? null : random.Next(i), random.Next(Ranks));
        return all;
    }
}
