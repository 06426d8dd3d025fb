namespace Persistence.Entities;

/// <summary>What a field holds: one value of a kind, or an array of them.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="IsArray">Whether it is an array.</param>
public readonly record struct FieldType(FieldKind Kind, bool IsArray = false)
{
    private const byte ArrayNumber = 64;
    private const string ArraySuffix = "[]";

    private static readonly Dictionary<string, FieldKind> s_kinds = Enum.GetValues<FieldKind>()
        .Where(static kind => kind != FieldKind.None).ToDictionary(static kind => kind.ToString(), StringComparer.OrdinalIgnoreCase);

    // By kind: the kinds that hold each of its values.
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

    /// <summary>The number on disk.</summary>
    public byte Number => (byte)((byte)Kind + (IsArray ? ArrayNumber : 0));

    /// <summary>The type of a number on disk.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool TryFromNumber(byte number, out FieldType type)
    {
        bool isArray = number >= ArrayNumber;
        type = new FieldType((FieldKind)(isArray ? number - ArrayNumber : number), isArray);
        return type.Kind != FieldKind.None && Enum.IsDefined(type.Kind);
    }

    /// <summary>The type of a name, whatever its case, as <c>Int32</c> or <c>String[]</c>.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static FieldType Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isArray = name.EndsWith(ArraySuffix, StringComparison.Ordinal);
        return s_kinds.TryGetValue(isArray ? name[..^ArraySuffix.Length] : name, out FieldKind kind)
            ? new FieldType(kind, isArray)
            : throw new FormatException($"There is no field type '{name}'. There are {string.Join(", ", s_kinds.Values)}, and arrays of them ({s_kinds.Values.First()}{ArraySuffix}).");
    }

    /// <exception cref="ArgumentException">It is not one: its kind is none.</exception>
    internal static void Require(FieldType type)
    {
        if (type.Kind == FieldKind.None || !Enum.IsDefined(type.Kind))
            throw new ArgumentException($"There is no field type of kind {type.Kind}.");
    }

    /// <summary>Whether another type holds each value of this one: a field can become one of that then.</summary>
    public bool CanWidenTo(FieldType other) => other.IsArray == IsArray && s_wider.TryGetValue(Kind, out FieldKind[]? wider) && wider.Contains(other.Kind);

    /// <summary>Its name.</summary>
    public override string ToString() => IsArray ? Kind + ArraySuffix : Kind.ToString();
}
