using System.Collections;
using System.Collections.Specialized;
using System.Runtime.CompilerServices;
using System.Security;

namespace Persistence.Serialization;

/// <summary>Tells collections of data from objects that merely can be enumerated, and says why something is not data.</summary>
internal static class ValueKind
{
    /// <summary>
    /// Whether the elements are all there is to the object. An interface to enumerate alone proves nothing (XML nodes have
    /// one): it takes a count too, or a sequence of the compiler's or of LINQ's making.
    /// </summary>
    public static bool IsSequence(object value) => value switch
    {
        // Enumerates its keys and keeps the values to itself.
        NameObjectCollectionBase => false,
        Array array => IsPlainVector(array.GetType()),
        IList or ICollection => true,
        IEnumerable => HasGenericCount(value.GetType()) || IsLazySequence(value.GetType()),
        _ => false,
    };

    /// <summary>Why an object that is neither scalar nor collection cannot be stored, as the end of a sentence.</summary>
    public static string ReasonAgainst(object value) => value switch
    {
        Delegate => "is code",
        SecureString => "holds a secret, and secrets are not stored",
        Stream => "is a stream, not its content",
        Type => "is a type, not data",
        nint or nuint or System.Reflection.Pointer => "is an address",
        Array array => array.Rank > 1 ? "has more than one dimension" : "is an array that does not start at zero, or of addresses",
        NameObjectCollectionBase => "does not enumerate its values; use a hashtable",
        Uri => "is not given back by its own text",
        IEnumerable => "is not a plain collection; put its elements in an array",
        _ => "is not a type of data that can be stored",
    };

    private static bool IsPlainVector(Type array) =>
        array.IsSZArray && !array.GetElementType()!.IsPointer && !array.GetElementType()!.IsFunctionPointer;

    private static bool HasGenericCount(Type type)
    {
        foreach (Type contract in type.GetInterfaces())
        {
            if (contract.IsGenericType && IsCounted(contract.GetGenericTypeDefinition()))
                return true;
        }
        return false;
    }

    private static bool IsCounted(Type contract) => contract == typeof(ICollection<>) || contract == typeof(IReadOnlyCollection<>);

    private static bool IsLazySequence(Type type) =>
        type.Namespace == "System.Linq" || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
