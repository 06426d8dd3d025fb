using System.Collections.Immutable;
using System.Globalization;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Field types and values that operations choose.</summary>
internal static class FieldSamples
{
    private const int BytesMax = 24;
    private const int ElementsMax = 3;
    private const int FillerMax = 12;

    private static readonly FieldType[] s_types =
    [
        .. new[]
        {
            FieldKind.Bool, FieldKind.Int8, FieldKind.Int16, FieldKind.Int32, FieldKind.Int64, FieldKind.UInt8, FieldKind.UInt16, FieldKind.UInt32, FieldKind.UInt64, FieldKind.Float32, FieldKind.Float64,
            FieldKind.String, FieldKind.Bytes, FieldKind.Guid, FieldKind.Time, FieldKind.Duration, FieldKind.Reference,
        }.Select(static kind => new FieldType(kind)),
        .. new[] { FieldKind.Int16, FieldKind.Float32, FieldKind.String, FieldKind.Reference }.Select(static kind => new FieldType(kind, IsArray: true)),
    ];

    // By kind: those that hold each of its values.
    private static readonly Dictionary<FieldKind, FieldKind[]> s_wider = new()
    {
        [FieldKind.Int8] = [FieldKind.Int16, FieldKind.Int32, FieldKind.Int64, FieldKind.Float32, FieldKind.Float64],
        [FieldKind.Int16] = [FieldKind.Int32, FieldKind.Int64, FieldKind.Float32, FieldKind.Float64],
        [FieldKind.Int32] = [FieldKind.Int64, FieldKind.Float64],
        [FieldKind.UInt8] = [FieldKind.UInt16, FieldKind.UInt32, FieldKind.UInt64, FieldKind.Int16, FieldKind.Int32, FieldKind.Int64, FieldKind.Float32, FieldKind.Float64],
        [FieldKind.UInt16] = [FieldKind.UInt32, FieldKind.UInt64, FieldKind.Int32, FieldKind.Int64, FieldKind.Float32, FieldKind.Float64],
        [FieldKind.UInt32] = [FieldKind.UInt64, FieldKind.Int64, FieldKind.Float64],
        [FieldKind.Float32] = [FieldKind.Float64],
    };

    /// <summary>A type that a field can have.</summary>
    public static FieldType DrawType(SimulatedRandom random) => s_types[random.Next(s_types.Length)];

    /// <summary>A type that a field of one type can become; null where there is none.</summary>
    public static FieldType? DrawWider(FieldType type, SimulatedRandom random) =>
        s_wider.TryGetValue(type.Kind, out FieldKind[]? wider) ? new FieldType(wider[random.Next(wider.Length)], type.IsArray) : null;

    /// <summary>Whether there is one.</summary>
    public static bool CanWiden(FieldType type) => s_wider.ContainsKey(type.Kind);

    /// <summary>A value that a field is given.</summary>
    /// <param name="number">The field's number.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="places">Places of entities that can be referred to.</param>
    /// <param name="id">A text used nowhere else.</param>
    /// <param name="random">Which.</param>
    public static PlannedValue Draw(int number, string name, FieldType type, ImmutableArray<int> places, string id, SimulatedRandom random)
    {
        if (type.Kind == FieldKind.Reference)
            return new PlannedValue(number, name, null) { IsArray = type.IsArray, Places = DrawPlaces(type, places, random) };
        return new PlannedValue(number, name, type.IsArray ? DrawArray(type.Kind, id, random) : DrawOne(type.Kind, id, random));
    }

    /// <summary>What a field has of which nothing is said; null: what its type says.</summary>
    public static object? DrawDefault(FieldType type, string id, SimulatedRandom random)
    {
        // Of these it takes a word to say what nothing is.
        bool isNeeded = !type.IsArray && type.Kind is FieldKind.Guid or FieldKind.Time or FieldKind.Duration;
        bool canHave = type.Kind != FieldKind.Reference;
        return isNeeded || (canHave && random.Next(2) == 0) ? Draw(0, "", type, [], id, random).Value : null;
    }

    private static ImmutableArray<int> DrawPlaces(FieldType type, ImmutableArray<int> places, SimulatedRandom random)
    {
        int count = places.IsEmpty ? 0 : random.Next(type.IsArray ? ElementsMax : 2);
        return [.. Enumerable.Range(0, count).Select(_ => places[random.Next(places.Length)])];
    }

    private static Array DrawArray(FieldKind kind, string id, SimulatedRandom random)
    {
        int count = random.Next(ElementsMax + 1);
        Array elements = Array.CreateInstance(DrawOne(kind, id, random).GetType(), count);
        for (int i = 0; i < count; i++)
            elements.SetValue(DrawOne(kind, string.Create(CultureInfo.InvariantCulture, $"{id}.{i}"), random), i);
        return elements;
    }

    private static object DrawOne(FieldKind kind, string id, SimulatedRandom random) => kind switch
    {
        FieldKind.Bool => random.Next(2) == 0,
        FieldKind.Int8 => (sbyte)(random.Next(256) - 128),
        FieldKind.Int16 => (short)(random.Next(1 << 16) - (1 << 15)),
        FieldKind.Int32 => random.Next(int.MaxValue) - (int.MaxValue / 2),
        FieldKind.Int64 => ((long)random.Next(int.MaxValue) << 20) - random.Next(int.MaxValue),
        FieldKind.UInt8 => (byte)random.Next(256),
        FieldKind.UInt16 => (ushort)random.Next(1 << 16),
        FieldKind.UInt32 => (uint)random.Next(int.MaxValue) * 2,
        FieldKind.UInt64 => ulong.MaxValue - (ulong)random.Next(int.MaxValue),
        FieldKind.Float32 => random.Next(1 << 20) / 7f,
        FieldKind.Float64 => random.Next(int.MaxValue) / 7d,
        FieldKind.String => ValueText.CreateOfLength(id, new Random(random.Next(int.MaxValue)), id.Length + 1 + random.Next(FillerMax)),
        FieldKind.Bytes => DrawBytes(random.Next(BytesMax), random),
        FieldKind.Guid => new Guid(DrawBytes(16, random)),
        FieldKind.Time => new DateTimeOffset(DateTime.UnixEpoch.AddTicks((long)random.Next(int.MaxValue) << 20), TimeSpan.Zero),
        _ => TimeSpan.FromTicks((long)random.Next(int.MaxValue) << 10),
    };

    private static byte[] DrawBytes(int length, SimulatedRandom random)
    {
        byte[] bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
