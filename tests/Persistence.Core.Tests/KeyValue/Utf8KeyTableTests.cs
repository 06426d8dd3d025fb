using System.Globalization;
using System.Text;
using Persistence.KeyValue;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.KeyValue;

public sealed class Utf8KeyTableTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 1_000)]
    [InlineData(3, 20_000)]
    public void Any_sequence_of_changes_leaves_what_a_dictionary_holds(int seed, int keys)
    {
        // Far more keys than buckets at first: chains of several entries, from whose middle and end entries are removed.
        Random random = new(seed);
        Utf8KeyTable table = new();
        Dictionary<string, long> model = new(StringComparer.Ordinal);
        for (int step = 1; step <= 60_000; step++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"key/{random.Next(keys)}");
            // Growth first, then mostly removals, then growth again: freed entries are used again.
            bool removes = random.Next(10) < (step is > 20_000 and < 40_000 ? 7 : 3);
            if (removes)
            {
                table.Remove(Encoding.UTF8.GetBytes(key));
                model.Remove(key);
            }
            else
            {
                table.Set(Item(key, step));
                model[key] = step;
            }

            Assert.Equal(model.Count, table.Count);
            if (step % 5_000 == 0)
                AssertSame(model, table, keys);
        }

        table.Clear();
        AssertSame([], table, keys);
    }

    [Fact]
    public void Everything_can_be_removed_in_any_order()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"k{i}")];
            Utf8KeyTable table = new();
            foreach (string key in keys)
                table.Set(Item(key, 1));
            new Random(seed).Shuffle(keys);
            for (int i = 0; i < keys.Length; i++)
            {
                table.Remove(Encoding.UTF8.GetBytes(keys[i]));
                Assert.Null(table.Find(Encoding.UTF8.GetBytes(keys[i])));
                Assert.Equal(keys[(i + 1)..].Order(StringComparer.Ordinal), table.ToArray().Select(item => item.Key).Order(StringComparer.Ordinal));
            }
        }
    }

    private static void AssertSame(Dictionary<string, long> model, Utf8KeyTable table, int keys)
    {
        Assert.Equal(model.Select(entry => (entry.Key, entry.Value)).Order(), table.ToArray().Select(item => (item.Key, item.Lsn.Value)).Order());
        for (int i = 0; i < keys; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"key/{i}");
            Assert.Equal(model.TryGetValue(key, out long value) ? value : null, table.Find(Encoding.UTF8.GetBytes(key))?.Lsn.Value);
        }
    }

    private static KeyValueItem Item(string key, long lsn) => new(Encoding.UTF8.GetBytes(key), new byte[] { 0xC0 }, new Lsn(lsn), new Lsn(lsn), timestamp: 0, transactionId: 0);
}
