using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Locking;

/// <summary>Who gets a store's lock when several want it: the argument of Locking/FORMAT.md, step by step.</summary>
public sealed class LockQueueTests
{
    private const int Often = 50;

    private readonly SimulatedFileSystem _disk = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_free_lock_is_taken_without_creating_or_changing_anything_else()
    {
        List<string> operations = [];
        FaultInjectingFileSystem watched = new(_disk, (in StorageOperation operation) =>
        {
            operations.Add($"{operation.Kind} {operation.Path}");
            return null;
        });
        using Contender first = new(watched, timeoutMs: 0);
        Assert.True(first.HasLock);
        first.Release();
        using Contender second = new(watched, timeoutMs: 1000);
        Assert.True(second.HasLock);
        string[] each = ["Open LOCK", "List ", "TryLock LOCK"];
        Assert.Equal([.. each, .. each], operations);
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void Who_does_not_want_to_wait_leaves_no_trace()
    {
        using Contender holder = Come();
        using Contender second = new(_disk, timeoutMs: 0);
        Assert.Equal(StoreError.StoreLocked, Assert.IsType<StoreLockedException>(second.Failure).Error);
        Assert.Equal(["LOCK"], Names());
        Assert.Empty(second.Pauses);
    }

    [Fact]
    public void Waiters_have_the_lock_in_the_order_they_came_however_often_the_later_ones_look()
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        using Contender third = Come();
        Assert.Equal(3, Tickets().Length);
        holder.Release();
        third.Step(Often);
        second.Step(Often);
        Assert.False(second.HasLock || third.HasLock);
        first.Step();
        Assert.True(first.HasLock);
        Assert.Equal(2, Tickets().Length);
        first.Release();
        third.Step(Often);
        Assert.False(third.HasLock);
        second.Step();
        second.Release();
        third.Step();
        third.Release();
        Assert.Empty(Tickets());
    }

    [Fact]
    public void Who_releases_the_lock_and_wants_it_again_at_once_comes_last()
    {
        using Contender first = Come();
        using Contender second = Come();
        using Contender third = Come();
        first.Release();
        using Contender again = Come();
        Assert.True(again.IsWaiting);
        again.Step(Often);
        second.Step();
        second.Release();
        again.Step(Often);
        Assert.False(again.HasLock);
        third.Step();
        third.Release();
        again.Step();
        Assert.True(again.HasLock);
    }

    [Fact]
    public void Who_does_not_want_to_wait_does_not_get_in_ahead_of_those_who_do()
    {
        using Contender holder = Come();
        using Contender waiter = Come();
        holder.Release();
        using Contender hasty = new(_disk, timeoutMs: 0);
        StoreLockedException refused = Assert.IsType<StoreLockedException>(hasty.Failure);
        Assert.Equal((StoreError.StoreLocked, null), (refused.Error, refused.Owner));
        Assert.Contains("Others wait", refused.Message, StringComparison.Ordinal);
        waiter.Kill();
        using Contender next = new(_disk, timeoutMs: 0);
        Assert.True(next.HasLock);
        Assert.Empty(Tickets());
    }

    [Fact]
    public void A_dead_holder_is_followed_by_the_first_of_the_queue_at_its_next_look()
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        first.Step(Often);
        holder.Kill();
        second.Step(Often);
        first.Step();
        Assert.True(first.HasLock);
        Assert.False(second.HasLock);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_dead_waiter_keeps_nobody_waiting(int dead)
    {
        using Contender holder = Come();
        Contender[] waiters = [Come(), Come(), Come()];
        waiters[dead].Kill();
        holder.Release();
        foreach (Contender waiter in waiters.Where((_, i) => i != dead))
        {
            waiter.Step();
            Assert.True(waiter.HasLock);
            waiter.Release();
        }

        // One at the very end is nobody's predecessor: it is left to the next who comes.
        using Contender next = new(_disk, timeoutMs: 0);
        Assert.True(next.HasLock);
        Assert.Equal(["LOCK"], Names());
        Array.ForEach(waiters, waiter => waiter.Dispose());
    }

    [Fact]
    public void All_waiters_of_a_killed_group_are_gone_at_once()
    {
        Contender[] group = [Come(), Come(), Come(), Come()];
        Array.ForEach(group, member => member.Kill());
        Assert.Equal(3, Tickets().Length);
        using Contender next = Come();
        Assert.True(next.HasLock);
        Assert.Empty(Tickets());
        Array.ForEach(group, member => member.Dispose());
    }

    /// <summary>The moments at which somebody else takes a new ticket for a dead one's: before it is locked, and while its owner locks it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ticket_that_is_taken_for_a_dead_one_s_is_taken_anew(bool isLookedAtMeanwhile)
    {
        using Contender holder = Come();
        IFile? looking = null;
        List<string> taken = [];
        FaultInjectingFileSystem files = new(_disk, (in StorageOperation operation) =>
        {
            if (operation.Kind != StorageOperationKind.TryLock || !operation.Path.StartsWith("LOCK-wait-", StringComparison.Ordinal))
                return null;
            taken.Add(operation.Path);
            if (taken.Count > 1)
                return null;
            if (isLookedAtMeanwhile)
                Assert.True((looking = _disk.Open(operation.Path, FileIntent.Read)).TryLock(FileLockKind.Shared));
            else
                Assert.False(LockQueue.IsWaiting(_disk, operation.Path));
            return null;
        });
        using Contender waiter = new(files, _clock);
        looking?.Dispose();
        Assert.Equal(2, taken.Count);
        Assert.Equal(taken[1], Assert.Single(Tickets()));
        Assert.True(LockQueue.IsWaiting(_disk, taken[1]));
        holder.Release();
        waiter.Step();
        Assert.True(waiter.HasLock);
    }

    [Fact]
    public void A_ticket_is_removed_only_while_nobody_can_lock_it()
    {
        string ticket = LockQueue.NextName([], Guid.Empty);
        using IFile mine = _disk.Open(ticket, FileIntent.CreateNew);
        int removals = 0;
        FaultInjectingFileSystem others = new(_disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Delete && ++removals > 0)
                Assert.False(mine.TryLock(FileLockKind.Exclusive));
            return null;
        });
        Assert.False(LockQueue.IsWaiting(others, ticket));
        Assert.Equal(1, removals);
        Assert.Empty(Tickets());
    }

    [Fact]
    public void Two_who_take_the_same_number_are_told_apart_by_their_ids_and_both_are_served()
    {
        using Contender holder = Come();
        Contender? other = null;
        FaultInjectingFileSystem slow = new(_disk, (in StorageOperation operation) =>
        {
            // It has listed the queue, and before it has a ticket somebody else comes, with the same random numbers even.
            if (operation.Kind == StorageOperationKind.Open && operation.Path.StartsWith("LOCK-wait-", StringComparison.Ordinal))
                other ??= new Contender(_disk, _clock, new SeededRandom(1));
            return null;
        });
        using Contender late = new(slow, _clock, new SeededRandom(1));
        string[] tickets = Tickets();
        Assert.Equal(2, tickets.Length);
        holder.Release();
        late.Step(Often);
        other!.Step(Often);
        Assert.NotEqual(late.HasLock, other.HasLock);
        (Contender first, Contender second) = late.HasLock ? (late, other) : (other, late);
        first.Release();
        second.Step();
        Assert.True(second.HasLock);
        other.Dispose();
    }

    [Fact]
    public void One_who_was_slow_to_queue_up_keeps_the_place_it_had_when_it_came()
    {
        using Contender holder = Come();
        Contender[] others = [];
        FaultInjectingFileSystem slow = new(_disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && operation.Path.StartsWith("LOCK-wait-", StringComparison.Ordinal) && others.Length == 0)
                others = [Come(), Come(), Come()];
            return null;
        });
        using Contender late = new(slow, _clock);
        holder.Release();
        others[2].Step(Often);
        others[1].Step(Often);
        Assert.False(others[1].HasLock || others[2].HasLock);
        late.Step();
        others[0].Step();
        // Two may think that they are first; the lock is given to one.
        Assert.NotEqual(late.HasLock, others[0].HasLock);
        Array.ForEach(others, other => other.Dispose());
    }

    [Fact]
    public void Without_space_for_a_ticket_one_waits_without_a_place()
    {
        FaultInjectingFileSystem full = new(_disk, (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Open && operation.Path.StartsWith("LOCK-wait-", StringComparison.Ordinal) ? new InjectedFault(StorageFault.DiskFull) : null);
        using Contender holder = Come();
        using Contender waiter = new(full, _clock);
        waiter.Step(Often);
        Assert.Equal(["LOCK"], Names());
        Assert.InRange(waiter.Pauses.Max(), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100));
        holder.Release();
        waiter.Step();
        Assert.True(waiter.HasLock);
    }

    [Fact]
    public void One_whose_tickets_are_always_taken_away_waits_without_a_place_in_the_end()
    {
        using Contender holder = Come();
        FaultInjectingFileSystem files = new(_disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.TryLock && operation.Path != "LOCK")
                _disk.Delete(operation.Path);
            return null;
        });
        using Contender waiter = new(files, _clock);
        Assert.True(waiter.IsWaiting);
        holder.Release();
        waiter.Step();
        Assert.True(waiter.HasLock);
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void A_ticket_that_cannot_be_looked_at_keeps_nobody_waiting()
    {
        using Contender holder = Come();
        using Contender hidden = Come();
        string ticket = Assert.Single(Tickets());
        FaultInjectingFileSystem files = new(_disk, (in StorageOperation operation) =>
            operation.Path == ticket ? new InjectedFault(StorageFault.AccessDenied) : null);
        using Contender waiter = new(files, _clock);
        holder.Release();
        waiter.Step();
        Assert.True(waiter.HasLock);
        Assert.Equal([ticket], Tickets());
    }

    [Fact]
    public void A_stopped_waiter_at_the_head_is_passed_over_when_the_lock_was_free_for_two_seconds()
    {
        using Contender holder = Come();
        using Contender stopped = Come();
        using Contender second = Come();
        using Contender third = Come();
        holder.Release();
        Advance(250);
        second.Step();
        third.Step();
        Advance(1_999);
        second.Step(Often);
        third.Step(Often);
        Assert.False(second.HasLock || third.HasLock);
        Advance(251);
        third.Step(Often);
        Assert.False(third.HasLock);
        second.Step();
        Assert.True(second.HasLock);
        second.Release();
        third.Step();
        Assert.True(third.HasLock);
        third.Release();
        // Whoever is passed over has lost no right: it goes on when it can.
        stopped.Step();
        Assert.True(stopped.HasLock);
    }

    [Fact]
    public void Who_waits_for_a_second_only_passes_a_stopped_waiter_over_after_half_of_it()
    {
        using Contender holder = Come();
        using Contender stopped = Come();
        using Contender brief = new(_disk, _clock, timeoutMs: 1_000);
        holder.Release();
        Advance(250);
        brief.Step();
        Advance(499);
        brief.Step(Often);
        Assert.False(brief.HasLock);
        Advance(250);
        brief.Step();
        Assert.True(brief.HasLock, brief.Failure?.Message);
    }

    [Fact]
    public void A_head_is_not_passed_over_for_waiting_while_the_lock_is_held()
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        for (int seconds = 0; seconds < 60; seconds++)
        {
            Advance(1_000);
            second.Step(Often);
        }

        holder.Release();
        second.Step(Often);
        Assert.False(second.HasLock);
        first.Step();
        Assert.True(first.HasLock);
    }

    [Fact]
    public void A_head_is_not_passed_over_when_somebody_without_a_place_took_the_lock_before_it()
    {
        FaultInjectingFileSystem full = new(_disk, (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Open && operation.Path.StartsWith("LOCK-wait-", StringComparison.Ordinal) ? new InjectedFault(StorageFault.DiskFull) : null);
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        holder.Release();
        Advance(250);
        second.Step();
        using Contender faster = new(full, _clock);
        Assert.True(faster.HasLock);
        Advance(5_000);
        second.Step(Often);
        faster.Release();
        second.Step(Often);
        Assert.False(second.HasLock);
        first.Step();
        Assert.True(first.HasLock);
    }

    [Fact]
    public void A_head_is_given_two_seconds_of_its_own()
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        using Contender third = Come();
        holder.Release();
        Advance(250);
        third.Step();
        Advance(1_500);
        first.Step();
        first.Release();
        Advance(500);
        third.Step();
        Advance(1_999);
        third.Step(Often);
        Assert.False(third.HasLock);
        Advance(251);
        third.Step();
        Assert.True(third.HasLock);
    }

    [Fact]
    public void A_wait_that_runs_out_is_a_LockTimeout_and_leaves_the_queue()
    {
        using TestStore store = TestStore.Create(_disk);
        using Contender first = new(_disk, _clock, timeoutMs: 1_000);
        using Contender second = new(_disk, _clock, timeoutMs: 1_000);
        using Contender third = new(_disk, _clock, timeoutMs: 1_000);
        Advance(999);
        first.Step();
        Assert.True(first.IsWaiting);
        Advance(1);
        third.Step();
        second.Step();
        first.Step();
        string[] queued = ["; 2 more waited", "; one more waited", ""];
        foreach ((Contender contender, string ahead) in new[] { third, second, first }.Zip(queued))
        {
            StoreLockedException refused = Assert.IsType<StoreLockedException>(contender.Failure);
            Assert.Equal((StoreError.LockTimeout, 42), (refused.Error, refused.Owner!.ProcessId));
            Assert.Contains("process 42 on test-host", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"within 1000 ms{ahead}", refused.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("more waited", first.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(Tickets());
        Assert.True(first.Pauses.Sum(pause => pause.TotalMilliseconds) > 0);
    }

    [Theory]
    [InlineData(90_000, 10)]
    [InlineData(99_000, 1)]
    [InlineData(99_999, 1)]
    public void The_last_pause_ends_with_the_time_there_is_and_is_one(int goneUs, int lastPauseMsMax)
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        using Contender third = Come();
        using Contender waiter = new(_disk, _clock, timeoutMs: 100);
        waiter.Step(Often);
        _clock.Advance(TimeSpan.FromMicroseconds(goneUs));
        waiter.Step();
        Assert.InRange(waiter.Pauses[^1], TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(lastPauseMsMax));
        holder.Release();
        first.Kill();
        second.Kill();
        third.Kill();
        Advance(100);
        waiter.Step();
        Assert.True(waiter.HasLock, "What is free at the last look is taken.");
    }

    [Fact]
    public void A_wait_that_is_given_up_leaves_the_queue_to_the_others()
    {
        using Contender holder = Come();
        using Contender first = Come();
        using Contender second = Come();
        first.GiveUp();
        Assert.IsAssignableFrom<OperationCanceledException>(first.Failure);
        Assert.Single(Tickets());
        holder.Release();
        second.Step();
        Assert.True(second.HasLock);
    }

    [Fact]
    public void Pauses_double_and_are_jittered_and_end_the_earlier_the_nearer_the_head_is()
    {
        using Contender holder = Come();
        Contender[] waiters = [.. Enumerable.Range(0, 15).Select(seed => new Contender(_disk, _clock, new SeededRandom((ulong)seed)))];
        for (int place = 0; place < waiters.Length; place++)
        {
            waiters[place].Step(Often);
            int most = Math.Clamp(place * 5, 5, 50);
            double[] pauses = [.. waiters[place].Pauses.Select(pause => pause.TotalMilliseconds)];
            for (int i = 0; i < pauses.Length; i++)
            {
                double full = Math.Min(i < 10 ? 1 << i : int.MaxValue, most);
                Assert.InRange(pauses[i], Math.Max(1, full / 2), full);
            }

            Assert.True(pauses.Distinct().Count() > Often / 2, "Pauses of one length are not jittered.");
        }

        Array.ForEach(waiters, waiter => waiter.Dispose());
    }

    /// <summary>A waiter dies before each of its operations in turn, and after each.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wherever_a_waiter_dies_nobody_else_is_kept_out_and_nothing_is_left(bool afterwards)
    {
        int operationCount = CountOperations();
        Assert.True(operationCount > 10);
        for (int fatal = 1; fatal <= operationCount; fatal++)
        {
            SimulatedFileSystem disk = new();
            using Contender holder = new(disk, _clock);
            MortalFiles mortal = new(disk);
            long count = 0;
            FaultInjectingFileSystem files = new(mortal, (in StorageOperation operation) =>
            {
                if (++count != fatal)
                    return null;
                if (!afterwards)
                    mortal.Kill();
                return new InjectedFault(StorageFault.Failed) { IsAfterTheFact = afterwards };
            });
            using Contender dying = new(files, _clock);
            holder.Release();
            dying.Step(3);
            mortal.Kill();
            using Contender next = new(disk, _clock, timeoutMs: 0);
            Assert.True(next.HasLock, $"Operation {fatal}: {next.Failure?.Message}");
            Assert.Equal(["LOCK"], disk.List("").Select(entry => entry.Name));
        }
    }

    /// <summary>Each operation of a waiter fails in turn: it gets the lock all the same or says why not, and lets go of everything.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whichever_operation_of_a_waiter_fails_it_keeps_nothing(bool afterwards)
    {
        int operationCount = CountOperations();
        int refused = 0;
        for (int failing = 1; failing <= operationCount; failing++)
        {
            SimulatedFileSystem disk = new();
            using Contender holder = new(disk, _clock);
            FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
                operation.Ordinal == failing ? new InjectedFault(StorageFault.TooManyOpenFiles) { IsAfterTheFact = afterwards } : null);
            using Contender waiter = new(files, _clock);
            holder.Release();
            waiter.Step(3);
            if (waiter.HasLock)
                waiter.Release();
            else
                Assert.Equal(StoreError.TooManyOpenFiles, Assert.IsType<StorageException>(waiter.Failure).Error);
            refused += waiter.Failure is null ? 0 : 1;
            using Contender next = new(disk, _clock, timeoutMs: 0);
            Assert.True(next.HasLock, $"Operation {failing}: {next.Failure?.Message}");
            Assert.Equal(["LOCK"], disk.List("").Select(entry => entry.Name));
        }

        Assert.InRange(refused, 1, operationCount - 1);
    }

    [Theory]
    [InlineData("LOCK-wait-0000000001-0123456789abcdef0123456789abcdef", true)]
    [InlineData("LOCK-wait-9999999999-ffffffffffffffffffffffffffffffff", true)]
    [InlineData("LOCK-wait-000000001-0123456789abcdef0123456789abcdef", false)]
    [InlineData("LOCK-wait-00000000010-0123456789abcdef0123456789abcde", false)]
    [InlineData("LOCK-wait-000000000x-0123456789abcdef0123456789abcdef", false)]
    [InlineData("LOCK-wait-0000000001-0123456789abcdef0123456789abcdeg", false)]
    [InlineData("LOCK-wait-0000000001_0123456789abcdef0123456789abcdef", false)]
    [InlineData("LOCK-wait-+000000001-0123456789abcdef0123456789abcdef", false)]
    [InlineData("LOCK-Wait-0000000001-0123456789abcdef0123456789abcdef", false)]
    [InlineData("LOCK", false)]
    [InlineData("", false)]
    public void Tickets_are_known_by_their_names_and_are_files(string name, bool isTicket)
    {
        Assert.Equal(isTicket, LockQueue.IsTicket(new FileEntry(name, FileEntryKind.File)));
        Assert.False(LockQueue.IsTicket(new FileEntry(name, FileEntryKind.Directory)));
        Assert.False(LockQueue.IsTicket(new FileEntry(name, FileEntryKind.Other)));
    }

    [Fact]
    public void Numbers_go_on_from_the_greatest_and_do_not_run_over()
    {
        Guid id = Guid.Parse("0123456789abcdef0123456789abcdef");
        Assert.Equal("LOCK-wait-0000000001-0123456789abcdef0123456789abcdef", LockQueue.NextName([], id));
        Assert.Equal("LOCK-wait-0000000043-0123456789abcdef0123456789abcdef", LockQueue.NextName([LockQueue.NextName([], id), $"LOCK-wait-0000000042-{id:N}"], id));
        Assert.Equal("LOCK-wait-9999999999-0123456789abcdef0123456789abcdef", LockQueue.NextName([$"LOCK-wait-9999999999-{id:N}"], id));
    }

    private Contender Come() => new(_disk, _clock);

    private void Advance(int milliseconds) => _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private string[] Names() => [.. _disk.List("").Select(entry => entry.Name)];

    private string[] Tickets() => [.. LockQueue.ReadTickets(_disk)];

    /// <summary>Those of a waiter who has the lock in the end.</summary>
    private int CountOperations()
    {
        SimulatedFileSystem disk = new();
        using Contender holder = new(disk, _clock);
        FaultInjectingFileSystem files = new(disk, static (in StorageOperation _) => null);
        using Contender waiter = new(files, _clock);
        holder.Release();
        waiter.Step(3);
        Assert.True(waiter.HasLock);
        return (int)files.OperationCount;
    }
}
