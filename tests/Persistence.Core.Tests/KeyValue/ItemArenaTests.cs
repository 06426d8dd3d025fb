using System.Globalization;
using System.Text;
using Persistence.KeyValue;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.KeyValue;

public sealed class ItemArenaTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 5_000)]
    public void Loading_and_changing_in_any_order_leaves_what_a_dictionary_holds(int seed, int keys)
    {
        Random random = new(seed);
        Utf8KeyTable table = new();
        Dictionary<string, (string Value, long Lsn)> model = new(StringComparer.Ordinal);
        for (int step = 1; step <= 60_000; step++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"key/{random.Next(keys)}");
            string value = new((char)('a' + (step % 26)), random.Next(100) == 0 ? 5_000 : random.Next(60));
            byte[] utf8 = Encoding.UTF8.GetBytes(key);
            switch (random.Next(6))
            {
                case 0 or 1:
                    Assert.Equal(!model.ContainsKey(key), Load(table, key, value, step));
                    model[key] = (value, step);
                    break;
                case 2:
                    table.Set(new KeyValueItem(utf8, Encoding.UTF8.GetBytes(value), new Lsn(step), new Lsn(step), 0, 0));
                    model[key] = (value, step);
                    break;
                default:
                    Assert.Equal(model.Remove(key), table.Remove(utf8));
                    break;
            }

            if (step % 10_000 == 0)
                AssertSame(model, table);
        }
    }

    [Fact]
    public void A_loaded_item_has_everything_that_was_loaded()
    {
        Utf8KeyTable table = new();
        table.Load(new LoadedItem("k"u8, "value"u8, new Lsn(7), new Lsn(9), 11, 13));
        KeyValueItem item = table.Find("k"u8)!;
        Assert.Equal("k", item.Key);
        Assert.Equal("value"u8, item.Value.Span);
        Assert.Equal((7, 9, 11, 13), (item.Lsn.Value, item.CommitLsn.Value, item.Timestamp100Ns, item.TransactionId));
        Assert.Equal(9, table.CommitLsnAt(0).Value);
        Assert.Equal(1, table.KeyBytesAt(0));
    }

    [Fact]
    public void What_was_handed_out_stays_what_it_was_when_its_place_is_gone()
    {
        Utf8KeyTable table = new();
        Load(table, "k", "before", 1);
        KeyValueItem item = table.Find("k"u8)!;
        Load(table, "k", "after", 2);
        for (int i = 0; i < 5_000; i++)
            Load(table, $"other{i}", "something", 3);
        Assert.Equal("before", Encoding.UTF8.GetString(item.Value.Span));
    }

    [Fact]
    public void A_long_log_of_changes_to_few_keys_and_of_keys_that_come_and_go_leaves_little_behind()
    {
        Utf8KeyTable table = new();
        for (int i = 0; i < 200_000; i++)
        {
            Load(table, $"hot{i % 10}", $"value {i}", i + 1);
            Load(table, $"gone{i}", $"value {i}", i + 1);
            table.Remove(Encoding.UTF8.GetBytes($"gone{i}"));
            // One in a thousand stays: it must not keep everything around it.
            if (i % 1_000 == 0)
                Load(table, $"stays{i}", $"value {i}", i + 1);
        }

        Assert.Equal(210, table.Count);
        Assert.InRange(table.ArenaBytes, 0, 2 << 20);
    }

    private static bool Load(Utf8KeyTable table, string key, string value, long lsn) =>
        table.Load(new LoadedItem(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), new Lsn(lsn), new Lsn(lsn), 0, 0));

    private static void AssertSame(Dictionary<string, (string Value, long Lsn)> model, Utf8KeyTable table)
    {
        Assert.Equal(model.Count, table.Count);
        foreach ((string key, (string value, long lsn)) in model)
        {
            KeyValueItem item = table.Find(Encoding.UTF8.GetBytes(key))!;
            Assert.Equal((value, lsn), (Encoding.UTF8.GetString(item.Value.Span), item.Lsn.Value));
        }

        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), table.ToArray().Select(item => item.Key).Order(StringComparer.Ordinal));
    }
}
