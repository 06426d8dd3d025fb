#:project ../../src/Persistence.Core/Persistence.Core.csproj
#:property TargetFramework=net10.0
#:property PublishAot=false

// Prints what the project's encoders make of the named values, one "name hex" a line, for make-vectors.py to decode.

using System.Collections;
using System.Collections.Specialized;
using Persistence.Serialization;

PropertyBag bag = new(["My.Type"]);
bag.Add("name", "é");
bag.Add("port", 8080);

(string Name, object? Value)[] values =
[
    ("null", null), ("true", true), ("int 5", 5), ("int 300", 300), ("int -33", -33), ("sbyte -1", (sbyte)-1), ("byte 200", (byte)200),
    ("short 1", (short)1), ("ushort 1", (ushort)1), ("uint 1", 1u), ("long 1", 1L), ("ulong max", ulong.MaxValue), ("float 1.5", 1.5f), ("double 1.5", 1.5),
    ("string", "né€😀"), ("string 40", new string('x', 40)), ("string 300", new string('x', 300)), ("bytes", new byte[] { 0, 255 }),
    ("array", new object?[] { 1, null, "a", new object[] { 2 } }), ("lazy", Enumerable.Range(1, 3)), ("map", new Hashtable { { 1, "one" } }),
    ("ordered", new OrderedDictionary { { "b", 1 }, { "a", 2 } }), ("bag", bag), ("typed array", new[] { 1, 300 }), ("enum", DayOfWeek.Friday),
    ("char", 'A'), ("timespan", TimeSpan.FromTicks(-1)), ("guid", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")),
    ("datetime", new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc)), ("uri", new Uri("http://a/")),
];

GrowableBuffer buffer = new(1 << 20);
foreach ((string name, object? value) in values)
{
    buffer.Reset();
    ValueWriter.Write(buffer, value);
    Console.WriteLine($"{name}\t{Convert.ToHexString(buffer.WrittenSpan)}");
}

foreach ((long seconds, uint nanoseconds) in new[] { (1L, 0u), (1L, 1u), (1L << 34, 5u), (-1L, 999_999_999u) })
{
    buffer.Reset();
    new MessagePackWriter(buffer).WriteTimestamp(new MessagePackTimestamp(seconds, nanoseconds));
    Console.WriteLine($"timestamp {seconds} {nanoseconds}\t{Convert.ToHexString(buffer.WrittenSpan)}");
}
