using Persistence.Entities;

namespace Persistence.Tests.Entities.Model;

/// <summary>Values for fields of every kind, made of a number.</summary>
internal static class ModelValues
{
    private static readonly FieldKind[] s_kinds = [.. Enum.GetValues<FieldKind>().Where(static kind => kind != FieldKind.None)];

    public static FieldType TypeOf(int choice) => new(s_kinds[choice % s_kinds.Length], IsArray: choice % 5 == 0);

    /// <summary>A value, as a program gives it.</summary>
    /// <param name="type">For a field of this type.</param>
    /// <param name="choice">Which one.</param>
    /// <param name="entities">Those that can be referred to.</param>
    public static object? Make(FieldType type, int choice, IReadOnlyList<EntityId> entities)
    {
        if (!type.IsArray)
            return MakeOne(type.Kind, choice, entities);
        return choice % 4 == 0 ? null : Enumerable.Range(0, choice % 4).Select(i => MakeOne(type.Kind, choice + i, entities)).ToArray();
    }

    /// <summary>What a field has of which nothing was said.</summary>
    public static string Zero(FieldType type) => type.IsArray || type.Kind is FieldKind.String or FieldKind.Bytes ? "null" : type.Kind switch
    {
        FieldKind.Bool => "false",
        FieldKind.Guid => Guid.Empty.ToString(),
        FieldKind.Time => EntityDump.Format(default(DateTimeOffset)),
        FieldKind.Duration => "+0",
        FieldKind.Reference => "none",
        _ => "0",
    };

    /// <summary>A value as it is shown when it is kept in a field.</summary>
    public static string Show(FieldType type, object? value) => (value, type.Kind) switch
    {
        (null, _) => Zero(type),
        (byte[] bytes, FieldKind.Bytes) => EntityDump.Format(bytes),
        (Array array, FieldKind.UInt8) => EntityDump.Format(array.Cast<object>().Select(static one => (byte)(int)one).ToArray()),
        (Array array, _) => $"[{string.Join(',', array.Cast<object?>().Select(one => Show(type with { IsArray = false }, one)))}]",
        _ => EntityDump.Format(value),
    };

    private static object? MakeOne(FieldKind kind, int choice, IReadOnlyList<EntityId> entities) => kind switch
    {
        FieldKind.Bool => choice % 2 == 0,
        FieldKind.Int8 or FieldKind.Int16 or FieldKind.Int32 or FieldKind.Int64 => choice % 255 - 127,
        FieldKind.UInt8 or FieldKind.UInt16 or FieldKind.UInt32 or FieldKind.UInt64 => choice % 256,
        FieldKind.Float32 or FieldKind.Float64 => choice % 1000 / 4.0,
        FieldKind.String => choice % 7 == 0 ? null : new string((char)('a' + (choice % 26)), choice % 40 == 0 ? 20_000 : choice % 5),
        FieldKind.Bytes => choice % 7 == 0 ? null : Enumerable.Range(choice, choice % 40 == 0 ? 10_000 : choice % 5).Select(static one => (byte)one).ToArray(),
        FieldKind.Guid => new Guid(choice, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        FieldKind.Time => DateTimeOffset.UnixEpoch.AddTicks(choice * 1234567L),
        FieldKind.Duration => TimeSpan.FromTicks((choice * 77L) - 1000),
        _ => entities.Count == 0 || choice % 3 == 0 ? null : entities[choice % entities.Count],
    };
}
