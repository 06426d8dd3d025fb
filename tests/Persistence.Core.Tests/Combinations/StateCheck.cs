using Persistence.KeyValue;
using Persistence.State;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Combinations;

/// <summary>Compares the state of a store with the model's.</summary>
internal static class StateCheck
{
    public static void Require(KeyValueState items, Moment expected, string when)
    {
        if (Differs(items, expected) is string difference)
            throw new CombinationException($"{when}: the state is not that of {expected}: {difference}");
    }

    public static string? Differs(KeyValueState items, Moment expected)
    {
        IReadOnlyList<KeyValueItem> found = items.FindByPrefix();
        foreach (KeyValueItem item in found)
        {
            if (!expected.State.TryGetValue(item.Key, out string? value))
                return $"'{item.Key}' is there (LSN {item.Lsn})";
            if (value != TestStore.Decode(item.Value))
                return $"'{item.Key}' is {Short(TestStore.Decode(item.Value))} (LSN {item.Lsn}) and not {Short(value)}";
        }

        return found.Count == expected.State.Count ? null : $"'{expected.State.Keys.Except(found.Select(item => item.Key)).First()}' is missing";
    }

    /// <summary>The commit whose state belongs to a position that a target has led to.</summary>
    public static Moment Reached(Moment wanted, Lsn end)
    {
        Moment least = wanted.Path().First(moment => moment.EndsFrame);
        Moment? reached = wanted.At(end);
        CombinationException.Require(reached is not null && reached.Number >= least.Number, $"For {wanted} LSN {end} was reached, which is before {least}.");
        return reached!;
    }

    /// <summary>The commit that a recovery came to: on one of the histories that are possible, and not before what of it was durable.</summary>
    public static Moment FindRecovered(KeyValueState items, Lsn end, IReadOnlyList<(Moment Head, Moment Durable)> possible)
    {
        foreach ((Moment head, Moment durable) in possible)
        {
            if (head.At(end) is Moment found && durable.IsOnPathOf(found) && Differs(items, found) is null)
                return found;
        }

        Moment? nearest = possible[0].Head.At(end);
        throw new CombinationException($"Recovery to LSN {end} lost or invented something: it should be at {string.Join(" or ", possible.Select(one => $"{one.Head}, durable to {one.Durable}"))}; nearest is {nearest}: {(nearest is null ? "" : Differs(items, nearest))}");
    }

    private static string Short(string value) => value.Length <= 12 ? value : $"{value[..12]}…";
}
