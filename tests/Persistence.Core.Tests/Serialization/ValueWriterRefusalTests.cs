using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class ValueWriterRefusalTests
{
    [Fact]
    public void What_is_not_data_is_refused_with_its_type_and_no_content()
    {
        using SecureString secret = new();
        using MemoryStream stream = new();
        XmlDocument xml = new();
        xml.LoadXml("<root><leaf>hunter2</leaf></root>");
        object[] refused =
        [
            () => { }, secret, stream, typeof(string), (nint)1, (nuint)1, new object(), new StringBuilder("hunter2"), new[,] { { 1 } },
            Array.CreateInstance(typeof(int), [1], [5]), new InvalidOperationException("hunter2"), new KeyValuePair<string, int>("hunter2", 1), (1, "hunter2"), (Half)1, (Int128)1,
            new NameValueCollection { { "user", "hunter2" } }, xml, xml.DocumentElement!, DBNull.Value, CultureInfo.InvariantCulture, new Lonely(), new DerivedUri("http://a"),
            Array.CreateInstance(typeof(int).MakePointerType(), 1), new { Name = "hunter2" }, Task.CompletedTask,
        ];
        foreach (object value in refused)
        {
            ValueNotSupportedException error = AssertRefused(value, "$");
            Assert.Equal(value.GetType().ToString(), error.TypeName);
            Assert.Contains(error.TypeName, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_path_is_written_as_PowerShell_would()
    {
        object bad = new object();
        AssertRefused(new Hashtable { { "servers", new object[] { 1, 2, 3, Bag("credential", bad) } } }, "$.servers[3].credential");
        AssertRefused(new Hashtable { { "my key", bad } }, "$.'my key'");
        AssertRefused(new Hashtable { { "it's", bad } }, "$.'it''s'");
        AssertRefused(new Hashtable { { "1st", bad } }, "$.'1st'");
        AssertRefused(new Hashtable { { "", bad } }, "$.''");
        AssertRefused(new Hashtable { { "a\nb\u001b", bad } }, "$.'a?b?'");
        AssertRefused(new Hashtable { { new string('x', 100), bad } }, $"$.'{new string('x', 64)}…'");
        AssertRefused(new Hashtable { { 7, bad } }, "$[7]");
        AssertRefused(new Hashtable { { -7L, bad } }, "$[-7]");
        AssertRefused(new Hashtable { { Guid.Empty, bad } }, "$[<System.Guid>]");
        AssertRefused(new Hashtable { { bad, 1 } }, "$.Keys[0]");
        AssertRefused(new OrderedDictionary { { "a", 1 }, { "b", new List<object> { bad } } }, "$.b[0]");
        AssertRefused(new Uri?[] { null, new DerivedUri("http://a") }, "$[1]");
    }

    [Fact]
    public void A_path_forgets_the_collections_it_has_left() =>
        AssertRefused(new object[] { new Hashtable { { "k", new object[] { 1, 2 } } }, new object[] { 3 }, new object() }, "$[2]");

    [Fact]
    public void A_cycle_of_any_kind_is_refused_and_called_one()
    {
        object[] array = new object[2];
        array[1] = new List<object> { new Hashtable { { "back", array } } };
        Assert.Contains("cycle", AssertRefused(array, "$[1][0].back").Message, StringComparison.Ordinal);

        Hashtable table = [];
        table["self"] = table;
        Assert.Contains("cycle", AssertRefused(table, "$.self").Message, StringComparison.Ordinal);

        PropertyBag bag = new();
        bag.Add("self", bag);
        Assert.Contains("cycle", AssertRefused(bag, "$.self").Message, StringComparison.Ordinal);

        Hashtable keyed = [];
        keyed[new object[] { keyed }] = 1;
        Assert.Contains("cycle", AssertRefused(keyed, "$.Keys[0][0]").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_through_an_adapter_is_refused()
    {
        Node node = new();
        node.Next = node;
        Assert.Contains("cycle", AssertRefused(node, "$.Next", new NodeAdapter()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_64_levels_are_refused()
    {
        object value = 1;
        for (int level = 0; level <= ValueWriter.MaxDepth; level++)
            value = new[] { value };
        Assert.Contains("64 levels", AssertRefused(value, "$" + string.Concat(Enumerable.Repeat("[0]", 64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_in_the_buffer_after_a_refusal()
    {
        GrowableBuffer buffer = new(1000);
        buffer.Write([1, 2, 3]);
        Assert.Throws<ValueNotSupportedException>(() => ValueWriter.Write(buffer, new[] { 1, new object() }));
        Assert.Equal([1, 2, 3], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_value_beyond_the_buffers_limit_is_too_large_and_leaves_nothing()
    {
        foreach (object value in new object[] { new byte[1000], new string('x', 1000), Enumerable.Repeat((object)1, 1000).ToArray(), Endless(), new int[1000], BillionLaughs() })
        {
            GrowableBuffer buffer = new(500);
            StoreException error = Assert.Throws<StoreException>(() => ValueWriter.Write(buffer, value));
            Assert.Equal(StoreError.RecordTooLarge, error.Error);
            Assert.Equal(0, buffer.Length);
        }
    }

    [Fact]
    public void Keys_that_are_the_same_data_are_refused_because_they_could_not_be_read_back()
    {
        Dictionary<object, int> byReference = new(ReferenceEqualityComparer.Instance) { { "a", 1 }, { new string(['a']), 2 } };
        AssertRefused(byReference, "$.Keys[1]");
        AssertRefused(new OrderedDictionary { { new Wrapped("k"), 1 }, { "k", 2 } }, "$.Keys[1]", new WrappedAdapter());
        AssertRefused(new OrderedDictionary { { DayOfWeek.Monday, 1 }, { new UnresolvedEnum("System.DayOfWeek", 1), 2 } }, "$.Keys[1]");
    }

    [Fact]
    public void An_adapter_decides_first_and_for_what_it_returns()
    {
        WrappedAdapter adapter = new();
        ValueAssert.Same(1, Adapted(new Wrapped(1), adapter));
        Assert.Null(Adapted(new Wrapped(null), adapter));
        ValueAssert.Same(new object?[] { "a", null, DayOfWeek.Monday }, Adapted(new object[] { new Wrapped(new Wrapped("a")), new Wrapped(null), new Wrapped(DayOfWeek.Monday) }, adapter));
        ValueAssert.Same(new Hashtable { { "k", 1 } }, Adapted(new Wrapped(new Hashtable { { new Wrapped("k"), new Wrapped(1) } }), adapter));
    }

    [Fact]
    public void A_key_that_is_adapted_to_null_is_refused() => AssertRefused(new Hashtable { { new Wrapped(null), 1 } }, "$.Keys[0]", new WrappedAdapter());

    [Fact]
    public void What_an_adapter_refuses_is_reported_with_the_whole_path()
    {
        ValueNotSupportedException error = AssertRefused(new Hashtable { { "servers", new object[] { new Wrapped(new Credential()) } } }, "$.servers[0].inside", new WrappedAdapter());
        Assert.Equal("Secret", error.TypeName);
        Assert.Contains("holds a secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_that_never_ends_is_refused() => AssertRefused(new Onion(), "$", new OnionAdapter());

    [Fact]
    public void A_collection_that_lies_about_its_count_is_noticed()
    {
        GrowableBuffer buffer = new(1000);
        Assert.Throws<InvalidOperationException>(() => ValueWriter.Write(buffer, new Liar()));
        Assert.Equal(0, buffer.Length);
    }

    private static ValueNotSupportedException AssertRefused(object value, string path, IValueAdapter? adapter = null)
    {
        GrowableBuffer buffer = new(100_000);
        ValueNotSupportedException error = Assert.Throws<ValueNotSupportedException>(() => ValueWriter.Write(buffer, value, adapter));
        Assert.Equal(StoreError.ValueNotSupported, error.Error);
        Assert.Equal(path, error.ValuePath);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, buffer.Length);
        return error;
    }

    private static object? Adapted(object value, IValueAdapter adapter)
    {
        GrowableBuffer buffer = new(1000);
        ValueWriter.Write(buffer, value, adapter);
        return ValueReader.Read(buffer.WrittenSpan);
    }

    private static PropertyBag Bag(string name, object? value)
    {
        PropertyBag bag = new();
        bag.Add(name, value);
        return bag;
    }

    private static IEnumerable<object?> Endless()
    {
        while (true)
            yield return null;
    }

    private static object BillionLaughs()
    {
        object value = "ha";
        for (int level = 0; level < 60; level++)
            value = new[] { value, value };
        return value;
    }

    private sealed class Lonely : IEnumerable
    {
        public IEnumerator GetEnumerator() => Array.Empty<object>().GetEnumerator();
    }

    private sealed class DerivedUri(string text) : Uri(text);

    private sealed class Liar : ICollection
    {
        public int Count => 3;

        public bool IsSynchronized => false;

        public object SyncRoot => this;

        public void CopyTo(Array array, int index) => throw new NotSupportedException();

        public IEnumerator GetEnumerator() => new object[] { 1 }.GetEnumerator();
    }

    private sealed class Node
    {
        public Node? Next { get; set; }
    }

    private sealed class NodeAdapter : IValueAdapter
    {
        public bool TryAdapt(object value, out object? adapted)
        {
            adapted = value is Node node ? Bag(nameof(Node.Next), node.Next) : null;
            return adapted is not null;
        }
    }

    private sealed class Credential;

    private sealed record Wrapped(object? Content);

    private sealed class WrappedAdapter : IValueAdapter
    {
        public bool TryAdapt(object value, out object? adapted)
        {
            adapted = (value as Wrapped)?.Content;
            return adapted is Credential ? throw new ValueNotSupportedException("Secret", "holds a secret", "$.inside") : value is Wrapped;
        }
    }

    private sealed class Onion;

    private sealed class OnionAdapter : IValueAdapter
    {
        public bool TryAdapt(object value, out object? adapted)
        {
            adapted = new Onion();
            return true;
        }
    }
}
