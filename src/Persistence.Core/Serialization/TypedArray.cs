using System.Numerics;

namespace Persistence.Serialization;

/// <summary>
/// The one-dimensional arrays whose element type is kept, by the names that stand for them. The names are on disk, never
/// change. byte[] is not among them (it is MessagePack's bin), nor is object[] (a plain array).
/// </summary>
internal sealed class TypedArray
{
    private static readonly TypedArray[] s_all =
    [
        Of<bool>("Boolean"), Of<sbyte>("SByte"), Of<short>("Int16"), Of<ushort>("UInt16"), Of<int>("Int32"), Of<uint>("UInt32"),
        Of<long>("Int64"), Of<ulong>("UInt64"), Of<float>("Single"), Of<double>("Double"), Of<decimal>("Decimal"), Of<BigInteger>("BigInteger"),
        Of<char>("Char"), Of<string>("String"), Of<Guid>("Guid"), Of<DateTime>("DateTime"), Of<DateTimeOffset>("DateTimeOffset"),
        Of<TimeSpan>("TimeSpan"), Of<DateOnly>("DateOnly"), Of<TimeOnly>("TimeOnly"), Of<Version>("Version"), Of<Uri>("Uri"),
    ];

    private static readonly Dictionary<string, TypedArray> s_byName = s_all.ToDictionary(typed => typed.Name, StringComparer.Ordinal);
    private static readonly Dictionary<Type, TypedArray> s_byArrayType = s_all.ToDictionary(typed => typed._arrayType);

    private readonly Type _arrayType;
    private readonly Func<int, IElements> _create;

    private TypedArray(string name, Type arrayType, Func<int, IElements> create)
    {
        Name = name;
        _arrayType = arrayType;
        _create = create;
    }

    /// <summary>An array that is being filled.</summary>
    internal interface IElements
    {
        Array Array { get; }

        /// <summary>Sets an element; false when the value is not of its type.</summary>
        bool TrySet(int index, object? value);
    }

    /// <summary>The name on disk.</summary>
    public string Name { get; }

    /// <summary>The entry for an array's exact type, or null.</summary>
    public static TypedArray? TryFind(Type arrayType) => s_byArrayType.GetValueOrDefault(arrayType);

    /// <summary>The entry for a name on disk, or null.</summary>
    public static TypedArray? TryFind(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>An empty array of that many elements.</summary>
    public IElements Create(int count) => _create(count);

    private static TypedArray Of<T>(string name) => new(name, typeof(T[]), count => new Elements<T>(new T[count]));

    private sealed class Elements<T>(T[] array) : IElements
    {
        public Array Array => array;

        public bool TrySet(int index, object? value)
        {
            if (value is T element)
                array[index] = element;
            else if (value is not null || default(T) is not null)
                return false;
            return true;
        }
    }
}
