using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using System.Text.Json;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

/// <summary>The text that files of exported values hold, for good: each line both ways.</summary>
public sealed class ValueJsonFormatTests
{
    public static TheoryData<string> Lines => [.. Golden.Select(golden => golden.Json)];

    private static (string Json, object? Value)[] Golden { get; } =
    [
        ("null", null), ("true", true), ("false", false), ("\"text\"", "text"), ("\"\"", ""), ("\"2024-02-29T12:00:00Z\"", "2024-02-29T12:00:00Z"),
        ("\"é ü \\uD83D\\uDE00 <&'+> \\\" \\\\ \\n \\r \\t \\u0000 \\u0001\"", "é ü \U0001F600 <&'+> \" \\ \n \r \t \0 \u0001"),
        ("0", 0), ("-32", -32), ("127", 127), ("2147483647", int.MaxValue), ("-2147483648", int.MinValue),
        ("2147483648", 2147483648L), ("-2147483649", -2147483649L), ("9223372036854775807", long.MaxValue), ("-9223372036854775808", long.MinValue),
        ("9223372036854775808", new BigInteger(9223372036854775808)), ("-9223372036854775809", -(BigInteger)9223372036854775809), ("1000000000000000000000000000000", BigInteger.Pow(10, 30)),
        ("1.5", 1.5), ("2.0", 2.0), ("-0.0", -0.0), ("1E+20", 1e20), ("5E-324", double.Epsilon), ("1.7976931348623157E+308", double.MaxValue), ("0.1", 0.1),
        ("""{"$Double":"NaN"}""", double.NaN), ("""{"$Double":"Infinity"}""", double.PositiveInfinity), ("""{"$Double":"-Infinity"}""", double.NegativeInfinity),
        ("""{"$Double":"0x7FF8000000000001"}""", BitConverter.UInt64BitsToDouble(0x7FF8000000000001)),
        ("""{"$Single":1.5}""", 1.5f), ("""{"$Single":2.0}""", 2f), ("""{"$Single":3.4028235E+38}""", float.MaxValue), ("""{"$Single":-0.0}""", -0f),
        ("""{"$Single":"NaN"}""", float.NaN), ("""{"$Single":"-Infinity"}""", float.NegativeInfinity), ("""{"$Single":"0x7FC00001"}""", BitConverter.UInt32BitsToSingle(0x7FC00001)),
        ("""{"$SByte":-5}""", (sbyte)-5), ("""{"$Byte":5}""", (byte)5), ("""{"$Int16":-5}""", (short)-5), ("""{"$UInt16":5}""", (ushort)5),
        ("""{"$UInt32":5}""", 5u), ("""{"$Int64":5}""", 5L), ("""{"$Int64":-2147483648}""", (long)int.MinValue), ("""{"$UInt64":18446744073709551615}""", ulong.MaxValue),
        ("""{"$BigInteger":"5"}""", new BigInteger(5)), ("""{"$BigInteger":"-9223372036854775808"}""", new BigInteger(long.MinValue)),
        ("""{"$Decimal":"1.50"}""", 1.50m), ("""{"$Decimal":"-79228162514264337593543950335"}""", decimal.MinValue), ("""{"$Decimal":"0.000"}""", 0.000m), ("""{"$Decimal":"-0.0"}""", new decimal(0, 0, 0, true, 1)),
        ("""{"$Char":"x"}""", 'x'), ("""{"$Char":"\u0000"}""", '\0'), ("""{"$Char":55357}""", '\uD83D'),
        ("""{"$Utf16":"D83D0041"}""", "\uD83DA"),
        ("""{"$Bytes":"AQID"}""", new byte[] { 1, 2, 3 }), ("""{"$Bytes":""}""", Array.Empty<byte>()),
        ("""{"$Guid":"01234567-89ab-cdef-0123-456789abcdef"}""", Guid.Parse("01234567-89ab-cdef-0123-456789abcdef")),
        ("""{"$DateTime":"2024-02-29T12:00:00Z"}""", new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc)),
        ("""{"$DateTime":"2024-02-29T12:00:00.0000001"}""", new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Unspecified).AddTicks(1)),
        ("""{"$DateTime":"0001-01-01T00:00:00"}""", DateTime.MinValue), ("""{"$DateTime":"9999-12-31T23:59:59.9999999"}""", DateTime.MaxValue),
        ("""{"$LocalDateTime":"2024-02-29T12:00:00.5"}""", new DateTime(2024, 2, 29, 12, 0, 0, 500, DateTimeKind.Local)),
        ("""{"$DateTimeOffset":"2024-02-29T12:00:00+01:00"}""", new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(1))),
        ("""{"$DateTimeOffset":"2024-02-29T12:00:00.123-09:30"}""", new DateTimeOffset(2024, 2, 29, 12, 0, 0, 123, TimeSpan.FromMinutes(-570))),
        ("""{"$TimeSpan":"1.02:03:04.5000000"}""", new TimeSpan(1, 2, 3, 4, 500)), ("""{"$TimeSpan":"-10675199.02:48:05.4775808"}""", TimeSpan.MinValue),
        ("""{"$DateOnly":"2024-02-29"}""", new DateOnly(2024, 2, 29)), ("""{"$TimeOnly":"12:00:00.25"}""", new TimeOnly(12, 0, 0, 250)),
        ("""{"$Version":"1.2"}""", new Version(1, 2)), ("""{"$Version":"1.2.3.4"}""", new Version(1, 2, 3, 4)),
        ("""{"$Uri":"https://host/x?y=1"}""", new Uri("https://host/x?y=1")), ("""{"$RelativeUri":"a/b"}""", new Uri("a/b", UriKind.Relative)),
        ("""{"$Enum":"System.DayOfWeek","$Value":5}""", DayOfWeek.Friday), ("""{"$Enum":"Not.Loaded","$Value":{"$Byte":1}}""", new UnresolvedEnum("Not.Loaded", (byte)1)),
        ("[]", Array.Empty<object>()), ("[null]", new object?[] { null }), ("[1,[2,[]],\"a\"]", new object[] { 1, new object[] { 2, Array.Empty<object>() }, "a" }),
        ("""{"$Int32[]":[1,300]}""", new[] { 1, 300 }), ("""{"$Int32[]":[]}""", Array.Empty<int>()), ("""{"$String[]":["a",null,{"$Utf16":"D800"}]}""", new[] { "a", null, "\uD800" }),
        ("""{"$Int64[]":[5,5000000000]}""", new[] { 5, 5_000_000_000 }), ("""{"$Double[]":[1.0,"NaN"]}""", new[] { 1, double.NaN }), ("""{"$Boolean[]":[true,false]}""", new[] { true, false }),
        ("""{"$DateTime[]":["2024-02-29T00:00:00Z",{"$LocalDateTime":"2024-02-29T00:00:00"}]}""", new[] { new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc), new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Local) }),
        ("""{"$Uri[]":["https://h/",null,{"$RelativeUri":"a"}]}""", new[] { new Uri("https://h/"), null, new Uri("a", UriKind.Relative) }),
        ("""{"$BigInteger[]":["5",100000000000000000000]}""", new[] { 5, BigInteger.Pow(10, 20) }), ("""{"$Char[]":["a",55296]}""", new[] { 'a', '\uD800' }),
        ("{}", new PropertyBag()), ("""{"cpu":8,"role":"web"}""", Bag(null, ("cpu", 8), ("role", "web"))), ("""{"z":1,"a":{"b":null}}""", Bag(null, ("z", 1), ("a", Bag(null, ("b", null))))),
        ("""{"$Object":{"$x":1}}""", Bag(null, ("$x", 1))), ("""{"$Object":{},"$Types":[]}""", Bag([])), ("""{"$Object":{"a":1},"$Types":["My.Type","Your.Type"]}""", Bag(["My.Type", "Your.Type"], ("a", 1))),
        ("""{"$Object":[["a",1],["a",2]]}""", Bag(null, ("a", 1), ("a", 2))), ("""{"$Object":[[{"$Utf16":"D800"},1]]}""", Bag(null, ("\uD800", 1))),
        ("""{"$Hashtable":{}}""", new Hashtable()), ("""{"$Hashtable":{"A":2,"a":1,"b":{"$Hashtable":{}}}}""", new Hashtable { ["b"] = new Hashtable(), ["a"] = 1, ["A"] = 2 }),
        ("""{"$Hashtable":[["x",3],[1,"one"],[2,"two"]]}""", new Hashtable { [2] = "two", [1] = "one", ["x"] = 3 }), ("""{"$Hashtable":{"$Int64":1}}""", new Hashtable { ["$Int64"] = 1 }),
        ("""{"$Ordered":{"z":1,"a":2}}""", new OrderedDictionary { ["z"] = 1, ["a"] = 2 }), ("""{"$Ordered":[["z",1],[{"$Guid":"00000000-0000-0000-0000-000000000000"},2]]}""", new OrderedDictionary { ["z"] = 1, [Guid.Empty] = 2 }),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_line_is_permanent(string json)
    {
        object? value = Golden.First(golden => golden.Json == json).Value;
        Assert.Equal(json, ToJson(Encode(value)));
        ValueAssert.Same(value, ValueReader.Read(FromJson(json)));
    }

    [Theory]
    [InlineData("  { \"a\" : [ 1 , 2 ] }  ", """{"a":[1,2]}""")]
    [InlineData("1e2", "100.0")]
    [InlineData("1.50", "1.5")]
    [InlineData("-0", "0")]
    [InlineData("\"\\u00e9\\/\"", "\"é/\"")]
    [InlineData("""{"$Int32":5}""", "5")]
    [InlineData("""{"$String":"a"}""", "\"a\"")]
    [InlineData("""{"$Double":5}""", "5.0")]
    [InlineData("""{"$Double[]":[1,2.5]}""", """{"$Double[]":[1.0,2.5]}""")]
    [InlineData("""{"$Decimal":1.50}""", """{"$Decimal":"1.50"}""")]
    [InlineData("""{"$BigInteger":5}""", """{"$BigInteger":"5"}""")]
    [InlineData("""{"$Object":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"$Types":["T"],"$Object":{"a":1}}""", """{"$Object":{"a":1},"$Types":["T"]}""")]
    [InlineData("""{"$Value":5,"$Enum":"T"}""", """{"$Enum":"T","$Value":5}""")]
    [InlineData("""{"$Hashtable":[["a",1]]}""", """{"$Hashtable":{"a":1}}""")]
    [InlineData("""{"$DateTime":"2024-02-29T12:00:00.500Z"}""", """{"$DateTime":"2024-02-29T12:00:00.5Z"}""")]
    public void What_a_person_may_write_another_way_is_understood(string written, string usual) => Assert.Equal(usual, ToJson(FromJson(written)));

    [Theory]
    [InlineData("1e999", "The value at $ is too large for a Double.")]
    [InlineData("[1,{\"a\":-1e400}]", "The value at $[1].a is too large for a Double.")]
    [InlineData("""{"$Nothing":1}""", "The value at $ has a hint that is not known; to store an object with a name that begins with '$', put it into {\"$Object\": ...}.")]
    [InlineData("""{"a":{"$schema":"x","b":1}}""", "The value at $.a has a name that begins with '$', as hints do, beside others; to store it, put the object into {\"$Object\": ...}.")]
    [InlineData("""{"$Byte":256}""", "The value at $ is not what the hint $Byte says.")]
    [InlineData("""{"$Byte":"5"}""", "The value at $ is not what the hint $Byte says.")]
    [InlineData("""{"$Int64":1.5}""", "The value at $ is not what the hint $Int64 says.")]
    [InlineData("""{"$Single":1e99}""", "The value at $ is not what the hint $Single says.")]
    [InlineData("""{"$Double":"secret"}""", "The value at $ is not what the hint $Double says.")]
    [InlineData("""{"$Decimal":"1e99"}""", "The value at $ is not what the hint $Decimal says.")]
    [InlineData("""{"$Guid":"secret"}""", "The value at $ is not what the hint $Guid says.")]
    [InlineData("""{"$DateTime":"yesterday"}""", "The value at $ is not what the hint $DateTime says.")]
    [InlineData("""{"$DateTimeOffset":"2024-02-29T12:00:00+25:00"}""", "The value at $ is not what the hint $DateTimeOffset says.")]
    [InlineData("""{"$Bytes":"*"}""", "The value at $ is not what the hint $Bytes says.")]
    [InlineData("""{"$Utf16":"D8"}""", "The value at $ is not what the hint $Utf16 says.")]
    [InlineData("""{"$Char":"ab"}""", "The value at $ is not what the hint $Char says.")]
    [InlineData("""{"$Char":null}""", "The value at $ is not what the hint $Char says.")]
    [InlineData("""{"$Version":"1"}""", "The value at $ is not what the hint $Version says.")]
    [InlineData("""{"$Uri":"a/b"}""", "The value at $ is not what the hint $Uri says.")]
    [InlineData("""{"$Uri":"file://\u202E"}""", "The value at $ is not what the hint $Uri says.")]
    [InlineData("""{"$Int32[]":5}""", "The value at $ is not what the hint $Int32[] says.")]
    [InlineData("""{"$Int32[]":[1,"2"]}""", "The value at $[1] is not what the hint $Int32 says.")]
    [InlineData("""{"$Int32[]":[1,{"$Int64":2}]}""", "The hints do not make a value: an array has an element of another type, a map has the same key twice or null as a key, or values are nested too deep.")]
    [InlineData("""{"$Int32[]":[null]}""", "The hints do not make a value: an array has an element of another type, a map has the same key twice or null as a key, or values are nested too deep.")]
    [InlineData("""{"$Object[]":[]}""", "The value at $ has a hint that is not known; to store an object with a name that begins with '$', put it into {\"$Object\": ...}.")]
    [InlineData("""{"$Hashtable":5}""", "The value at $ is neither an object nor an array of pairs.")]
    [InlineData("""{"$Hashtable":[[1]]}""", "The value at $.Keys[0] is not a pair of a key and a value.")]
    [InlineData("""{"$Hashtable":[[1,2],[1,3]]}""", "The hints do not make a value: an array has an element of another type, a map has the same key twice or null as a key, or values are nested too deep.")]
    [InlineData("""{"$Hashtable":[[null,2]]}""", "The hints do not make a value: an array has an element of another type, a map has the same key twice or null as a key, or values are nested too deep.")]
    [InlineData("""{"a":1,"a":2}""", "The value at $.a is there twice.")]
    [InlineData("""{"$Ordered":{"a":1,"a":2}}""", "The value at $.a is there twice.")]
    [InlineData("""{"$Object":[[5,1]]}""", "The value at $.Keys[0] is not a string.")]
    [InlineData("""{"$Object":{},"$Types":"T"}""", "The value at $ has $Types that are not an array of names.")]
    [InlineData("""{"$Object":{},"$Types":[5]}""", "The value at $ is not a string.")]
    [InlineData("""{"$Enum":"T","$Value":1.5}""", "The value at $ has a $Value that is not an integer.")]
    [InlineData("""{"$Enum":5,"$Value":1}""", "The value at $ is not a string.")]
    [InlineData("\"\\ud800\"", "The value at $ is not a string.")]
    [InlineData("""{"\ud800":1}""", "The value at $ has a name that is not valid text.")]
    public void What_is_no_value_is_refused_and_leaves_nothing(string json, string message)
    {
        GrowableBuffer buffer = new(1 << 20);
        buffer.Write([1, 2, 3]);
        using JsonDocument document = JsonDocument.Parse(json, ValueJson.ReaderOptions);
        Assert.Equal(message, Assert.Throws<FormatException>(() => ValueJson.Read(document.RootElement, buffer)).Message);
        Assert.Equal([1, 2, 3], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_number_of_very_many_digits_is_written_as_its_bytes_and_read_only_that_way()
    {
        BigInteger huge = -BigInteger.Pow(3, 10_000);
        string json = ToJson(Encode(huge));
        Assert.StartsWith("{\"$BigInteger\":\"0x", json, StringComparison.Ordinal);
        ValueAssert.Same(huge, ValueReader.Read(FromJson(json)));
        Assert.Equal("The value at $ has more than 1000 digits; write it as $BigInteger with 0x and its bytes.", Assert.Throws<FormatException>(() => FromJson(huge.ToString(System.Globalization.CultureInfo.InvariantCulture))).Message);
    }

    [Fact]
    public void Values_nested_as_deep_as_they_may_be_come_back_and_deeper_ones_are_refused()
    {
        object deepest = new OrderedDictionary { [Guid.Empty] = 1 };
        for (int level = 1; level < ValueWriter.MaxDepth; level++)
            deepest = new OrderedDictionary { [Guid.Empty] = deepest };
        string json = ToJson(Encode(deepest));
        Assert.Equal(Encode(deepest), FromJson(json));
        Assert.Contains("more than 64 levels deep", Assert.Throws<FormatException>(() => FromJson($"[{json}]")).Message, StringComparison.Ordinal);
        Assert.Throws<MalformedDataException>(() => ToJson([0x91, .. Encode(deepest)]));
    }

    [Theory]
    [InlineData("C1")]
    [InlineData("92C0")]
    [InlineData("C0C0")]
    [InlineData("A1FF")]
    [InlineData("C70405010203FF")]
    [InlineData("D40EC0")]
    public void Bytes_that_are_no_value_are_malformed(string hex) => Assert.Throws<MalformedDataException>(() => ToJson(Convert.FromHexString(hex)));

    [Fact]
    public void A_kind_of_value_that_a_newer_version_wrote_is_unsupported() =>
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.Throws<StoreException>(() => ToJson([0xD4, 0x63, 0x00])).Error);

    [Fact]
    public void A_line_is_a_key_and_a_value()
    {
        string line = StateItemLine.Format("host/wéb1 \"x\"", Encode(Bag(null, ("cpu", 8))));
        Assert.Equal("""{"key":"host/wéb1 \"x\"","value":{"cpu":8}}""", line);
        Assert.Equal("host/wéb1 \"x\"", StateItemLine.Parse(line, out byte[] value));
        Assert.Equal(Encode(Bag(null, ("cpu", 8))), value);
        Assert.Equal("k", StateItemLine.Parse("""  {"value" : null , "key" : "k"} """, out value));
        Assert.Equal([0xC0], value);
    }

    [Theory]
    [InlineData("", "It is not valid JSON at byte 0, or nested too deep.")]
    [InlineData("secret", "It is not valid JSON at byte 0, or nested too deep.")]
    [InlineData("""{"key":"secret","value":1""", "It is not valid JSON at byte 25, or nested too deep.")]
    [InlineData("""{"key":"secret","value":1}}""", "It is not valid JSON at byte 26, or nested too deep.")]
    [InlineData("[1]", "It is not a JSON object.")]
    [InlineData("""{"key":"secret"}""", "It lacks the member \"value\".")]
    [InlineData("""{"value":"secret"}""", "It lacks the member \"key\".")]
    [InlineData("""{"key":"a","valeu":"secret"}""", "It has a member beside \"key\" and \"value\", or one of them twice.")]
    [InlineData("""{"key":"a","value":1,"key":"b"}""", "It has a member beside \"key\" and \"value\", or one of them twice.")]
    [InlineData("""{"key":5,"value":1}""", "Its member \"key\" is not a string of valid text.")]
    [InlineData("""{"key":null,"value":1}""", "Its member \"key\" is null.")]
    [InlineData("""{"key":"\ud800","value":1}""", "Its member \"key\" is not a string of valid text.")]
    public void What_is_no_line_is_refused_without_being_quoted(string line, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => StateItemLine.Parse(line, out _)).Message);

    [Fact]
    public void The_documentation_names_every_hint()
    {
        string documentation = File.ReadAllText(Path.Combine(LayeringTests.FindRepository(), "src", "Persistence.Core", "Serialization", "JSON.md"));
        IEnumerable<string> hints = Golden.SelectMany(golden => golden.Json.Split('"')).Where(word => word.StartsWith('$') && !word.EndsWith(']') && word != "$x").Distinct();
        Assert.All(hints, hint => Assert.True(documentation.Contains($"\"{hint}\"", StringComparison.Ordinal) || documentation.Contains($"`{hint[1..]}`", StringComparison.Ordinal), hint));
    }

    internal static byte[] Encode(object? value)
    {
        GrowableBuffer buffer = new(1 << 20);
        ValueWriter.Write(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    internal static string ToJson(byte[] value)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, ValueJson.WriterOptions))
            ValueJson.Write(json, value);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static byte[] FromJson(string json)
    {
        GrowableBuffer buffer = new(1 << 20);
        using JsonDocument document = JsonDocument.Parse(json, ValueJson.ReaderOptions);
        ValueJson.Read(document.RootElement, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static PropertyBag Bag(string[]? types, params (string Name, object? Value)[] properties)
    {
        PropertyBag bag = new(types);
        foreach ((string name, object? value) in properties)
            bag.Add(name, value);
        return bag;
    }
}
