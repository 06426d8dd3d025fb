using System.Collections;
using System.Collections.Specialized;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

/// <summary>Same data and same types, all the way down; floats bit for bit, maps without regard to order unless they keep one.</summary>
internal static class ValueAssert
{
    public static void Same(object? expected, object? actual)
    {
        if (Difference(expected, actual, "$") is { } difference)
            Assert.Fail(difference);
    }

    public static bool AreSame(object? expected, object? actual) => Difference(expected, actual, "$") is null;

    private static string? Difference(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null)
            return ReferenceEquals(expected, actual) ? null : $"{path}: {expected ?? "null"} became {actual ?? "null"}";
        if (expected.GetType() != actual.GetType())
            return $"{path}: {expected.GetType()} became {actual.GetType()}";
        return (expected, actual) switch
        {
            (Array left, Array right) => ItemsDifference(left, right, path),
            (OrderedDictionary left, OrderedDictionary right) => ItemsDifference(Pairs(left), Pairs(right), path),
            (Hashtable left, Hashtable right) => TableDifference(left, right, path),
            (PropertyBag left, PropertyBag right) => Difference(Parts(left), Parts(right), path),
            (double left, double right) => BitConverter.DoubleToUInt64Bits(left) == BitConverter.DoubleToUInt64Bits(right) ? null : $"{path}: bits differ",
            (float left, float right) => BitConverter.SingleToUInt32Bits(left) == BitConverter.SingleToUInt32Bits(right) ? null : $"{path}: bits differ",
            (decimal left, decimal right) => decimal.GetBits(left).SequenceEqual(decimal.GetBits(right)) ? null : $"{path}: bits differ",
            (DateTime left, DateTime right) => left == right && left.Kind == right.Kind ? null : $"{path}: {left:o} became {right:o}",
            (DateTimeOffset left, DateTimeOffset right) => left.EqualsExact(right) ? null : $"{path}: {left:o} became {right:o}",
            (Uri left, Uri right) => left.OriginalString == right.OriginalString && left.IsAbsoluteUri == right.IsAbsoluteUri ? null : $"{path}: {left} became {right}",
            (string left, string right) => string.Equals(left, right, StringComparison.Ordinal) ? null : $"{path}: a string differs",
            _ => expected.Equals(actual) ? null : $"{path}: {expected} became {actual}",
        };
    }

    private static string? ItemsDifference(IList expected, IList actual, string path)
    {
        if (expected.Count != actual.Count)
            return $"{path}: {expected.Count} items became {actual.Count}";
        for (int i = 0; i < expected.Count; i++)
        {
            if (Difference(expected[i], actual[i], $"{path}[{i}]") is { } difference)
                return difference;
        }
        return null;
    }

    private static string? TableDifference(Hashtable expected, Hashtable actual, string path)
    {
        if (expected.Count != actual.Count)
            return $"{path}: {expected.Count} entries became {actual.Count}";
        foreach (DictionaryEntry entry in expected)
        {
            // Arrays and bags are equal to themselves alone: one entry of them is compared with the one there is.
            object key = actual.ContainsKey(entry.Key) ? entry.Key : actual.Keys.Cast<object>().FirstOrDefault(candidate => Difference(entry.Key, candidate, path) is null) ?? entry.Key;
            if (!actual.ContainsKey(key))
                return $"{path}: key {entry.Key} is gone";
            if (Difference(entry.Value, actual[key], $"{path}.{entry.Key}") is { } difference)
                return difference;
        }
        return null;
    }

    private static object?[] Pairs(OrderedDictionary map) => [.. map.Cast<DictionaryEntry>().Select(entry => new[] { entry.Key, entry.Value })];

    private static object?[] Parts(PropertyBag bag) => [bag.TypeNames?.ToArray(), .. bag.Properties.Select(property => new[] { property.Key, property.Value })];
}
