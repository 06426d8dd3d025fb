using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Transactions;

public sealed class TransactionTests
{
    [Fact]
    public void Nobody_sees_anything_before_the_commit_and_everything_after_it()
    {
        using TestStore store = TestStore.Create();
        store.Set("b", "old");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Set("a", TestStore.Encode("1"));
        state.Delete("b");
        transaction.AppendRecord("note", TestStore.Encode("n"));
        Assert.Equal(3, transaction.ChangeCount);
        Assert.Equal("b=old;", store.Dump());
        CommitResult result = transaction.Commit();
        Assert.Equal("a=1;", store.Dump());
        Assert.Equal(TransactionStatus.Committed, transaction.Status);
        Assert.Equal(0, transaction.ChangeCount);
        LogEntry[] entries = [.. store.Store.ReadLog(result.First)];
        Assert.Equal(3, entries.Length);
        Assert.All(entries, entry => Assert.Equal(result.First.Value, entry.TransactionId));
        Assert.Equal(result.First.Value, store.KeyValue.Find("a")!.TransactionId);
    }

    [Fact]
    public void It_reads_its_own_changes()
    {
        using TestStore store = TestStore.Create();
        store.Set("k/1", "one");
        store.Set("k/2", "two");
        store.Set("other", "x");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Set("k/0", TestStore.Encode("zero"));
        state.Set("k/2", TestStore.Encode("TWO"));
        state.Delete("k/1");
        Assert.Null(state.Find("k/1"));
        Assert.Null(state.Find("nothing"));
        Assert.Equal("x", TestStore.Decode(state.Find("other")!.Value));
        Assert.Equal(Lsn.None, state.Find("k/0")!.Lsn);
        Assert.Equal(["k/0=zero", "k/2=TWO"], state.FindByPrefix("k/").Select(item => $"{item.Key}={TestStore.Decode(item.Value)}"));
        state.Set("k/1", TestStore.Encode("again"));
        Assert.Equal(["k/0", "k/1", "k/2", "other"], state.FindByPrefix().Select(item => item.Key));
    }

    [Fact]
    public void It_reads_the_state_as_it_was_when_it_began()
    {
        using TestStore store = TestStore.Create();
        store.Set("changed", "old");
        store.Set("deleted", "old");
        using Transaction transaction = store.Store.BeginTransaction();
        store.Set("changed", "new");
        store.KeyValue.Delete("deleted");
        store.Set("added", "new");
        KeyValueTransaction state = store.KeyValue.In(transaction);
        Assert.Equal("old", TestStore.Decode(state.Find("changed")!.Value));
        Assert.Equal("old", TestStore.Decode(state.Find("deleted")!.Value));
        Assert.Null(state.Find("added"));
        Assert.Equal(["changed", "deleted"], state.FindByPrefix().Select(item => item.Key));
        // It has changed nothing, so it comes before those changes, and nothing contradicts that.
        Assert.Equal(default, transaction.Commit());
    }

    [Fact]
    public void A_rolled_back_one_leaves_no_trace()
    {
        using TestStore store = TestStore.Create();
        store.Set("a", "1");
        long records = store.Store.GetStatus().Log.Records;
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            store.KeyValue.In(transaction).Set("a", TestStore.Encode("2"));
            transaction.Rollback();
            Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
            transaction.Rollback();
        }

        using (Transaction forgotten = store.Store.BeginTransaction())
            store.KeyValue.In(forgotten).Delete("a");
        Assert.Equal("a=1;", store.Dump());
        Assert.Equal(records, store.Store.GetStatus().Log.Records);
    }

    [Fact]
    public void One_that_has_ended_takes_nothing_more()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Set("a", TestStore.Encode("1"));
        transaction.Commit();
        foreach (Action use in (Action[])[
            () => state.Set("a", TestStore.Encode("2")), () => state.Delete("a"), () => state.Find("a"), () => state.FindByPrefix(), () => transaction.AppendRecord("t", TestStore.Encode("v")),
            () => transaction.AddValidator("v", () => true), () => transaction.Begin(), () => transaction.Commit(), () => store.KeyValue.In(transaction).Find("a")])
        {
            Assert.Equal(StoreError.TransactionAborted, Assert.Throws<StoreException>(use).Error);
        }

        transaction.Rollback();
        Assert.Equal(TransactionStatus.Committed, transaction.Status);
        Assert.Equal("a=1;", store.Dump());
        Assert.Throws<ObjectDisposedException>(() => store.KeyValue.At(transaction.Snapshot).Find("a"));
    }

    [Fact]
    public async Task While_its_commit_is_under_way_it_is_neither_committed_again_nor_rolled_back()
    {
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(disk.Files));
        Transaction transaction = store.Store.BeginTransaction();
        transaction.AppendRecord("note", TestStore.Encode("n"));
        OperationStop sync = disk.StopNext(static operation => operation.Kind == StorageOperationKind.SyncData);
        ValueTask<CommitResult> commit = transaction.CommitAsync();
        sync.WaitUntilReached();
        Assert.Equal(TransactionStatus.Committing, transaction.Status);
        foreach (Action use in (Action[])[() => transaction.Rollback(), () => transaction.Begin(), () => transaction.AppendRecord("note", TestStore.Encode("2")), () => transaction.Commit()])
            Assert.Equal(StoreError.TransactionAborted, Assert.Throws<StoreException>(use).Error);
        transaction.Dispose();
        sync.Release();
        await commit;
        Assert.Equal(TransactionStatus.Committed, transaction.Status);
        Assert.Single(store.Store.ReadLog());
    }

    [Fact]
    public void One_whose_snapshot_is_closed_takes_nothing_more()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.FindByPrefix("a/");
        state.Set("result", TestStore.Encode("x"));
        transaction.Snapshot.Dispose();
        // Of these none is remembered any more once another follows.
        foreach (string key in (string[])["a/1", "b", "c"])
            store.Set(key, "1");
        Assert.Throws<ObjectDisposedException>(() => state.Find("a/1"));
        Assert.Throws<ObjectDisposedException>(() => transaction.Commit());
        transaction.Rollback();
        Assert.Null(store.Get("result"));
    }

    [Fact]
    public void An_inner_one_undoes_its_own_part_only()
    {
        using TestStore store = TestStore.Create();
        using Transaction outer = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(outer);
        state.Set("outer", TestStore.Encode("1"));
        state.Set("both", TestStore.Encode("outer"));
        using (Transaction undone = outer.Begin())
        {
            Assert.Equal(1, undone.Depth);
            KeyValueTransaction inner = store.KeyValue.In(undone);
            Assert.Equal("outer", TestStore.Decode(inner.Find("both")!.Value));
            inner.Set("both", TestStore.Encode("inner"));
            inner.Delete("outer");
            inner.Set("inner", TestStore.Encode("x"));
            undone.AppendRecord("undone", TestStore.Encode("x"));
            using (Transaction kept = undone.Begin())
            {
                store.KeyValue.In(kept).Set("innermost", TestStore.Encode("x"));
                kept.Commit();
            }

            Assert.Equal(5, undone.ChangeCount);
            undone.Rollback();
        }

        Assert.Equal("outer", TestStore.Decode(state.Find("both")!.Value));
        Assert.Equal("1", TestStore.Decode(state.Find("outer")!.Value));
        using (Transaction taken = outer.Begin())
        {
            store.KeyValue.In(taken).Set("taken", TestStore.Encode("2"));
            Assert.Equal(default, taken.Commit());
        }

        CommitResult result = outer.Commit();
        Assert.Equal("both=outer;outer=1;taken=2;", store.Dump());
        Assert.Equal(3, store.Store.ReadLog(result.First).Count());
    }

    [Fact]
    public void While_an_inner_one_is_open_the_outer_one_waits_for_it()
    {
        using TestStore store = TestStore.Create();
        using Transaction outer = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(outer);
        Transaction inner = outer.Begin();
        foreach (Action use in (Action[])[() => state.Set("a", TestStore.Encode("1")), () => state.Find("a"), () => outer.Commit(), () => outer.Begin()])
            Assert.Equal(StoreError.NestedTransaction, Assert.Throws<StoreException>(use).Error);
        store.KeyValue.In(inner).Set("a", TestStore.Encode("1"));
        // Rolling back needs no order: all of it goes.
        outer.Rollback();
        Assert.Equal(TransactionStatus.RolledBack, inner.Status);
        Assert.Equal(StoreError.TransactionAborted, Assert.Throws<StoreException>(() => inner.Commit()).Error);
        Assert.Equal("", store.Dump());
    }

    [Theory]
    [InlineData("key")]
    [InlineData("missing key")]
    [InlineData("prefix")]
    [InlineData("prefix, new")]
    [InlineData("prefix, deleted")]
    [InlineData("inner, rolled back")]
    public void What_it_has_read_must_not_have_been_changed_by_others(string read)
    {
        using TestStore store = TestStore.Create();
        store.Set("a/1", "1");
        store.Set("a/2", "2");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        if (read.StartsWith("prefix", StringComparison.Ordinal))
            state.FindByPrefix("a/");
        else if (read == "missing key")
            Assert.Null(state.Find("a/3"));
        else if (read == "key")
            Assert.NotNull(state.Find("a/1"));
        else
            ReadInside(store, transaction);
        state.Set("result", TestStore.Encode("x"));
        if (read == "prefix, deleted")
            store.KeyValue.Delete("a/2");
        else
            store.Set(read is "missing key" or "prefix, new" ? "a/3" : "a/1", "changed");
        TransactionConflictException refused = Assert.Throws<TransactionConflictException>(() => transaction.Commit());
        Assert.Equal(StoreError.TransactionAborted, refused.Error);
        Assert.Contains("a/", refused.Message, StringComparison.Ordinal);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
        Assert.Null(store.Get("result"));
    }

    private static void ReadInside(TestStore store, Transaction transaction)
    {
        using Transaction inner = transaction.Begin();
        store.KeyValue.In(inner).Find("a/1");
        inner.Rollback();
    }

    [Fact]
    public void What_it_has_not_read_others_may_change()
    {
        using TestStore store = TestStore.Create();
        store.Set("read", "1");
        store.Set("written", "1");
        store.Set("a/1", "1");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Find("read");
        state.FindByPrefix("a/");
        state.Set("written", TestStore.Encode("by the transaction"));
        Assert.Equal("by the transaction", TestStore.Decode(state.Find("written")!.Value));
        store.Set("written", "by another");
        store.Set("b/1", "2");
        transaction.Commit();
        Assert.Equal("a/1=1;b/1=2;read=1;written=by the transaction;", store.Dump());
    }

    [Fact]
    public async Task A_change_that_is_logged_and_not_yet_applied_is_a_conflict_too()
    {
        using FirstSyncBlocker blocker = new();
        using TestStore store = TestStore.Create(blocker.Files);
        store.Set("read", "1");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Find("read");
        state.Set("result", TestStore.Encode("x"));
        blocker.Arm();
        Task<CommitResult> other = Task.Run(() => store.Set("read", "2"), TestContext.Current.CancellationToken);
        blocker.WaitUntilBlocked();
        Assert.Equal("1", store.Get("read"));
        Assert.Throws<TransactionConflictException>(() => transaction.Commit());
        blocker.Release();
        await other;
        Assert.Equal("read=2;", store.Dump());
    }

    [Fact]
    public void Of_two_that_read_what_the_other_writes_one_is_refused()
    {
        // Write skew: under snapshot isolation both would be committed.
        using TestStore store = TestStore.Create();
        store.Set("on call/1", "yes");
        store.Set("on call/2", "yes");
        using Transaction first = store.Store.BeginTransaction();
        using Transaction second = store.Store.BeginTransaction();
        Assert.Equal(2, store.KeyValue.In(first).FindByPrefix("on call/").Count);
        Assert.Equal(2, store.KeyValue.In(second).FindByPrefix("on call/").Count);
        store.KeyValue.In(first).Delete("on call/1");
        store.KeyValue.In(second).Delete("on call/2");
        first.Commit();
        Assert.Throws<TransactionConflictException>(() => second.Commit());
        Assert.Equal("on call/2=yes;", store.Dump());
    }

    [Fact]
    public void A_validator_that_is_not_met_rolls_back_and_is_named()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        int asked = 0;
        state.Set("amount", TestStore.Encode("7"));
        transaction.AddValidator("there is an amount", () => ++asked > 0 && state.Find("amount") is not null);
        transaction.AddValidator("the amount is not 7", () => TestStore.Decode(state.Find("amount")!.Value) != "7");
        StoreException refused = Assert.Throws<StoreException>(() => transaction.Commit());
        Assert.Equal(StoreError.ValidationFailed, refused.Error);
        Assert.Contains("'the amount is not 7'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, asked);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
        Assert.Equal("", store.Dump());
    }

    [Fact]
    public void A_validator_that_throws_is_not_met_and_says_why()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.AddValidator("total", () => throw new InvalidOperationException("the total is wrong"));
        StoreException refused = Assert.Throws<StoreException>(() => transaction.Commit());
        Assert.Contains("the total is wrong", refused.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(refused.InnerException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_validator_that_rolls_it_back_has_the_last_word(bool isNested)
    {
        using TestStore store = TestStore.Create();
        using Transaction outer = store.Store.BeginTransaction();
        Transaction transaction = isNested ? outer.Begin() : outer;
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.AddValidator("of two minds", () =>
        {
            transaction.Rollback();
            return true;
        });
        Assert.Equal(StoreError.TransactionAborted, Assert.Throws<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
        outer.Rollback();
        Assert.Equal("", store.Dump());
    }

    [Fact]
    public void A_validator_that_leaves_another_one_open_keeps_it_from_being_committed()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        Transaction? inner = null;
        transaction.AddValidator("leaves one open", () => (inner ??= transaction.Begin()) is not null);
        Assert.Equal(StoreError.NestedTransaction, Assert.Throws<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal("", store.Dump());
        inner!.Rollback();
        transaction.Commit();
        Assert.Equal("a=1;", store.Dump());
    }

    [Fact]
    public void A_validator_may_add_another_and_that_one_counts_too()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.AddValidator("first", () =>
        {
            transaction.AddValidator("second", () => false);
            return true;
        });
        StoreException refused = Assert.Throws<StoreException>(() => transaction.Commit());
        Assert.Equal(StoreError.ValidationFailed, refused.Error);
        Assert.Contains("'second'", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", store.Dump());
    }

    [Fact]
    public void A_validator_may_not_change_what_others_have_looked_at()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Set("amount", TestStore.Encode("1"));
        transaction.AddValidator("the amount is 1", () => TestStore.Decode(state.Find("amount")!.Value) == "1");
        transaction.AddValidator("tries it out", () =>
        {
            using Transaction inner = transaction.Begin();
            store.KeyValue.In(inner).Delete("amount");
            return true;
        });
        transaction.Validate();
        transaction.AddValidator("helps itself", () =>
        {
            state.Set("amount", TestStore.Encode("2"));
            return true;
        });
        StoreException refused = Assert.Throws<StoreException>(() => transaction.Commit());
        Assert.Equal(StoreError.ValidationFailed, refused.Error);
        Assert.Contains("'helps itself' was not met (It has changed the transaction.)", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", store.Dump());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_validator_cannot_commit_what_it_looks_at(bool isValid)
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        bool waits = isValid;
        transaction.AddValidator("impatient", () =>
        {
            if (!waits)
                transaction.Commit();
            return true;
        });
        if (isValid)
            transaction.Validate();
        waits = false;
        StoreException refused = Assert.Throws<StoreException>(isValid ? transaction.Validate : () => transaction.Commit());
        Assert.Equal(StoreError.ValidationFailed, refused.Error);
        Assert.Contains("'impatient'", refused.Message, StringComparison.Ordinal);
        Assert.Equal((TransactionStatus.RolledBack, ""), (transaction.Status, store.Dump()));
    }

    [Fact]
    public void The_validator_of_an_inner_one_decides_about_the_inner_one()
    {
        using TestStore store = TestStore.Create();
        using Transaction outer = store.Store.BeginTransaction();
        store.KeyValue.In(outer).Set("outer", TestStore.Encode("1"));
        using (Transaction inner = outer.Begin())
        {
            store.KeyValue.In(inner).Set("inner", TestStore.Encode("1"));
            inner.AddValidator("never", () => false);
            Assert.Equal(StoreError.ValidationFailed, Assert.Throws<StoreException>(() => inner.Commit()).Error);
        }

        outer.Commit();
        Assert.Equal("outer=1;", store.Dump());
    }

    [Fact]
    public void One_whose_time_is_over_is_rolled_back()
    {
        ManualClock clock = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock));
        using Transaction transaction = store.Store.BeginTransaction(new TransactionOptions { Timeout = TimeSpan.FromSeconds(10) });
        using Transaction inner = transaction.Begin();
        KeyValueTransaction state = store.KeyValue.In(inner);
        state.Set("a", TestStore.Encode("1"));
        clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        state.Set("b", TestStore.Encode("1"));
        clock.Advance(TimeSpan.FromTicks(1));
        StoreException refused = Assert.Throws<StoreException>(() => state.Set("c", TestStore.Encode("1")));
        Assert.Equal(StoreError.TransactionAborted, refused.Error);
        Assert.Contains("time", refused.Message, StringComparison.Ordinal);
        Assert.Equal((TransactionStatus.RolledBack, TransactionStatus.RolledBack), (transaction.Status, inner.Status));
        Assert.Equal(StoreError.ConfigurationInvalid, Assert.Throws<StoreException>(() => new TransactionOptions { Timeout = TimeSpan.Zero }).Error);
    }

    [Fact]
    public void An_inner_one_has_a_time_of_its_own()
    {
        ManualClock clock = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock));
        using Transaction outer = store.Store.BeginTransaction(new TransactionOptions { Timeout = TimeSpan.FromSeconds(10) });
        store.KeyValue.In(outer).Set("outer", TestStore.Encode("1"));
        clock.Advance(TimeSpan.FromSeconds(5));
        using Transaction inner = outer.Begin(new TransactionOptions { Timeout = TimeSpan.FromSeconds(1) });
        store.KeyValue.In(inner).Set("inner", TestStore.Encode("1"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("time", Assert.Throws<StoreException>(() => inner.Commit()).Message, StringComparison.Ordinal);
        Assert.Equal((TransactionStatus.Active, TransactionStatus.RolledBack), (outer.Status, inner.Status));
        outer.Commit();
        Assert.Equal("outer=1;", store.Dump());
    }

    [Fact]
    public void Validators_that_were_asked_are_asked_again_only_after_a_change()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        int asked = 0;
        transaction.AddValidator("counts", () => ++asked > 0);
        transaction.Validate();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.Validate();
        Assert.Equal(2, asked);
        transaction.Commit();
        Assert.Equal(2, asked);
        Assert.Equal("a=1;", store.Dump());
    }

    [Fact]
    public void Why_it_was_rolled_back_is_said_even_when_that_cannot_be_noted()
    {
        using TestStore store = TestStore.Create(options: TestStore.SmallOptions with { AuditTransactions = true });
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.AddValidator("closes the store", () =>
        {
            store.Store.Close();
            return false;
        });
        Assert.Equal(StoreError.ValidationFailed, Assert.Throws<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
    }

    [Fact]
    public void One_that_could_not_be_logged_can_be_committed_again()
    {
        using TestStore store = TestStore.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        Assert.Equal(StoreError.MalformedData, Assert.Throws<MalformedDataException>(() => state.Set("a", [0xC1])).Error);
        Assert.Throws<ArgumentException>(() => state.Set("", TestStore.Encode("1")));
        state.Set("a", TestStore.Encode("1"));
        Assert.Equal(1, transaction.ChangeCount);
        transaction.Commit();
        Assert.Equal("a=1;", store.Dump());
    }

    [Fact]
    public void A_handle_for_reading_has_snapshots_and_no_transactions()
    {
        using TestStore store = TestStore.Create();
        store.Set("a", "1");
        using TestStore reader = TestStore.OpenReadOnly(store.Files);
        Assert.Equal(StoreError.StoreReadOnly, Assert.Throws<StoreException>(() => reader.Store.BeginTransaction()).Error);
        using Snapshot snapshot = reader.Store.OpenSnapshot();
        Assert.Equal("1", TestStore.Decode(reader.KeyValue.At(snapshot).Find("a")!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rollback_is_noted_where_that_is_asked_for(bool isAsked)
    {
        using TestStore store = TestStore.Create(options: TestStore.SmallOptions with { AuditTransactions = isAsked });
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
            store.KeyValue.In(transaction).Delete("b");
            transaction.AppendRecord("large", new byte[] { 0xC6, 0, 16, 0, 0 }.Concat(new byte[1 << 20]).ToArray());
            transaction.Begin().Rollback();
            transaction.Rollback();
        }

        using (Transaction unused = store.Store.BeginTransaction())
            unused.Rollback();
        LogEntry[] notes = [.. store.Store.ReadLog().Where(entry => entry.Type == RecordType.RolledBackTransaction)];
        Assert.Equal(isAsked ? 1 : 0, notes.Length);
        foreach (RolledBackTransaction note in notes.Select(entry => RolledBackTransaction.Read(entry.Payload.Span)))
        {
            Assert.Equal("rolled back", note.Reason);
            Assert.Equal([false, false, true], note.Changes.Select(change => change.Payload is null));
            KeyValueChange write = Read(note.Changes[0]);
            Assert.Equal(("a", "1", false), (write.Key, TestStore.Decode(write.Value.ToArray()), write.HadPrevious));
            Assert.True(Read(note.Changes[1]).IsDelete);
            Assert.Equal(RecordType.ApplicationRecord, note.Changes[2].Type);
        }

        Assert.Equal("", store.Dump());
        store.Store.Close();
        using TestStore again = TestStore.Open(store.Files);
        Assert.Equal("", again.Dump());
    }

    private static KeyValueChange Read(RolledBackChange change) => KeyValueChange.Read(change.Type, change.Version, change.Payload!.Value.Span);
}
