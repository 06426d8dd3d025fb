using System.Runtime.InteropServices;
using Persistence.Platform;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Linux;
using Persistence.Terminals.Pty.Posix;
using Persistence.Tests.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Terminals.Pty;

[Collection(PtyLeaks.Name)]
public sealed partial class PtyLeakTests : IDisposable
{
    private const int OpenFilesLimit = 7;

    private readonly TestDirectory _directory = new();
    private readonly IPtySystem _system;

    public PtyLeakTests()
    {
        Command.Require();
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs /bin/sh.");
        _system = PtySystem.Create(SystemScheduler.Instance, TimeProvider.System);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_thousand_programs_leave_no_descriptor_and_no_zombie()
    {
        int before = OpenDescriptors.CountOfTerminals();
        List<int> processes = [];
        using (IPtyPoller poller = _system.CreatePoller())
        {
            for (int count = 0; count < 1000; count++)
                processes.Add(RunToItsEnd(poller));
        }
        Assert.Equal(before, OpenDescriptors.CountOfTerminals());
        Assert.DoesNotContain(processes, PtyReading.IsThere);
    }

    [Fact]
    public void Programs_that_are_hung_up_at_once_leave_no_zombie()
    {
        int before = OpenDescriptors.CountOfTerminals();
        List<IPty> ptys = [];
        for (int count = 0; count < 100; count++)
        {
            IPty pty = _system.Spawn(PtyReading.Shell(_directory.Path, "read a"));
            pty.Dispose();
            ptys.Add(pty);
        }
        Assert.Equal(before, OpenDescriptors.CountOfTerminals());
        using IPtyPoller poller = _system.CreatePoller();
        PtyReading.Until(() =>
        {
            poller.Wait([], TimeSpan.FromMilliseconds(10));
            return !ptys.Exists(static pty => PtyReading.IsThere(pty.ProcessId));
        }, () => "A zombie is left.");
    }

    [Fact]
    public async Task Programs_started_at_the_same_time_have_nothing_of_each_other()
    {
        Task<List<IPty>>[] starting = [.. Enumerable.Range(0, 8).Select(thread => Task.Run(() => Enumerable.Range(0, 25).Select(index => SpawnReady($"{thread}-{index}")).ToList()))];
        List<IPty> ptys = [.. (await Task.WhenAll(starting)).SelectMany(static found => found)];
        foreach (IPty pty in ptys)
        {
            IReadOnlyDictionary<int, string> open = OpenDescriptors.Of(pty.ProcessId);
            Assert.Equal([0, 1, 2], open.Keys.Order());
            Assert.Single(open.Values.Distinct());
        }
        Assert.Equal(ptys.Count, ptys.Select(static pty => OpenDescriptors.Of(pty.ProcessId)[0]).Distinct().Count());
        // Each is hung up by its own terminal: nobody else holds the other end.
        foreach (IPty pty in ptys)
        {
            Assert.Null(pty.FindExit());
            pty.Dispose();
            Assert.Equal(1, pty.WaitForExit().Signal);
        }
    }

    [Fact]
    public void Nothing_of_ours_is_inherited_by_programs_that_others_start()
    {
        HashSet<int> before = OpenDescriptors.OfTerminalsAndPollers();
        using IPty pty = SpawnReady("ready");
        using IPtyPoller poller = _system.CreatePoller();
        poller.Add(pty);
        int[] ours = [.. OpenDescriptors.OfTerminalsAndPollers().Except(before)];
        // Both ends of the terminal, what tells of its process, the poller and both ends of its pipe.
        Assert.InRange(ours.Length, 5, 6);
        Assert.All(ours, static descriptor => Assert.True(OpenDescriptors.IsClosedOnExec(descriptor)));
    }

    [Theory]
    [InlineData("no-such-program", ".")]
    [InlineData("/bin/sh", "nowhere")]
    [InlineData("./script", ".")]
    [InlineData("./data", ".")]
    public void What_cannot_be_started_leaves_nothing(string command, string directory)
    {
        Executable("script", "#!/nowhere/interpreter\n");
        Executable("data", "no program");
        int before = OpenDescriptors.CountOfTerminals();
        PtyStart start = PtyReading.Shell(_directory.Combine(directory), "exit 0") with { Command = command };
        for (int count = 0; count < 20; count++)
            Assert.Throws<PtySpawnException>(() => _system.Spawn(start));
        Assert.Equal(before, OpenDescriptors.CountOfTerminals());
        AssertNoZombie();
    }

    [Fact]
    public void Whichever_descriptor_is_not_to_be_had_nothing_is_left()
    {
        PtyStart start = PtyReading.Shell(_directory.Path, "read a");
        // Once each way, so that nothing is loaded while there are no descriptors.
        _system.Spawn(start).Dispose();
        Assert.Throws<PtySpawnException>(() => _system.Spawn(start with { Command = "/nowhere" }));
        int refused = 0;
        int before = OpenDescriptors.CountOfTerminals();
        while (!TrySpawn(start, refused))
        {
            refused++;
            Assert.Equal(before, OpenDescriptors.CountOfTerminals());
        }
        // Both ends of the terminal at least.
        Assert.InRange(refused, 2, 100);
        AssertNoZombie();
    }

    [Fact]
    public void A_poller_that_is_not_to_be_had_leaves_nothing()
    {
        _system.CreatePoller().Dispose();
        HashSet<int> before = OpenDescriptors.OfTerminalsAndPollers();
        int refused = 0;
        while (!TryCreatePoller(refused))
        {
            refused++;
            Assert.Equal(before.Order(), OpenDescriptors.OfTerminalsAndPollers().Order());
        }
        Assert.InRange(refused, 2, 100);
    }

    [Fact]
    public void Select_knows_descriptors_of_any_number()
    {
        using AnonymousPipes pipes = new();
        int high = Duplicate(pipes.Read, 3000);
        DescriptorSet set = new();
        Assert.False(Select(set, high));
        pipes.Send();
        Assert.True(Select(set, high));
        Assert.False(set.Contains(high - 1));
        _ = Close(high);
    }

    private static unsafe bool Select(DescriptorSet set, int descriptor)
    {
        set.Clear();
        set.Add(descriptor);
        long* timeout = stackalloc long[2] { 0, 10_000 };
        fixed (byte* bits = set.Bits)
        {
            Assert.True(LinuxCalls.Select(set.DescriptorsMax, bits, null, null, timeout) >= 0);
        }
        return set.Contains(descriptor);
    }

    private int RunToItsEnd(IPtyPoller poller)
    {
        using IPty pty = _system.Spawn(PtyReading.Shell(_directory.Path, "exit 7"));
        poller.Add(pty);
        List<PtyEvent> ready = [];
        PtyReading.Until(() =>
        {
            poller.Wait(ready, TimeSpan.FromSeconds(1));
            return ready.Exists(static found => found.HasExited);
        }, () => "The program runs.");
        poller.Remove(pty);
        Assert.Equal(7, pty.FindExit()!.Value.Code);
        return pty.ProcessId;
    }

    private IPty SpawnReady(string word)
    {
        IPty pty = _system.Spawn(PtyReading.Shell(_directory.Path, "echo \"$1\"; read a", "sh", word));
        pty.ReadUntil(word);
        return pty;
    }

    private void Executable(string name, string content)
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(_directory.Combine(name), content);
        File.SetUnixFileMode(_directory.Combine(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private bool TrySpawn(PtyStart start, int descriptors)
    {
        try
        {
            using IPty pty = WithDescriptors(descriptors, () => _system.Spawn(start));
            return true;
        }
        catch (PtySpawnException exception)
        {
            Assert.Equal(PtySpawnFault.TooManyOpenFiles, exception.Fault);
            return false;
        }
    }

    private bool TryCreatePoller(int descriptors)
    {
        try
        {
            WithDescriptors(descriptors, _system.CreatePoller).Dispose();
            return true;
        }
        catch (Persistence.Diagnostics.StoreException exception)
        {
            Assert.Equal(Persistence.Diagnostics.StoreError.TooManyOpenFiles, exception.Error);
            return false;
        }
    }

    // With so many free numbers below the limit. The limit is that of numbers, not of how many are open.
    private static T WithDescriptors<T>(int count, Func<T> action)
    {
        Limits limits = GetLimits();
        HashSet<int> used = [.. OpenDescriptors.Of(Environment.ProcessId).Keys];
        int limit = Enumerable.Range(0, int.MaxValue).Where(number => !used.Contains(number)).ElementAt(count);
        SetLimits(limits with { Soft = (ulong)limit });
        try
        {
            return action();
        }
        finally
        {
            SetLimits(limits);
        }
    }

    private static unsafe Limits GetLimits()
    {
        Limits limits;
        Assert.Equal(0, GetLimit(OpenFilesLimit, &limits));
        return limits;
    }

    private static unsafe void SetLimits(Limits limits) => Assert.Equal(0, SetLimit(OpenFilesLimit, &limits));

    // What earlier tests have hung up may end only now, and is waited for by a poller; what nobody knows of stays.
    private void AssertNoZombie()
    {
        using IPtyPoller poller = _system.CreatePoller();
        PtyReading.Until(() =>
        {
            poller.Wait([], TimeSpan.FromMilliseconds(10));
            return ChildrenThatEnded().Length == 0;
        }, () => "A zombie is left.");
    }

    // Zombies of ours: nobody has waited for them. Each thread has the children it has started.
    private static string[] ChildrenThatEnded() =>
        [.. Directory.GetDirectories($"/proc/{Environment.ProcessId}/task")
            .SelectMany(static thread => TryRead(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static id => TryRead($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal))];

    // Threads and processes come and go.
    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static unsafe partial int GetLimit(int resource, Limits* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static unsafe partial int SetLimit(int resource, Limits* limits);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int number);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    private record struct Limits(ulong Soft, ulong Hard);

    private sealed class AnonymousPipes : IDisposable
    {
        private readonly System.IO.Pipes.AnonymousPipeServerStream _write = new(System.IO.Pipes.PipeDirection.Out);

        public int Read => (int)_write.ClientSafePipeHandle.DangerousGetHandle();

        public void Send() => _write.Write([1]);

        public void Dispose() => _write.Dispose();
    }
}
