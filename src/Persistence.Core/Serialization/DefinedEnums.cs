using System.Reflection;
using System.Reflection.Metadata;

namespace Persistence.Serialization;

/// <summary>Reads from an assembly's metadata which enumerations it defines itself, without loading a type.</summary>
internal static unsafe class DefinedEnums
{
    /// <summary>Their full names; none when the assembly has no metadata in memory, fewer when it is malformed (obfuscators do that).</summary>
    public static HashSet<string> NamesIn(Assembly assembly)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        try
        {
            if (assembly.TryGetRawMetadata(out byte* metadata, out int length))
                AddNames(new MetadataReader(metadata, length), names);
        }
        catch (BadImageFormatException)
        {
            // An enumeration that is not found is read as its name and number: no reason to fail.
        }
        GC.KeepAlive(assembly);
        return names;
    }

    private static void AddNames(MetadataReader reader, HashSet<string> names)
    {
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition definition = reader.GetTypeDefinition(handle);
            if (IsEnum(reader, definition))
                names.Add(FullName(reader, definition));
        }
    }

    private static bool IsEnum(MetadataReader reader, TypeDefinition definition) => definition.BaseType.Kind switch
    {
        _ when definition.BaseType.IsNil => false,
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
