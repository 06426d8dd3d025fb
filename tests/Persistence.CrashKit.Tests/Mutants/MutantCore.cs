using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using Persistence.CrashKit.Tests.Runs;

namespace Persistence.CrashKit.Tests.Mutants;

/// <summary>The engine's second compilation, loaded beside the first.</summary>
internal sealed class MutantCore : IDisposable
{
    private readonly AssemblyLoadContext _context = new("mutants", isCollectible: true);
    private readonly Type _mutants;

    public MutantCore() =>
        _mutants = _context.LoadFromAssemblyPath(BuiltHarness.MutantCore).GetType("Persistence.Diagnostics.Mutants", throwOnError: true)!;

    /// <summary>The mistake it makes, or null.</summary>
    public string? Active
    {
        get => (string?)_mutants.GetProperty("Active")!.GetValue(null);
        set => _mutants.GetProperty("Active")!.SetValue(null, value);
    }

    /// <summary>The names it declares.</summary>
    public static IReadOnlyList<string> ReadNames()
    {
        using MutantCore core = new();
        return [.. core._mutants.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
    }

    /// <summary>The texts its code mentions; what is only declared is not among them.</summary>
    public static IReadOnlyList<string> ReadNamesInCode()
    {
        using PEReader file = new(File.OpenRead(BuiltHarness.MutantCore));
        MetadataReader metadata = file.GetMetadataReader();
        List<string> texts = [];
        UserStringHandle handle = MetadataTokens.UserStringHandle(0);
        while (!(handle = metadata.GetNextHandle(handle)).IsNil)
            texts.Add(metadata.GetUserString(handle));
        return texts;
    }

    /// <summary>Whether it makes that mistake.</summary>
    public bool Is(string name) => (bool)_mutants.GetMethod("Is")!.Invoke(null, [name])!;

    public void Dispose() => _context.Unload();
}
