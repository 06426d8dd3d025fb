using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class CrashStateEnumeratorTests
{
    [Theory]
    [InlineData(0, new[] { "f=.3", "f=a.2", "f=ab.", "f=abc" })]
    [InlineData(1, new[] { "f=.3", "f=a.2", "f=ab.", "f=abc" })]
    [InlineData(2, new[] { "f=.3", "f=.b.", "f=.bc", "f=a.2", "f=a.c", "f=ab." })]
    [InlineData(4, new[] { "f=.2c", "f=.b.", "f=a.2" })]
    [InlineData(5, new[] { "f=.2c", "f=.3", "f=.b.", "f=a.2" })]
    [InlineData(6, new[] { "f=.2c", "f=.3", "f=.b.", "f=.bc", "f=a.2", "f=a.c", "f=ab.", "f=abc" })]
    public void A_tier_goes_through_its_states(int tier, string[] expected)
    {
        CrashStates states = ThreeWrites();
        Assert.Equal(expected, states.Enumerated(CrashProfile.PosixMin, tier));
    }

    [Fact]
    public void A_write_is_torn_into_sectors_and_into_garbage()
    {
        CrashStates states = CrashStates.On(disk => Make(disk, 1024));
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        Write(file, 'a', 1024, 0);
        SortedSet<string> found = states.Enumerated(CrashProfile.PosixMin, 3);
        Assert.Contains("f=a512.512", found);
        Assert.Contains("f=.512a512", found);
        Assert.Contains(found, state => state.Contains('?', StringComparison.Ordinal) && state.EndsWith("a512", StringComparison.Ordinal));
    }

    [Fact]
    public void A_disk_may_spoil_the_rest_of_a_sector_only_where_it_does_not_promise_otherwise()
    {
        CrashStates states = CrashStates.On(disk => Make(disk, 1024));
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        file.Write("aa"u8, 100);
        Assert.DoesNotContain(states.Enumerated(CrashProfile.PosixMin, 3), state => state.StartsWith("f=?", StringComparison.Ordinal));
        SortedSet<string> spoiled = states.Enumerated(CrashProfile.NoPowersafeOverwrite, 3);
        Assert.Contains(spoiled, state => state.StartsWith("f=?", StringComparison.Ordinal) && state.EndsWith(".512", StringComparison.Ordinal));
        // Not beyond the sector.
        Assert.DoesNotContain(spoiled, state => !state.EndsWith(".512", StringComparison.Ordinal) && !state.EndsWith(".922", StringComparison.Ordinal) && !state.EndsWith(".1024", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_writes_may_both_be_there_in_part()
    {
        CrashStates states = CrashStates.On(disk => Make(disk, 2048));
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        Write(file, 'a', 1024, 0);
        Write(file, 'b', 1024, 1024);
        SortedSet<string> found = states.Enumerated(CrashProfile.PosixMin, 6, max: 20_000);
        Assert.Contains("f=a512.512b512.512", found);
        Assert.Contains("f=.512a512.512b512", found);
        Assert.Contains("f=a512.1024b512", found);
    }

    [Fact]
    public void What_is_missing_of_a_write_that_made_a_file_longer_may_show_what_was_there_before()
    {
        CrashStates states = CrashStates.On(disk => Make(disk, 0));
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        Write(file, 'a', 1024, 0);
        Assert.Contains(states.Enumerated(CrashProfile.Ext4Writeback, 3), state => state.StartsWith("f=a512", StringComparison.Ordinal) && state.Contains('?', StringComparison.Ordinal));
        Assert.Contains("f=a512.512", states.Enumerated(CrashProfile.Ext4Writeback, 3));
    }

    [Fact]
    public void The_same_seed_gives_the_same_choices()
    {
        CrashStates states = ThreeWrites();
        Assert.Equal(Choices(states, 1), Choices(states, 1));
        Assert.NotEqual(Choices(states, 1), Choices(states, 2));
    }

    private static List<string> Choices(CrashStates states, long seed)
    {
        DiskTrace trace = states.Recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        return [.. new CrashStateEnumerator(space, 0, trace.End, seed).Enumerate(6).Take(50).Select(choice => $"{choice.Cut}:{string.Join(',', choice.Keeps)}")];
    }

    private static CrashStates ThreeWrites()
    {
        CrashStates states = CrashStates.On(disk => Make(disk, 3));
        using IFile file = states.Disk.Open("f", FileIntent.ReadWrite);
        for (int i = 0; i < 3; i++)
            file.Write([(byte)('a' + i)], i);
        return states;
    }

    private static void Write(IFile file, char letter, int bytes, long position)
    {
        byte[] written = new byte[bytes];
        written.AsSpan().Fill((byte)letter);
        file.Write(written, position);
    }

    private static void Make(SimulatedFileSystem disk, int bytes)
    {
        using IFile file = disk.Open("f", FileIntent.CreateNew);
        file.Allocate(bytes);
    }
}
