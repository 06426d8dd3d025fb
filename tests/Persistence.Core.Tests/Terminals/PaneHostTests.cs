using System.Text;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Platform;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class PaneHostTests
{
    [Fact]
    public void A_shell_answers_and_its_output_is_kept()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        store.Type(pane, "echo one$((1+1))three");
        store.Await(pane, "one2three");
        Assert.Equal(PaneStatus.Running, store.Terminals.Tree.Panes[pane].State.Status);
        Assert.True(store.Host.IsLive(pane));
    }

    [Fact]
    public void A_program_that_ends_leaves_its_exit_code_and_all_of_its_output()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; seq 1 20000; exit 7"));
        store.AwaitExit(pane);
        Assert.Equal(7, store.Terminals.Tree.Panes[pane].State.ExitCode);
        Assert.Equal(string.Concat(Enumerable.Range(1, 20_000).Select(static i => $"{i}\n")), Encoding.UTF8.GetString(store.Terminals.FindOutput(pane)!.Read(0).SelectMany(static piece => piece.Bytes.ToArray()).ToArray()));
        HostedStore.Await(() => !store.Host.IsLive(pane), () => "the pane to be let go of");
        Assert.Equal(StoreError.PaneNotRunning, Assert.Throws<StoreException>(() => store.Type(pane, "x")).Error);
    }

    [Fact]
    public void After_a_crash_panes_come_back_with_new_shells_and_old_output()
    {
        PaneId running;
        PaneId exited;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            running = store.StartPane();
            exited = store.StartPane(HostedStore.Sh("echo bye; exit 3"));
            store.Say(running, "before-the-crash");
            store.Await(running, "before-the-crash");
            store.AwaitExit(exited);
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.Contains("before-the-crash", again.Text(running), StringComparison.Ordinal);
        PaneRestoration[] restored = [.. again.Restore()];
        Assert.Equal([running, exited], restored.Select(static pane => pane.Pane));
        Assert.True(restored[0] is { IsAttempted: true, IsSpawned: true, Error: null, IsDirectoryRestored: true, IsEnvironmentRestored: true });
        Assert.True(restored[1] is { IsAttempted: false, ExitCode: 3 });
        again.Say(running, "after-the-crash");
        again.Await(running, "after-the-crash");
    }

    [Theory]
    [InlineData("yes & exit 4")]
    [InlineData("sleep 1000 & exit 4")]
    [InlineData("(trap '' HUP; while echo still here; do :; done) & exit 4")]
    public void What_a_program_leaves_behind_does_not_keep_its_end_from_being_noted(string script)
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh(script));
        store.AwaitExit(pane);
        Assert.Equal(4, store.Terminals.Tree.Panes[pane].State.ExitCode);
        HostedStore.Await(() => store.Host.LiveCount == 0, () => "the pane to be let go of");
    }

    [Fact]
    public void Closing_a_host_leaves_no_zombie()
    {
        HostedStore store = HostedStore.Create();
        PaneId[] panes = [.. Enumerable.Range(0, 5).Select(_ => store.StartPane())];
        int[] processes = [.. panes.Select(pane => store.Terminals.Tree.Panes[pane].State.Process!.Id)];
        store.Dispose();
        // One that takes its time is waited for by the next host that looks.
        using HostedStore next = HostedStore.Create();
        HostedStore.Await(
            () =>
            {
                next.StartPane();
                return !processes.Any(static process => Directory.Exists($"/proc/{process}"));
            },
            () => "the end of all of them");
    }

    [Fact]
    public void Closing_a_host_notes_panes_as_detached()
    {
        PaneId pane;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            pane = store.StartPane();
            store.Say(pane, "kept");
            store.Await(pane, "kept");
            store.Dispose();
            disk = store.Files;
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.Equal(PaneStatus.Detached, again.Terminals.Tree.Panes[pane].State.Status);
        Assert.True(Assert.Single(again.Restore()).IsSpawned);
    }

    [Fact]
    public void A_program_that_ends_while_its_host_is_closed_has_ended_with_its_last_words_or_not_at_all()
    {
        using HostedStore store = HostedStore.Create();
        LateWords ptys = new(PtySystem.Create(SystemScheduler.Instance, TimeProvider.System));
        PaneId pane = store.AddPane(HostedStore.Sh("exec sleep 1000"));
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        Assert.True(host.Start(pane));
        ptys.EndsWhenAsked = true;
        host.Dispose();
        bool hasEnded = store.Terminals.Tree.Panes[pane].State.Status == PaneStatus.Exited;
        Assert.Equal(hasEnded ? LateWords.Words : "", store.Text(pane));
    }

    [Fact]
    public void A_flood_blocks_nobody_and_takes_no_more_memory_than_it_may()
    {
        using HostedStore store = HostedStore.Create();
        PaneId flood = store.StartPane(HostedStore.Sh("yes 'a rather long line that is written over and over again'"));
        PaneId calm = store.StartPane();
        HostedStore.Await(() => store.Terminals.FindOutput(flood)!.End > 20_000_000, () => "the flood");
        store.Say(calm, "still-here");
        store.Await(calm, "still-here");
        Assert.True(store.Terminals.FindOutput(flood)!.KeptLineFeeds < 12_000);
        store.Host.Kill(flood);
        store.AwaitExit(flood);
        Assert.Equal(128 + 9, store.Terminals.Tree.Panes[flood].State.ExitCode);
    }

    [Fact]
    public void A_flood_that_is_to_be_kept_waits_for_checkpoints_and_nobody_else_does()
    {
        const int Mebibyte = 1 << 20;
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with
        {
            SpareSegments = 1,
            TerminalScrollbackMemoryBytes = Mebibyte,
            TerminalScrollbackLines = 0,
            TerminalScrollbackBytes = 1L << 40,
        });
        PaneId flood = store.StartPane(HostedStore.Sh("yes 'a rather long line that is written over and over again'"));
        PaneId calm = store.StartPane();
        long most = 0;
        HostedStore.Await(
            () =>
            {
                most = Math.Max(most, store.Terminals.UnstoredBytes);
                return store.Terminals.FindOutput(flood)!.End > 60 * Mebibyte;
            },
            () => $"the flood at {store.Terminals.FindOutput(flood)!.End}");
        // Four times what is allowed, and what was on its way.
        Assert.InRange(most, Mebibyte, 8 * Mebibyte);
        store.Say(calm, "still-here");
        store.Await(calm, "still-here");
        Assert.Equal(store.Terminals.FindOutput(flood)!.KeptBytes, store.Terminals.FindOutput(flood)!.End);
    }

    [Fact]
    public void A_resized_pane_tells_its_program()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"));
        store.Await(pane, "ready");
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.ResizePane(pane, new TerminalSize(132, 43));
        store.Host.Commit(batch);
        store.Await(pane, "43 132");
        Assert.Equal(new TerminalSize(132, 43), store.Terminals.Tree.Panes[pane].Size);
    }

    [Fact]
    public void Titles_and_directories_are_followed()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        store.Type(pane, "cd /usr && printf '\\033]2;the %s\\007' title");
        HostedStore.Await(() => store.Terminals.Tree.Panes[pane] is { Title: "the title", WorkingDirectory: "/usr" }, () => $"title and directory: {store.Terminals.Tree.Panes[pane]}");
        SimulatedFileSystem disk = store.Kill();
        using HostedStore again = HostedStore.Open(disk);
        Assert.Equal("/usr", Assert.Single(again.Restore()).Directory);
        again.Type(pane, "echo at-$PWD");
        again.Await(pane, "at-/usr");
    }

    [Theory]
    [InlineData(0, "/usr")]
    [InlineData(500, "/tmp")]
    public void Where_the_system_knows_the_directory_it_does_not_count_what_a_program_says(int intervalMs, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The system may not know it.");
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalDirectoryIntervalMs = intervalMs });
        PaneId pane = store.StartPane(HostedStore.Sh("cd /tmp; echo ready; read x; printf '\\033]7;file:///usr\\007'; echo said; exec cat"));
        store.Await(pane, "ready");
        if (intervalMs > 0)
            HostedStore.Await(() => store.Terminals.Tree.Panes[pane].WorkingDirectory == expected, () => "a look at the directory");
        store.Type(pane, "");
        store.Await(pane, "said");
        Assert.True(store.Host.Flush(HostedStore.Patience));
        Assert.Equal(expected, store.Terminals.Tree.Panes[pane].WorkingDirectory);
    }

    [Fact]
    public void A_recorded_session_goes_in_and_comes_back_byte_for_byte()
    {
        byte[] session = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Terminals", "Recordings", "session.bin"));
        string directory = Directory.CreateTempSubdirectory("recorded-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(directory, "session"), session);
            PaneId pane;
            SimulatedFileSystem disk;
            // 1,024 bytes to a batch: sequences are cut everywhere.
            using (HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalOutputBatchBytes = 1024, TerminalOutputBatchMs = 0 }))
            {
                pane = store.StartPane(HostedStore.Sh("stty raw; for i in 1 2 3 4 5 6 7 8; do cat session; done") with { WorkingDirectory = directory });
                store.AwaitExit(pane);
                store.Store.TakeCheckpoint();
                disk = store.Kill();
            }

            using HostedStore again = HostedStore.Open(disk);
            byte[] expected = [.. Enumerable.Repeat(session, 8).SelectMany(static bytes => bytes)];
            Assert.Equal(expected, again.Terminals.FindOutput(pane)!.Read(0).SelectMany(static piece => piece.Bytes.ToArray()));
            Assert.Contains(again.Terminals.FindOutput(pane)!.Scrollback.Chunks, static chunk => chunk.IsStored);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Every_byte_there_is_comes_through_in_both_directions()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("stty raw -echo; echo ready; head -c 512"));
        store.Await(pane, "ready");
        byte[] all = [.. Enumerable.Range(0, 512).Select(static i => (byte)i)];
        store.Host.Send(pane, all.AsSpan(0, 300));
        store.Host.Send(pane, all.AsSpan(300));
        store.AwaitExit(pane);
        byte[] output = store.Terminals.FindOutput(pane)!.ReadAll();
        Assert.Equal(all, output[^512..]);
    }

    [Fact]
    public void Secrets_are_given_to_programs_and_kept_nowhere()
    {
        const string Secret = "correct-horse-battery-staple";
        PaneId pane;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            SecretVariables variables = store.Host.Separate(new Dictionary<string, string?> { ["DB_PASSWORD"] = Secret, ["PLAIN"] = "plain", ["LANG"] = null });
            pane = store.AddPane(HostedStore.Sh("echo ${#DB_PASSWORD} $PLAIN; exec cat") with { Environment = variables.Kept });
            Assert.True(store.Host.Start(pane, variables.Secrets));
            store.Await(pane, $"{Secret.Length} plain");
            store.Host.Restart(pane);
            HostedStore.Await(() => store.Text(pane).Split($"{Secret.Length} plain").Length == 3, () => "the secret after a restart");
            store.Store.TakeCheckpoint();
            disk = store.Kill();
        }

        StoreImage image = StoreImage.Of(disk);
        Assert.DoesNotContain(image.Paths, path => image[path].AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0);
        using HostedStore again = HostedStore.Open(disk);
        PaneRestoration restored = Assert.Single(again.Restore());
        Assert.Equal(["DB_PASSWORD"], restored.WithheldVariables);
        Assert.False(restored.IsEnvironmentRestored);
        Assert.Contains("DB_PASSWORD", restored.Warning, StringComparison.Ordinal);
        again.Await(pane, "0 plain");
    }

    [Fact]
    public void Sessions_and_panes_say_what_programs_find_in_their_environment()
    {
        using HostedStore store = HostedStore.Create(environment: new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["A"] = "inherited", ["B"] = "inherited", ["C"] = "inherited", ["D"] = "inherited", ["COLUMNS"] = "7" });
        PaneId pane = store.AddPane(HostedStore.Sh("echo =$A=$B=$C=$D=$E=$TERM=$COLUMNS=; env | wc -l") with { Environment = [EnvironmentEntry.Set("B", "pane"), EnvironmentEntry.Remove("D")] });
        TerminalBatch batch = store.Terminals.CreateBatch();
        SessionId session = store.Terminals.Tree.FindSession("work")!.Id;
        foreach (EnvironmentEntry entry in (EnvironmentEntry[])[EnvironmentEntry.Set("B", "session"), EnvironmentEntry.Remove("C"), EnvironmentEntry.Set("E", "session"), EnvironmentEntry.Set("D", "session")])
            batch.SetEnvironment(session, entry);
        store.Host.Commit(batch);
        Assert.True(store.Host.Start(pane));
        store.AwaitExit(pane);
        Assert.StartsWith("=inherited=pane===session=xterm-256color==", store.Text(pane), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_gone_is_replaced_when_a_pane_is_restored_and_said_so()
    {
        string directory = Directory.CreateTempSubdirectory("gone-").FullName;
        PaneId pane;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            pane = store.StartPane(TerminalStore.Shell with { WorkingDirectory = directory });
            HostedStore.Await(() => store.Terminals.Tree.Panes[pane].WorkingDirectory is not null, () => "the directory");
            disk = store.Kill();
        }

        Directory.Delete(directory);
        using HostedStore again = HostedStore.Open(disk, environment: new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/usr" });
        PaneRestoration restored = Assert.Single(again.Restore());
        Assert.True(restored is { IsSpawned: true, IsDirectoryRestored: false, Directory: "/usr" });
        Assert.Contains("/usr", restored.Warning, StringComparison.Ordinal);
        again.Type(pane, "echo at-$PWD");
        again.Await(pane, "at-/usr");
        // Who starts a program, instead of going on with one, is told.
        PaneId other = again.AddPane(TerminalStore.Shell with { WorkingDirectory = directory });
        Assert.Equal(StoreError.PtySpawnFailed, Assert.ThrowsAny<StoreException>(() => again.Host.Start(other)).Error);
        Assert.Equal(PaneStatus.Detached, again.Terminals.Tree.Panes[other].State.Status);
    }

    [Fact]
    public void What_cannot_be_started_is_reported_and_the_others_come_back()
    {
        SimulatedFileSystem disk;
        PaneId missing;
        PaneId[] shells;
        using (HostedStore store = HostedStore.Create())
        {
            PaneId first = store.StartPane();
            missing = store.AddPane(new PaneConfiguration { Command = "no-such-program-anywhere" });
            shells = [first, store.StartPane()];
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Dictionary<PaneId, PaneRestoration> restored = again.Restore().ToDictionary(static pane => pane.Pane);
        Assert.All(shells, pane => Assert.True(restored[pane].IsSpawned));
        Assert.True(restored[missing] is { IsAttempted: true, IsSpawned: false, Error.Error: StoreError.PtySpawnFailed });
        Assert.Contains("no-such-program-anywhere", restored[missing].Error!.Message, StringComparison.Ordinal);
        TerminalBatch batch = again.Terminals.CreateBatch();
        batch.ConfigurePane(missing, HostedStore.Sh("echo mended"));
        again.Host.Commit(batch);
        Assert.True(again.Host.Start(missing));
        again.Await(missing, "mended");
    }

    [Fact]
    public void A_restore_command_runs_instead_when_there_is_one()
    {
        SimulatedFileSystem disk;
        PaneId pane;
        using (HostedStore store = HostedStore.Create())
        {
            pane = store.StartPane(HostedStore.Sh("echo first; exec cat") with { RestoreCommand = new PaneCommand("/bin/sh", ["-c", "echo again; exec cat"]) });
            store.Await(pane, "first");
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.True(Assert.Single(again.Restore()) is { IsRestoreCommand: true, Command: "/bin/sh" });
        again.Await(pane, "again");
    }

    [Fact]
    public void A_process_that_has_outlived_its_host_is_named()
    {
        SimulatedFileSystem disk;
        PaneId pane;
        int process;
        using (HostedStore store = HostedStore.Create())
        {
            pane = store.StartPane(HostedStore.Sh("trap '' HUP; echo immune; while :; do sleep 0.1; done"));
            store.Await(pane, "immune");
            process = store.Terminals.Tree.Panes[pane].State.Process!.Id;
            disk = store.Kill();
        }

        try
        {
            using HostedStore again = HostedStore.Open(disk);
            PaneRestoration restored = Assert.Single(again.Restore());
            Assert.Equal(process, restored.PreviousProcessId);
            Assert.True(restored.IsSpawned);
            again.Host.Kill(pane);
            again.AwaitExit(pane);
        }
        finally
        {
            System.Diagnostics.Process.GetProcessById(process).Kill();
        }
    }

    [Theory]
    [InlineData("pane")]
    [InlineData("window")]
    [InlineData("session")]
    public void What_is_destroyed_is_hung_up(string what)
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        PaneId other = store.StartPane(session: "other");
        int process = store.Terminals.Tree.Panes[pane].State.Process!.Id;
        TerminalBatch batch = store.Terminals.CreateBatch();
        TerminalWindow window = store.Terminals.Tree.Windows[store.Terminals.Tree.Panes[pane].Window];
        if (what == "pane")
            batch.DestroyPane(pane);
        else if (what == "window")
            batch.DestroyWindow(window.Id);
        else
            batch.DestroySession(window.Session);
        store.Host.Commit(batch);
        HostedStore.Await(() => !Directory.Exists($"/proc/{process}") && store.Host.LiveCount == 1, () => "the end of the program");
        Assert.Null(store.Terminals.FindOutput(pane));
        Assert.Equal(StoreError.PaneNotFound, Assert.Throws<StoreException>(() => store.Type(pane, "x")).Error);
        store.Say(other, "unharmed");
        store.Await(other, "unharmed");
    }

    [Fact]
    public void A_restarted_pane_goes_on_behind_its_old_output()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("echo $$ begins; exec cat"));
        store.Await(pane, "begins");
        int first = store.Terminals.Tree.Panes[pane].State.Process!.Id;
        store.Host.Restart(pane);
        int second = store.Terminals.Tree.Panes[pane].State.Process!.Id;
        store.Await(pane, $"{second} begins");
        Assert.Contains($"{first} begins", store.Text(pane), StringComparison.Ordinal);
        HostedStore.Await(() => !Directory.Exists($"/proc/{first}"), () => "the end of the first");
    }

    [Fact]
    public void A_full_disk_makes_programs_wait_and_loses_nothing()
    {
        using HostedStore store = HostedStore.Create(TestStore.SmallOptions);
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; echo ready; read go; seq 1 60000"));
        store.Await(pane, "ready");
        store.Files.CapacityBytes = 256 << 10;
        // What is read fills the log, and then there is no room for a segment.
        store.Type(pane, "go");
        Exception? seen = null;
        HostedStore.Await(
            () => (seen = store.Host.Failure) is StoreException { Error: StoreError.DiskFull } || store.Terminals.Tree.Panes[pane].State.Status == PaneStatus.Exited, () => "the disk to be full");
        store.Files.CapacityBytes = long.MaxValue;
        store.AwaitExit(pane);
        string text = Encoding.UTF8.GetString(store.Terminals.FindOutput(pane)!.Read(0).SelectMany(static piece => piece.Bytes.ToArray()).ToArray());
        Assert.EndsWith(string.Concat(Enumerable.Range(50_000, 10_001).Select(static i => $"{i}\n")), text, StringComparison.Ordinal);
        Assert.Null(store.Host.Failure);
        Assert.IsType<StoreException>(seen, exactMatch: false);
    }

    [Fact]
    public void After_a_failed_write_nothing_is_started_and_closing_does_not_hang()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        PaneId other = store.AddPane();
        store.Files.FailSync(new FailingSync("wal/", FlushFailure.Forgotten));
        store.Say(pane, "x");
        HostedStore.Await(() => store.Host.Failure is StoreException { Error: StoreError.StoreFaulted }, () => "the failure");
        Assert.Equal(StoreError.StoreFaulted, Assert.Throws<StoreException>(() => store.Host.Start(other)).Error);
        Assert.Equal(StoreError.StoreFaulted, Assert.Throws<StoreException>(() => store.Host.Restart(pane)).Error);
        Assert.True(store.Host.IsLive(pane));
        Assert.Equal(StoreError.StoreFaulted, Assert.Throws<StoreException>(() => store.Host.WaitForOutput(pane, long.MaxValue / 4, HostedStore.Patience)).Error);
        Assert.Equal(StoreError.StoreFaulted, Assert.Throws<StoreException>(store.Host.Flush).Error);
    }

    [Fact]
    public void Input_that_nobody_takes_is_refused_when_there_is_too_much_of_it()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("stty raw -echo; echo ready; exec sleep 1000"));
        store.Await(pane, "ready");
        byte[] piece = new byte[100_000];
        Assert.Equal(StoreError.RecordTooLarge, Assert.Throws<StoreException>(() =>
        {
            for (int i = 0; i < 20; i++)
                store.Host.Send(pane, piece);
        }).Error);
        Assert.True(store.Host.IsLive(pane));
    }

    [Fact]
    public void Flush_waits_for_what_was_read()
    {
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalOutputBatchMs = 10_000 });
        PaneId pane = store.StartPane(HostedStore.Sh("echo now; exec cat"));
        HostedStore.Await(
            () =>
            {
                store.Host.Flush();
                return store.Text(pane).Contains("now", StringComparison.Ordinal);
            },
            () => "the output");
    }

    [Fact]
    public void Flush_ends_with_its_time_and_where_nothing_can_be_logged_just_now()
    {
        using HostedStore store = HostedStore.Create(TestStore.SmallOptions);
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; echo ready; read go; seq 1 60000"));
        store.Await(pane, "ready");
        Assert.True(store.Host.Flush(HostedStore.Patience));
        store.Files.CapacityBytes = 256 << 10;
        store.Type(pane, "go");
        HostedStore.Await(() => store.Host.Failure is StoreException { Error: StoreError.DiskFull }, () => "the disk to be full");
        StoreException refused = Assert.Throws<StoreException>(() => store.Host.Flush(HostedStore.Patience));
        Assert.Equal(StoreError.DiskFull, refused.Error);
        Assert.False(store.Host.Flush(TimeSpan.Zero));
        store.Files.CapacityBytes = long.MaxValue;
        store.AwaitExit(pane);
    }

    [Fact]
    public void The_secrets_of_a_pane_can_be_told_before_it_is_started()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.AddPane(TerminalStore.Shell with { Environment = [EnvironmentEntry.Withhold("API_TOKEN"), EnvironmentEntry.Withhold("OTHER_TOKEN")] });
        store.Host.KeepSecrets(pane, new Dictionary<string, string> { ["API_TOKEN"] = "first", ["OTHER_TOKEN"] = "second" });
        store.Host.KeepSecrets(pane, new Dictionary<string, string> { ["API_TOKEN"] = "hush" });
        Assert.True(store.Host.Start(pane));
        store.Type(pane, "echo \"[$API_TOKEN+$OTHER_TOKEN]\"");
        store.Await(pane, "[hush+second]");
    }

    [Fact]
    public void A_secret_of_a_session_is_none_of_a_pane_that_has_one_of_the_same_name()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.AddPane(HostedStore.Sh("echo \"[$API_TOKEN+$OTHER_TOKEN]\"; exec cat") with { Environment = [EnvironmentEntry.Withhold("API_TOKEN")] });
        SessionId session = store.Terminals.Tree.FindSession("work")!.Id;
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.SetEnvironment(session, EnvironmentEntry.Withhold("API_TOKEN"));
        batch.SetEnvironment(session, EnvironmentEntry.Withhold("OTHER_TOKEN"));
        store.Host.Commit(batch);
        store.Host.KeepSecrets(session, new Dictionary<string, string> { ["API_TOKEN"] = "of-session", ["OTHER_TOKEN"] = "of-session-too" });
        Assert.Equal(["API_TOKEN"], Assert.Single(store.Restore()).WithheldVariables);
        store.Await(pane, "[+of-session-too]");
        store.Host.Restart(pane, new Dictionary<string, string> { ["API_TOKEN"] = "of-pane", ["OTHER_TOKEN"] = "of-pane-too" });
        store.Await(pane, "[of-pane+of-pane-too]");
    }

    [Fact]
    public void Whoever_waits_for_output_is_woken_and_told_when_there_will_be_none()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("read a; echo got-$a; read b"));
        Assert.False(store.Host.WaitForOutput(pane, 0, TimeSpan.FromMilliseconds(20)));
        store.Type(pane, "one");
        long position = 0;
        while (!store.Text(pane).Contains("got-one", StringComparison.Ordinal))
        {
            Assert.True(store.Host.WaitForOutput(pane, position, HostedStore.Patience));
            position = store.Terminals.FindOutput(pane)!.End;
        }

        store.Type(pane, "two");
        while (store.Host.WaitForOutput(pane, position, HostedStore.Patience))
            position = store.Terminals.FindOutput(pane)!.End;
        HostedStore.Await(() => !store.Host.IsLive(pane), () => "the end");
    }

    [Fact]
    public void Starting_a_pane_that_runs_does_nothing()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        int process = store.Terminals.Tree.Panes[pane].State.Process!.Id;
        Assert.False(store.Host.Start(pane));
        Assert.True(Assert.Single(store.Restore()) is { IsAttempted: false } restored && restored.ProcessId == process);
        Assert.Equal(StoreError.PaneNotFound, Assert.Throws<StoreException>(() => store.Host.Start(new PaneId(99))).Error);
    }

    [Fact]
    public void Many_panes_run_at_once_and_come_back()
    {
        const int Panes = 60;
        SimulatedFileSystem disk;
        PaneId[] panes;
        using (HostedStore store = HostedStore.Create())
        {
            panes = [.. Enumerable.Range(0, Panes).Select(_ => store.StartPane())];
            foreach (PaneId pane in panes)
                store.Type(pane, $"echo this-is-$(({pane}+0))-here");
            foreach (PaneId pane in panes)
                store.Await(pane, $"this-is-{pane}-here");
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.All(again.Restore(), static pane => Assert.True(pane.IsSpawned));
        foreach (PaneId pane in panes)
            again.Type(pane, $"echo again-$(({pane}+0))-here");
        foreach (PaneId pane in panes)
        {
            again.Await(pane, $"again-{pane}-here");
            Assert.Contains($"this-is-{pane}-here", again.Text(pane), StringComparison.Ordinal);
        }
    }
}
