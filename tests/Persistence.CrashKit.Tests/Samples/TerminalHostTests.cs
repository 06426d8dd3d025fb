using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Persistence.CrashKit.Tests.Commands;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Samples;

/// <summary>The sample host of terminals, as its README says it.</summary>
public sealed class TerminalHostTests
{
    private static readonly bool HasShell = !OperatingSystem.IsWindows() && File.Exists("/bin/sh");

    [Fact]
    public void What_ran_when_the_host_was_killed_runs_again_with_its_output_behind_the_old()
    {
        using TestDirectory directory = Require();
        using (HostProcess first = Start(directory))
        {
            using HostProcess.HostConnection client = first.Connect();
            client.CreatePane("echo $$ is here; exec sleep 1000");
            client.Await("is here");
            first.Kill();
            first.End();
        }

        using HostProcess second = new(directory);
        IReadOnlyList<string> said = second.AwaitServing();
        Assert.StartsWith("The store was not closed: ", said[0], StringComparison.Ordinal);
        Assert.StartsWith("pane 1 (work, window 0): /bin/sh runs as process ", said[1], StringComparison.Ordinal);
        using HostProcess.HostConnection again = second.Connect();
        while (again.ReadAll().Split("is here").Length < 3)
            Thread.Sleep(5);
        JsonElement pane = Pane(again);
        Assert.Equal("Running", pane.GetProperty("status").GetString());
        Assert.Contains($"{pane.GetProperty("pid").GetInt32()} is here", again.ReadAll(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("INT", 2)]
    [InlineData("close", 0)]
    public void A_host_that_is_told_to_end_closes_its_store(string how, int signal)
    {
        Assert.SkipWhen(signal > 0 && IgnoredSignals.Contain(signal), $"SIG{how} is ignored, as in a shell's background job, and so it is in every process started from here.");
        using TestDirectory directory = Require();
        using (HostProcess first = Start(directory))
        {
            using HostProcess.HostConnection client = first.Connect();
            client.CreatePane();
            if (how == "close")
                Assert.Equal("""{"id":"bye"}""", client.Ask("""{"id":"bye","request":"close"}""").GetRawText());
            else
                Signal(first, how);
            Assert.Equal((0, ""), first.End());
            Assert.False(File.Exists(first.Socket));
            Assert.NotEmpty(Directory.EnumerateFiles(directory.Combine("store", "checkpoints")));
        }

        using HostProcess second = new(directory);
        IReadOnlyList<string> said = second.AwaitServing();
        Assert.Equal("The store was closed cleanly.", said[0]);
        Assert.Contains("runs as process", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_lines_are_answered_and_end_nothing()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        string[] bad = ["nonsense", "[1]", "{}", """{"request":5}""", """{"request":"nothing"}""", """{"request":"rename-session"}""", """{"request":"create-session","name":""}""", new string('x', 5 << 20)];
        foreach (string line in bad)
            Assert.Equal("BadRequest", client.Ask(line).GetProperty("error").GetString());
        Assert.Equal("SessionNotFound", client.Ask("""{"request":"rename-session","session":1,"name":"x"}""").GetProperty("error").GetString());
        Assert.Equal(7, client.Ask("""{"id":7,"request":"create-session","name":"x"}""").GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("""{"\ud800":1,"request":"tree"}""")]
    [InlineData("""{"id":"\udc00","request":"tree"}""")]
    [InlineData("""{"id":["\ud800"],"request":"nothing"}""")]
    [InlineData("""{"request":"create-pane","window":1,"command":"/bin/sh","environment":{"\ud800":"x"}}""")]
    public void Half_a_surrogate_pair_anywhere_in_a_line_ends_nothing(string line)
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        Assert.Equal("BadRequest", client.Ask(line).GetProperty("error").GetString());
        Assert.Empty(client.Ask("""{"request":"tree"}""").GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public void A_pane_whose_program_cannot_be_started_is_not_there()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        client.CreatePane();
        Assert.Equal("PtySpawnFailed", client.Ask("""{"request":"create-pane","window":1,"command":"/no/such/program"}""").GetProperty("error").GetString());
        Assert.Single(Panes(client));
    }

    [Fact]
    public void Secrets_reach_programs_and_are_not_kept()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        client.Ask("""{"request":"create-session","name":"work"}""");
        client.Ask("""{"request":"create-window","session":1,"name":"main"}""");
        client.Ask("""{"request":"create-pane","window":1,"command":"/bin/sh","arguments":["-c","test $API_TOKEN = hush && echo known; exec sleep 1000"],"environment":{"API_TOKEN":"hush"}}""");
        client.Await("known");
        Assert.True(Pane(client).GetProperty("environment").GetProperty("API_TOKEN").GetProperty("withheld").GetBoolean());
    }

    [Fact]
    public void Clients_that_go_away_in_the_middle_disturb_nobody()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        client.CreatePane();
        for (int i = 0; i < 5; i++)
        {
            using HostProcess.HostConnection gone = host.Connect();
            gone.Send("""{"request":"wait","pane":1,"position":1000000,"timeout_ms":100}""");
            gone.Send("""{"request":"tr""");
        }

        using HostProcess.HostConnection other = host.Connect();
        other.Send("""{"request":"wait","pane":1,"position":1000000,"timeout_ms":60000}""");
        Assert.Single(Panes(client));
    }

    [Fact]
    public void A_client_that_waits_does_not_keep_the_host_from_ending()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        client.CreatePane();
        client.Send("""{"request":"wait","pane":1,"position":1000000,"timeout_ms":3600000}""");
        host.Terminate();
        Assert.Equal((0, ""), host.End());
    }

    [Fact]
    public void The_socket_is_the_owners_alone()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.Socket));
    }

    [Fact]
    public void The_socket_of_a_dead_host_is_replaced()
    {
        using TestDirectory directory = Require();
        using (HostProcess first = Start(directory))
        {
            first.Kill();
            first.End();
            Assert.Throws<SocketException>(first.Connect);
        }

        using HostProcess second = new(directory);
        second.AwaitServing();
        using HostProcess.HostConnection client = second.Connect();
        Assert.Equal(JsonValueKind.Array, client.Ask("""{"request":"tree"}""").GetProperty("sessions").ValueKind);
    }

    [Fact]
    public void The_socket_of_a_living_host_and_what_is_no_socket_are_left_alone()
    {
        using TestDirectory directory = Require();
        using (HostProcess first = Start(directory))
        {
            using HostProcess second = HostProcess.OfAnotherStore(directory);
            (int exitCode, string errors) = second.End();
            Assert.Equal(1, exitCode);
            Assert.Contains("Another host listens", errors, StringComparison.Ordinal);
            Assert.False(Directory.Exists(directory.Combine("other")));
            using HostProcess third = HostProcess.AtAnotherSocket(directory);
            Assert.StartsWith("StoreLocked: ", third.End().Errors, StringComparison.Ordinal);
            using HostProcess.HostConnection client = first.Connect();
            Assert.Equal("""{"sessions":[]}""", client.Ask("""{"request":"tree"}""").GetRawText());
            first.Terminate();
            first.End();
        }

        File.WriteAllText(directory.Combine("host.sock"), "mine");
        using HostProcess last = new(directory);
        Assert.Contains("is no socket", last.End().Errors, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(directory.Combine("host.sock")));
    }

    [Fact]
    public void The_client_types_reads_and_shows_the_tree()
    {
        using TestDirectory directory = Require();
        using HostProcess host = Start(directory);
        using HostProcess.HostConnection client = host.Connect();
        client.CreatePane("read line; echo it was $line; exec sleep 1000");
        Assert.Equal("", Run("send", "1", "typed", "text"));
        client.Await("it was typed text");
        Assert.Contains("it was typed text", Run("read", "1"), StringComparison.Ordinal);
        Assert.StartsWith("session 1: work\n  window 1 at 0: main (active)\n    pane 1: /bin/sh, running as ", Run("tree"), StringComparison.Ordinal);
        Assert.Contains("\"panes_running\":1,", Run("request", """{"request":"health"}"""), StringComparison.Ordinal);
        Assert.StartsWith("PaneNotFound: ", Run("read", "9"), StringComparison.Ordinal);
        Assert.StartsWith("Usage:", Run("serve"), StringComparison.Ordinal);
        string refused = Run("request", """{"request":"read","pane":1,"position":-4}""");
        Assert.StartsWith("{\"error\":\"BadRequest\"", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", refused, StringComparison.Ordinal);
        File.Delete(host.Socket);
        Assert.StartsWith("No host listens at '", Run("tree"), StringComparison.Ordinal);

        string Run(params string[] words)
        {
            ProcessStartInfo start = BuiltHarness.TerminalHost().With([.. words, "--socket", host.Socket], []).ToStartInfo();
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            return process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        }
    }

    private static TestDirectory Require()
    {
        Assert.SkipUnless(HasShell, "Needs /bin/sh.");
        return new TestDirectory();
    }

    private static HostProcess Start(TestDirectory directory)
    {
        HostProcess host = new(directory, "--create");
        host.AwaitServing();
        return host;
    }

    private static void Signal(HostProcess host, string name)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -s {name} {host.Id}"]);
        kill.WaitForExit();
    }

    private static JsonElement Pane(HostProcess.HostConnection client) => Panes(client).Single();

    private static JsonElement.ArrayEnumerator Panes(HostProcess.HostConnection client) =>
        client.Ask("""{"request":"tree"}""").GetProperty("sessions")[0].GetProperty("windows")[0].GetProperty("panes").EnumerateArray();
}
