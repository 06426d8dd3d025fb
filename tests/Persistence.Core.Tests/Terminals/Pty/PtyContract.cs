using System.Globalization;
using System.Text;
using Persistence.Storage.Disk;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Posix;
using Persistence.Tests.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>What every Unix's pseudo-terminals do, with real programs on them.</summary>
public abstract class PtyContract : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<IPty> _opened = [];

    private protected PtyContract(IPosixPlatform platform)
    {
        Command.Require();
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs /bin/sh.");
        System = new PosixPtySystem(platform, TimeProvider.System);
    }

    private protected IPtySystem System { get; }

    private protected string Home => _directory.Path;

    public void Dispose()
    {
        foreach (IPty pty in _opened)
            Discard(pty);
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void What_the_program_says_is_read_to_its_end()
    {
        IPty pty = Spawn("printf 'hello\nworld'");
        Assert.Equal("hello\r\nworld", pty.ReadToEnd());
        Assert.Equal(PtyRead.Ended, pty.Read(new byte[1]));
        Assert.Equal(new PtyExit(0, 0), pty.WaitForExit());
    }

    [Fact]
    public void Nothing_said_is_neither_output_nor_its_end()
    {
        IPty pty = Spawn("read line");
        Assert.Equal(0, pty.Read(new byte[16]));
        Assert.Null(pty.FindExit());
        Assert.Throws<ArgumentException>(() => pty.Read([]));
        Assert.Equal(0, pty.Write([]));
    }

    [Fact]
    public void What_is_written_is_the_program_s_input()
    {
        IPty pty = Spawn("read line; echo \"<$line>\"");
        pty.WriteAll("a word\n"u8);
        Assert.Contains("<a word>", pty.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(0, pty.WaitForExit().Code);
    }

    [Fact]
    public void Every_byte_goes_through_a_raw_terminal_as_it_is()
    {
        Command.Require("stty", "cat");
        IPty pty = Spawn("stty raw -echo; printf ready; exec cat");
        pty.ReadUntil("ready");
        byte[] sent = [.. Enumerable.Range(0, 16 * 1024).Select(static index => (byte)((index * 7) + (index >> 8)))];
        byte[] back = new byte[sent.Length];
        // In turns: neither side has room for all of it.
        int written = 0, read = 0;
        PtyReading.Until(() =>
        {
            written += pty.Write(sent.AsSpan(written));
            read += pty.Read(back.AsSpan(read));
            return read == sent.Length;
        }, () => $"{written} bytes written, {read} read.");
        Assert.Equal(sent, back);
        Assert.Equal(256, sent.Distinct().Count());
    }

    [Fact]
    public void A_large_output_is_read_whole()
    {
        Command.Require("head");
        IPty pty = Spawn("head -c 3000000 /dev/zero; echo end");
        byte[] buffer = new byte[65536];
        long zeros = 0;
        int others = 0;
        PtyReading.Until(() =>
        {
            int count = pty.Read(buffer);
            zeros += buffer.AsSpan(0, Math.Max(count, 0)).Count((byte)0);
            others += Math.Max(count, 0) - buffer.AsSpan(0, Math.Max(count, 0)).Count((byte)0);
            return count == PtyRead.Ended;
        }, () => $"{zeros} zeros.");
        Assert.Equal((3_000_000, "end\r\n".Length), (zeros, others));
    }

    [Fact]
    public void The_terminal_has_the_size_it_was_asked_for_from_the_beginning()
    {
        Command.Require("stty");
        IPty pty = Spawn(Start("stty size") with { Size = new TerminalSize(121, 33) });
        Assert.Equal("33 121\r\n", pty.ReadToEnd());
    }

    [Fact]
    public void The_program_is_told_of_another_size()
    {
        Command.Require("stty", "sleep");
        IPty pty = Spawn("trap 'stty size; exit 4' WINCH; echo ready; sleep 1000 & wait");
        pty.ReadUntil("ready");
        pty.Resize(new TerminalSize(10_000, 7));
        pty.ReadUntil("7 10000");
        Assert.Equal(4, pty.WaitForExit().Code);
    }

    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 3", 3, 0)]
    [InlineData("exit 255", 255, 0)]
    [InlineData("kill -TERM $$", 143, 15)]
    [InlineData("kill -KILL $$", 137, 9)]
    public void The_program_s_end_is_known(string script, int code, int signal)
    {
        IPty pty = Spawn(script);
        Assert.Equal(new PtyExit(code, signal), pty.WaitForExit());
        Assert.Equal(new PtyExit(code, signal), pty.FindExit());
    }

    [Fact]
    public void The_program_starts_in_its_directory_and_is_found_where_it_goes()
    {
        Directory.CreateDirectory(Path.Combine(Home, "below"));
        IPty pty = Spawn("pwd; read a; cd below; echo there; read a");
        pty.ReadUntil(Home + "\r\n");
        Assert.Equal(Home, pty.FindWorkingDirectory());
        pty.WriteAll("\n"u8);
        pty.ReadUntil("there");
        Assert.Equal(Path.Combine(Home, "below"), pty.FindWorkingDirectory());
        pty.WriteAll("\n"u8);
        pty.WaitForExit();
        Assert.Null(pty.FindWorkingDirectory());
    }

    [Fact]
    public void The_directory_is_that_of_the_program_in_the_foreground()
    {
        Directory.CreateDirectory(Path.Combine(Home, "below"));
        IPty pty = Spawn("set -m; (cd below; read a); echo over; read a");
        PtyReading.Until(() => pty.FindWorkingDirectory() == Path.Combine(Home, "below"), () => $"It is '{pty.FindWorkingDirectory()}'.");
        pty.WriteAll("\n"u8);
        pty.ReadUntil("over");
        Assert.Equal(Home, pty.FindWorkingDirectory());
    }

    [Fact]
    public void A_directory_that_was_removed_is_not_named_but_one_that_is_only_called_so_is()
    {
        string gone = Directory.CreateDirectory(Path.Combine(Home, "gone")).FullName;
        string there = Directory.CreateDirectory(Path.Combine(Home, "there (deleted)")).FullName;
        IPty pty = Spawn(Start("read a; cd \"$1\"; echo moved; read a", "sh", there) with { WorkingDirectory = gone });
        Directory.Delete(gone);
        Assert.Null(pty.FindWorkingDirectory());
        pty.WriteAll("\n"u8);
        pty.ReadUntil("moved");
        Assert.Equal(there, pty.FindWorkingDirectory());
    }

    [Fact]
    public void The_environment_is_what_is_given_and_nothing_else()
    {
        Command.Require("env");
        Dictionary<string, string> given = new() { ["PATH"] = "/usr/bin:/bin", ["EMPTY"] = "", ["Text"] = "two words = ä", ["TERM"] = "xterm-256color" };
        IPty pty = Spawn(new PtyStart { Command = "env", WorkingDirectory = Home, Environment = given });
        string[] lines = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(pty.ReadToEnd())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(given.Select(static pair => $"{pair.Key}={pair.Value}").Order(), lines.Order());
    }

    [Fact]
    public void An_environment_may_be_empty()
    {
        Command.Require("env");
        IPty pty = Spawn(new PtyStart { Command = "env", WorkingDirectory = Home });
        Assert.Equal("", pty.ReadToEnd());
        Assert.Equal(0, pty.WaitForExit().Code);
    }

    [Fact]
    public void Arguments_arrive_as_they_are()
    {
        string[] arguments = ["", " a b ", "\"'\\$x\n", "*", "ä€𝄞", new string('x', 20_000)];
        IPty pty = Spawn(Start("for a; do printf '<%s>' \"$a\"; done", ["sh", .. arguments]));
        string said = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(pty.ReadToEnd())).ReplaceLineEndings("\n");
        Assert.Equal(string.Concat(arguments.Select(static argument => $"<{argument}>")), said);
    }

    [Fact]
    public void The_program_leads_a_session_whose_terminal_it_has()
    {
        IPty pty = Spawn("exec 5<>/dev/tty && echo opened >&5; read a");
        pty.ReadUntil("opened");
        // State, parent, group, session, terminal, foreground group.
        string[] status = File.ReadAllText($"/proc/{pty.ProcessId}/stat").Split(") ")[1].Split(' ');
        string id = pty.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([id, id, id], [status[2], status[3], status[5]]);
        Assert.NotEqual("0", status[4]);
    }

    [Fact]
    public void A_control_character_interrupts_the_job_in_the_foreground_and_not_the_shell()
    {
        Command.Require("sleep");
        IPty pty = Spawn(new PtyStart { Command = "/bin/sh", Arguments = ["-i"], WorkingDirectory = Home, Environment = Start("").Environment });
        pty.WriteAll("echo job; sleep 1000\n"u8);
        AwaitJob(pty);
        pty.WriteAll([0x03]);
        PtyReading.Until(() => ForegroundOf(pty) == pty.ProcessId, () => "The job goes on.");
        pty.WriteAll("echo $((40+2))\n"u8);
        pty.ReadUntil("42");
        Assert.Null(pty.FindExit());
    }

    [Fact]
    public void No_signal_is_ignored_or_held_back_in_the_program()
    {
        Command.Require("cat");
        IPty pty = Spawn(new PtyStart { Command = "/bin/cat", Arguments = ["/proc/self/status"], WorkingDirectory = Home });
        string status = pty.ReadToEnd();
        Assert.Contains("SigIgn:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("SigBlk:\t0000000000000000", status, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_whose_reader_ends_ends()
    {
        Command.Require("yes", "head");
        IPty pty = Spawn("(yes; echo \"yes: $?\" >&2) | head -n 1");
        string[] said = pty.ReadToEnd().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["y", "yes: 141"], said.Order());
    }

    [Fact]
    public void The_start_time_tells_the_process_from_others()
    {
        IPty pty = Spawn("read a");
        Assert.True(CurrentProcess.IsAlive(pty.ProcessId, pty.StartTime));
        pty.Kill();
        pty.WaitForExit();
        Assert.False(CurrentProcess.IsAlive(pty.ProcessId, pty.StartTime));
    }

    [Fact]
    public void A_terminal_that_the_program_closes_and_opens_again_has_not_ended()
    {
        Command.Require("sleep");
        IPty pty = Spawn("echo first; exec </dev/null >/dev/null 2>&1; sleep 0.2; echo second >/dev/tty");
        Assert.Equal("first\r\nsecond\r\n", pty.ReadToEnd());
    }

    [Fact]
    public void The_end_of_the_program_is_known_while_another_still_has_the_terminal()
    {
        Command.Require("sleep");
        IPty pty = Spawn("trap '' HUP; (echo child; sleep 1000; echo never) & exit 3");
        pty.ReadUntil("child");
        Assert.Equal(3, pty.WaitForExit().Code);
        Assert.Equal(0, pty.Read(new byte[16]));
        Assert.Null(pty.FindWorkingDirectory());
        // Neither its group, which may be another's by now, nor anything else.
        pty.Kill();
        Assert.Equal(0, pty.Read(new byte[16]));
    }

    [Fact]
    public void The_output_of_a_program_that_survives_the_first_one_is_read_to_its_end()
    {
        Command.Require("sleep");
        IPty pty = Spawn("trap '' HUP; (sleep 0.3; echo last) & exit 3");
        Assert.Equal(3, pty.WaitForExit().Code);
        Assert.Equal("last\r\n", pty.ReadToEnd());
    }

    [Fact]
    public void Killing_ends_a_program_that_listens_to_nothing()
    {
        Command.Require("sleep");
        IPty pty = Spawn("trap '' HUP INT TERM QUIT; echo ready; sleep 1000; sleep 1000");
        pty.ReadUntil("ready");
        pty.Kill();
        Assert.Equal(new PtyExit(137, 9), pty.WaitForExit());
        pty.ReadToEnd();
        pty.Kill();
    }

    [Fact]
    public void Killing_ends_the_job_in_the_foreground_too()
    {
        Command.Require("sleep");
        IPty pty = Spawn("set -m; (trap '' HUP; echo job; sleep 1000; sleep 1000)");
        AwaitJob(pty);
        pty.Kill();
        Assert.Equal(9, pty.WaitForExit().Signal);
        // The job had the terminal open.
        pty.ReadToEnd();
    }

    [Fact]
    public void A_terminal_that_has_ended_takes_nothing_and_minds_nothing()
    {
        IPty pty = Spawn("exit 0");
        pty.WaitForExit();
        pty.ReadToEnd();
        pty.Resize(new TerminalSize(5, 5));
        pty.Kill();
        Assert.Null(pty.FindWorkingDirectory());
        Assert.Equal(0, pty.Write("into the void"u8));
        Assert.Equal(PtyRead.Ended, pty.Read(new byte[1]));
    }

    [Fact]
    public void Disposing_hangs_the_program_up_and_leaves_no_zombie()
    {
        string trace = Path.Combine(Home, "trace");
        IPty pty = Spawn(Start("trap 'echo hung up >\"$1\"; exit 6' HUP; echo ready; while :; do read a; done", "sh", trace));
        pty.ReadUntil("ready");
        pty.Dispose();
        pty.Dispose();
        PtyReading.Until(() => pty.FindExit() is not null, () => "The program runs.");
        Assert.Equal("hung up\n", File.ReadAllText(trace));
        Assert.False(PtyReading.IsThere(pty.ProcessId));
        Assert.Throws<ObjectDisposedException>(() => pty.Read(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => pty.Write([1]));
        Assert.Throws<ObjectDisposedException>(() => pty.Resize(TerminalSize.Default));
        Assert.Throws<ObjectDisposedException>(pty.Kill);
    }

    [Fact]
    public void A_program_that_survives_the_hang_up_is_waited_for_at_the_next_start()
    {
        IPty survivor = SpawnSurvivor();
        survivor.Dispose();
        Assert.True(CurrentProcess.IsAlive(survivor.ProcessId, survivor.StartTime));
        Terminate(survivor.ProcessId);
        PtyReading.Until(() =>
        {
            Spawn("exit 0").Dispose();
            return !PtyReading.IsThere(survivor.ProcessId);
        }, () => "A zombie is left.");
    }

    [Fact]
    public async Task A_program_that_survives_the_hang_up_is_waited_for_by_a_poller_that_waits_already()
    {
        using IPtyPoller poller = System.CreatePoller();
        IPty survivor = SpawnSurvivor();
        Task waiting = Task.Run(() => poller.Wait([], Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        survivor.Dispose();
        Assert.True(CurrentProcess.IsAlive(survivor.ProcessId, survivor.StartTime));
        Terminate(survivor.ProcessId);
        PtyReading.Until(() => !PtyReading.IsThere(survivor.ProcessId), () => "A zombie is left.");
        Assert.False(waiting.IsCompleted);
        poller.Wake();
        await waiting;
    }

    [Fact]
    public void A_program_is_looked_for_in_the_path_that_it_is_given()
    {
        WriteScript("bin/found", "echo first");
        WriteScript("other/found", "echo second");
        WriteScript("here", "echo here");
        Assert.Equal("first", Say("found", $"{Home}/missing:{Home}/bin:{Home}/other"));
        Assert.Equal("second", Say("found", $"other:{Home}/bin"));
        Assert.Equal("here", Say("here", $"{Home}/bin::{Home}/other"));
        Assert.Equal("here", Say("./here", "/usr/bin:/bin"));
        Assert.Equal("first", Say("bin/found", "/usr/bin:/bin"));
    }

    [Fact]
    public void Without_a_path_the_system_s_own_directories_are_searched()
    {
        IPty pty = Spawn(new PtyStart { Command = "sh", Arguments = ["-c", "echo found"], WorkingDirectory = Home });
        Assert.Equal("found\r\n", pty.ReadToEnd());
    }

    [Fact]
    public void What_is_found_first_and_may_not_be_executed_is_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(Home, "a", "found"));
        Directory.CreateDirectory(Path.Combine(Home, "b"));
        File.WriteAllText(Path.Combine(Home, "b", "found"), "#!/bin/sh\necho wrong");
        WriteScript("c/found", "echo right");
        Assert.Equal("right", Say("found", $"{Home}/a:{Home}/b:{Home}/c"));
    }

    [Theory]
    [InlineData("/nowhere/program", PtySpawnFault.ProgramNotFound)]
    [InlineData("no-such-program", PtySpawnFault.ProgramNotFound)]
    [InlineData("./text", PtySpawnFault.ProgramNotExecutable)]
    [InlineData("text/below", PtySpawnFault.ProgramNotFound)]
    [InlineData("/", PtySpawnFault.ProgramNotExecutable)]
    [InlineData("directory", PtySpawnFault.ProgramNotExecutable)]
    public void What_cannot_be_started_is_said_with_the_reason(string command, PtySpawnFault fault)
    {
        File.WriteAllText(Path.Combine(Home, "text"), "text");
        Directory.CreateDirectory(Path.Combine(Home, "directory"));
        AssertRefused(Start("") with { Command = command, Environment = new Dictionary<string, string> { ["PATH"] = Home, ["SECRET"] = "hush" } }, fault);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("text")]
    [InlineData("text/below")]
    public void A_directory_that_is_none_is_said_to_be_so(string directory)
    {
        File.WriteAllText(Path.Combine(Home, "text"), "text");
        AssertRefused(Start("") with { WorkingDirectory = Path.Combine(Home, directory) }, PtySpawnFault.DirectoryNotFound);
    }

    [Fact]
    public void Arguments_beyond_what_the_system_takes_are_refused() =>
        AssertRefused(Start("") with { Arguments = [new string('x', 3_000_000)] }, PtySpawnFault.ArgumentsTooLong);

    [Fact]
    public void What_the_system_would_take_for_something_else_is_the_caller_s_mistake()
    {
        PtyStart good = Start("exit 0");
        PtyStart[] bad =
        [
            good with { Command = "" },
            good with { Command = "/bin/sh\0x" },
            good with { Arguments = ["hush\0"] },
            good with { Arguments = ["hush\ud800"] },
            good with { Arguments = [null!] },
            good with { WorkingDirectory = "relative" },
            good with { WorkingDirectory = "" },
            good with { WorkingDirectory = "/tmp\0" },
            good with { Size = default },
            good with { Environment = new Dictionary<string, string> { ["NAME"] = "hush\0" } },
            good with { Environment = new Dictionary<string, string> { ["NA=ME"] = "hush" } },
            good with { Environment = new Dictionary<string, string> { [""] = "hush" } },
            good with { Environment = new Dictionary<string, string> { ["NA\0ME"] = "hush" } },
            good with { Environment = new Dictionary<string, string> { ["NAME"] = null! } },
        ];
        foreach (PtyStart start in bad)
            Assert.DoesNotContain("hush", Assert.ThrowsAny<ArgumentException>(() => System.Spawn(start)).Message, StringComparison.Ordinal);
    }

    private protected PtyStart Start(string script, params string[] arguments) => PtyReading.Shell(Home, script, arguments);

    private protected IPty Spawn(string script) => Spawn(Start(script));

    private protected IPty Spawn(PtyStart start)
    {
        IPty pty = System.Spawn(start);
        _opened.Add(pty);
        return pty;
    }

    private protected void AssertRefused(PtyStart start, PtySpawnFault fault)
    {
        PtySpawnException exception = Assert.Throws<PtySpawnException>(() => System.Spawn(start));
        Assert.Equal(fault, exception.Fault);
        Assert.Equal(Persistence.Diagnostics.StoreError.PtySpawnFailed, exception.Error);
        Assert.Contains($"'{start.Command}' in '{start.WorkingDirectory}'", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
    }

    private protected void WriteScript(string name, string script)
    {
        string path = Path.Combine(Home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private protected static void Terminate(int processId)
    {
        using global::System.Diagnostics.Process process = global::System.Diagnostics.Process.GetProcessById(processId);
        process.Kill();
    }

    private string Say(string command, string path)
    {
        IPty pty = Spawn(new PtyStart { Command = command, WorkingDirectory = Home, Environment = new Dictionary<string, string> { ["PATH"] = path } });
        return pty.ReadToEnd().TrimEnd();
    }

    private IPty SpawnSurvivor()
    {
        Command.Require("sleep");
        IPty survivor = Spawn("trap '' HUP; echo ready; exec sleep 1000");
        survivor.ReadUntil("ready");
        return survivor;
    }

    private static void AwaitJob(IPty pty) =>
        PtyReading.Until(() => ForegroundOf(pty) is var group && group > 0 && group != pty.ProcessId, () => "There is no job.");

    private static int ForegroundOf(IPty pty) => ((PosixPty)pty).Terminal.FindForegroundGroup();

    // Whatever a test leaves running on a terminal ends with it.
    private static void Discard(IPty pty)
    {
        try
        {
            foreach (int process in ProcessesOf(pty.ProcessId))
                Terminate(process);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException)
        {
        }
        pty.Dispose();
    }

    private static IEnumerable<int> ProcessesOf(int session) =>
        from path in Directory.GetDirectories("/proc")
        where int.TryParse(Path.GetFileName(path), out _)
        let status = ReadStatus(path)
        where status is not null && status[3] == session.ToString(CultureInfo.InvariantCulture) && status[0] != "Z"
        select int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);

    private static string[]? ReadStatus(string path)
    {
        try
        {
            string status = File.ReadAllText(Path.Combine(path, "stat"));
            return status[(status.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
