using System.Runtime.InteropServices;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Linux;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Linux;

public sealed partial class LinuxPtyTests() : PtyContract(new LinuxPlatform())
{
    [Fact]
    public void The_program_is_called_what_the_command_says()
    {
        IPty pty = Spawn(Start("echo \"<$0>\"") with { Command = "sh" });
        Assert.Equal("<sh>\r\n", pty.ReadToEnd());
    }

    [Fact]
    public void A_script_without_its_interpreter_is_refused()
    {
        WriteScript("script", "echo never");
        File.WriteAllText(Path.Combine(Home, "script"), "#!/nowhere/interpreter\n");
        AssertRefused(Start("") with { Command = "./script", Arguments = ["hush"] }, PtySpawnFault.InterpreterNotFound);
    }

    [Fact]
    public void A_file_that_is_no_program_is_refused()
    {
        WriteScript("data", "");
        File.WriteAllText(Path.Combine(Home, "data"), "neither a program nor a script");
        AssertRefused(Start("") with { Command = "./data", Arguments = ["hush"] }, PtySpawnFault.ProgramNotExecutable);
    }

    [Fact]
    public void The_program_has_its_terminal_and_nothing_else_open()
    {
        using FileStream ours = File.Create(Path.Combine(Home, "ours"));
        int inheritable = Duplicate((int)ours.SafeFileHandle.DangerousGetHandle());
        try
        {
            IPty pty = Spawn("echo ready; read a");
            pty.ReadUntil("ready");
            IReadOnlyDictionary<int, string> open = OpenDescriptors.Of(pty.ProcessId);
            Assert.SkipUnless(NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out _) || !open.ContainsKey(inheritable), "Needs glibc 2.34.");
            Assert.Equal([0, 1, 2], open.Keys.Order());
            Assert.StartsWith("/dev/pts/", Assert.Single(open.Values.Distinct()), StringComparison.Ordinal);
        }
        finally
        {
            _ = Close(inheritable);
        }
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
