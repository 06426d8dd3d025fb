using System.Reflection;
using System.Reflection.Metadata;

namespace Persistence.Serialization;

/// <summary>
/// Looks for an enumeration by its full name among the assemblies that are loaded. It loads none: asking an assembly for a
/// type by name follows forwarded types and generic arguments into assemblies that are not, so the metadata is read first
/// and only an assembly that itself defines an enumeration of that name is asked.
/// </summary>
internal static unsafe class LoadedEnums
{
    /// <summary>The enumeration, from the assembly loaded last where several define it, or null.</summary>
    public static Type? TryFind(string fullName)
    {
        if (!IsPlainName(fullName))
            return null;
        Assembly[] assemblies = AppDomain.CurrentDomain.GetAssemblies();
        for (int i = assemblies.Length - 1; i >= 0; i--)
        {
            if (TryFind(assemblies[i], fullName) is { IsEnum: true, ContainsGenericParameters: false } type)
                return type;
        }
        return null;
    }

    // Without brackets, commas and the rest a name cannot say anything but namespace, types and arity.
    private static bool IsPlainName(string name)
    {
        foreach (char character in name)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('_' or '.' or '+' or '`'))
                return false;
        }
        return name.Length > 0;
    }

    // An assembly made at run time (PowerShell's enum statement makes one) has no metadata to read, and forwards nothing.
    private static Type? TryFind(Assembly assembly, string fullName) =>
        assembly.IsDynamic || DefinesEnum(assembly, fullName) ? assembly.GetType(fullName, throwOnError: false) : null;

    private static bool DefinesEnum(Assembly assembly, string fullName)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
            return false;
        MetadataReader reader = new(metadata, length);
        bool found = DefinesEnum(reader, fullName);
        GC.KeepAlive(assembly);
        return found;
    }

    private static bool DefinesEnum(MetadataReader reader, string fullName)
    {
        string simpleName = fullName[(fullName.LastIndexOfAny(['.', '+']) + 1)..];
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition definition = reader.GetTypeDefinition(handle);
            if (reader.StringComparer.Equals(definition.Name, simpleName) && IsEnum(reader, definition) && FullName(reader, definition) == fullName)
                return true;
        }
        return false;
    }

    private static bool IsEnum(MetadataReader reader, TypeDefinition definition) => definition.BaseType.Kind switch
    {
        HandleKind.TypeReference => IsSystemEnum(reader, reader.GetTypeReference((TypeReferenceHandle)definition.BaseType)),
        HandleKind.TypeDefinition => IsSystemEnum(reader, reader.GetTypeDefinition((TypeDefinitionHandle)definition.BaseType)),
        _ => false,
    };

    private static bool IsSystemEnum(MetadataReader reader, TypeReference type) => IsSystemEnum(reader, type.Namespace, type.Name);

    private static bool IsSystemEnum(MetadataReader reader, TypeDefinition type) => IsSystemEnum(reader, type.Namespace, type.Name);

    private static bool IsSystemEnum(MetadataReader reader, StringHandle nameSpace, StringHandle name) =>
        reader.StringComparer.Equals(nameSpace, nameof(System)) && reader.StringComparer.Equals(name, nameof(Enum));

    private static string FullName(MetadataReader reader, TypeDefinition definition)
    {
        string name = reader.GetString(definition.Name);
        if (!definition.GetDeclaringType().IsNil)
            return $"{FullName(reader, reader.GetTypeDefinition(definition.GetDeclaringType()))}+{name}";
        return definition.Namespace.IsNil ? name : $"{reader.GetString(definition.Namespace)}.{name}";
    }
}
