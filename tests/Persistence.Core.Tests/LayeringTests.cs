using Xunit;

namespace Persistence.Tests;

public sealed class LayeringTests
{
    [Fact]
    public void The_core_s_folders_know_each_other_only_downwards()
    {
        (string Path, string Text)[] sources = ReadCore();
        Assert.NotEmpty(sources);
        IReadOnlyList<string> violations = LayeringRules.FindViolations(sources);
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Fact]
    public void No_two_folders_know_each_other()
    {
        foreach ((string folder, string[] known) in LayeringRules.Table)
            Assert.DoesNotContain(known, other => other == folder || LayeringRules.Table[other].Contains(folder));
    }

    [Theory]
    [InlineData("Storage/A.cs", "using Persistence.Wal;", "Storage must not know Wal")]
    [InlineData("Storage/A.cs", "using static Persistence.Wal.Names;", "Storage must not know Wal")]
    [InlineData("Storage/A.cs", "using W = Persistence.Wal.SegmentWriter;", "Storage must not know Wal")]
    [InlineData("Storage/A.cs", "class A { Persistence.Engine.PersistenceStore store; }", "Storage must not know Engine")]
    [InlineData("Storage/A.cs", "class A { global::Persistence.Engine.PersistenceStore store; }", "Storage must not know Engine")]
    [InlineData("Storage/A.cs", "class A { Wal.SegmentWriter writer; }", "Storage must not know Wal")]
    [InlineData("Storage/Disk/A.cs", "using Persistence.Serialization;", "Storage must not know Serialization")]
    [InlineData("Platform/A.cs", "using Persistence.Diagnostics;", "Platform must not know Diagnostics")]
    [InlineData("Wal/A.cs", "using Persistence.Checkpoints;", "Wal must not know Checkpoints")]
    [InlineData("Recovery/A.cs", "using Persistence.Compaction;", "Recovery must not know Compaction")]
    [InlineData("KeyValue/A.cs", "using Persistence.Terminals;", "KeyValue must not know Terminals")]
    [InlineData("Entities/A.cs", "using Persistence.Engine;", "Entities must not know Engine")]
    [InlineData("Engine/A.cs", "using Persistence.KeyValue;", "Engine must not know KeyValue")]
    [InlineData("Engine/A.cs", "using Persistence.Unheard.Of;", "Engine must not know Unheard")]
    [InlineData("Unheard/A.cs", "", "the folder 'Unheard' is not in the table")]
    [InlineData("A.cs", "", "the folder '' is not in the table")]
    [InlineData("Storage/A.cs", "namespace Persistence;", "the namespace 'Persistence' is not that of its folder")]
    [InlineData("Storage/A.cs", "namespace Persistence.Storages;", "the namespace 'Persistence.Storages' is not that of its folder")]
    [InlineData("Storage/A.cs", "[DllImport(\"libc\")] extern void B();", "native calls do not belong here")]
    [InlineData("Engine/A.cs", "[LibraryImport(\"libc\")] partial void B();", "native calls do not belong here")]
    [InlineData("Compression/BrotliCompressor.cs", "[LibraryImport(\"libc\")] partial void B();", "native calls do not belong here")]
    [InlineData("Storage/A.cs", "string a = \"//\"; /* */ Persistence.Wal.B b;", "Storage must not know Wal")]
    public void A_planted_violation_is_found(string path, string code, string expected)
    {
        IReadOnlyList<string> found = LayeringRules.FindViolations([(path, code), ("Wal/SegmentWriter.cs", "")]);
        Assert.Equal([$"{path}: {expected}"], found);
    }

    [Theory]
    [InlineData("Engine/A.cs", "using Persistence.Wal; using Persistence.Recovery; namespace Persistence.Engine;")]
    [InlineData("Checkpoints/A.cs", "using Persistence.Wal; using Persistence.Root;")]
    [InlineData("Wal/A.cs", "using Persistence.Root; using Persistence.Storage.Simulated;")]
    [InlineData("Storage/A.cs", "// using Persistence.Wal;\n/* Persistence.Engine.A */ string a = \"Persistence.Wal.B\", b = \"\"\"Persistence.Wal.B\"\"\";")]
    [InlineData("Storage/A.cs", "class A { State State; bool B => State.IsOpen; }")]
    [InlineData("Storage/Disk/A.cs", "[LibraryImport(\"libc\")] partial void B();")]
    [InlineData("Terminals/Pty/A.cs", "[LibraryImport(\"libc\")] partial void B();")]
    [InlineData("Compression/ZstdLibrary.cs", "[LibraryImport(\"libzstd\")] partial void B();")]
    public void What_the_table_allows_is_left_alone(string path, string code) =>
        Assert.Empty(LayeringRules.FindViolations([(path, code), ("Wal/SegmentWriter.cs", "")]));

    private static (string Path, string Text)[] ReadCore()
    {
        string core = Path.Combine(FindRepository(), "src", "Persistence.Core");
        return [.. Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(core, file).Replace('\\', '/'), File.ReadAllText(file)))];
    }

    // The compiler's own idea of where the sources are is rewritten for reproducible builds.
    internal static string FindRepository()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Persistence.slnx")))
            directory = directory.Parent;
        Assert.SkipWhen(directory is null, "Needs the sources beside the tests.");
        return directory.FullName;
    }
}
