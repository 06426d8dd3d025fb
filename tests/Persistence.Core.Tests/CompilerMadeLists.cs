using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Persistence.Tests;

/// <summary>Finds who makes one of the lists that the compiler makes of a collection expression for an interface, <c>&lt;&gt;z__ReadOnlyArray&lt;T&gt;</c> and its like.</summary>
internal static class CompilerMadeLists
{
    /// <param name="path">An assembly.</param>
    /// <returns>Type and method of each.</returns>
    public static IReadOnlyList<string> FindMakers(string path)
    {
        using PEReader image = new(File.OpenRead(path));
        MetadataReader metadata = image.GetMetadataReader();
        byte[][] made = [.. metadata.MemberReferences.Where(member => IsConstructorOfList(metadata, member)).Select(ToNewObject)];
        return [.. metadata.MethodDefinitions.Where(method => Makes(image, metadata.GetMethodDefinition(method), made)).Select(method => Describe(metadata, metadata.GetMethodDefinition(method)))];
    }

    private static bool IsConstructorOfList(MetadataReader metadata, MemberReferenceHandle handle)
    {
        MemberReference member = metadata.GetMemberReference(handle);
        if (member.Parent.Kind != HandleKind.TypeSpecification || !metadata.StringComparer.Equals(member.Name, ".ctor"))
            return false;
        BlobReader signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return false;
        signature.ReadByte();
        EntityHandle type = signature.ReadTypeHandle();
        return type.Kind == HandleKind.TypeDefinition && metadata.StringComparer.StartsWith(metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name, "<>z__ReadOnly");
    }

    private static byte[] ToNewObject(MemberReferenceHandle constructor) => [(byte)ILOpCode.Newobj, .. BitConverter.GetBytes(MetadataTokens.GetToken(constructor))];

    private static bool Makes(PEReader image, MethodDefinition method, byte[][] made)
    {
        if (method.RelativeVirtualAddress == 0)
            return false;
        byte[] code = image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? [];
        return Array.Exists(made, instruction => code.AsSpan().IndexOf(instruction) >= 0);
    }

    private static string Describe(MetadataReader metadata, MethodDefinition method)
    {
        TypeDefinition type = metadata.GetTypeDefinition(method.GetDeclaringType());
        string outer = type.GetDeclaringType() is { IsNil: false } nesting ? $"{metadata.GetString(metadata.GetTypeDefinition(nesting).Name)}." : "";
        return $"{outer}{metadata.GetString(type.Name)}.{metadata.GetString(method.Name)}";
    }
}
