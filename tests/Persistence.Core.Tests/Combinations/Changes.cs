using System.Collections.Immutable;
using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Transactions;

namespace Persistence.Tests.Combinations;

/// <summary>Steps that change the state, and those that put it into checkpoints.</summary>
internal sealed class Changes(Subject subject)
{
    private const int Keys = 14;

    private int _values;

    private History History => subject.History;

    public void Set(Random random)
    {
        string key = Key(random);
        string value = Value(random, SmallOrLarge(random));
        CommitDurability durability = Durability(random);
        Commit(() => subject.Items.Set(key, TestStore.Encode(value), durability), History.Head.State.SetItem(key, value), durability);
    }

    public void Delete(Random random)
    {
        string key = random.Next(4) > 0 && History.Head.State.Count > 0 ? History.Head.State.Keys.ElementAt(random.Next(History.Head.State.Count)) : Key(random);
        CommitDurability durability = Durability(random);
        Commit(() => subject.Items.Delete(key, durability), History.Head.State.Remove(key), durability);
    }

    /// <summary>Several keys at once, of which some are deleted; with values larger than a frame it takes several.</summary>
    public void Batch(Random random, int bytesMax)
    {
        KeyValueBatch batch = new();
        ImmutableSortedDictionary<string, string> state = History.Head.State;
        for (int i = random.Next(2, 7); i > 0; i--)
        {
            string key = Key(random);
            if (random.Next(3) == 0)
            {
                batch.Delete(key);
                state = state.Remove(key);
                continue;
            }

            string value = Value(random, random.Next(bytesMax));
            batch.Set(key, TestStore.Encode(value));
            state = state.SetItem(key, value);
        }

        CommitDurability durability = Durability(random);
        Commit(() => subject.Items.Commit(batch, durability), state, durability);
    }

    /// <summary>Enough for the log to roll.</summary>
    public void Burst(Random random)
    {
        for (int i = random.Next(4, 14); i > 0 && !subject.IsFull; i--)
        {
            string key = Key(random);
            string value = Value(random, 4000);
            Commit(() => subject.Items.Set(key, TestStore.Encode(value)), History.Head.State.SetItem(key, value), CommitDurability.Store);
        }
    }

    public void Note(Random random)
    {
        string note = Value(random, random.Next(1500));
        CommitDurability durability = Durability(random);
        Commit(() => subject.Store.AppendRecord("note", TestStore.Encode(note), durability), History.Head.State, durability, note);
    }

    /// <summary>With one nested in it, which counts or does not.</summary>
    public void Transaction(Random random)
    {
        ImmutableSortedDictionary<string, string> state = History.Head.State;
        using Transaction outer = subject.Store.BeginTransaction();
        state = Change(outer, random, state);
        using (Transaction inner = outer.Begin())
        {
            ImmutableSortedDictionary<string, string> changed = Change(inner, random, state);
            if (random.Next(2) == 0)
            {
                inner.Commit();
                state = changed;
            }
        }

        string? note = random.Next(2) == 0 ? Value(random, 300) : null;
        if (note is not null)
            outer.AppendRecord("note", TestStore.Encode(note));
        if (random.Next(5) > 0)
            Commit(() => outer.Commit(), state, CommitDurability.Store, note);
    }

    public void Flush()
    {
        subject.Store.Flush();
        History.NoteDurable();
    }

    public void Checkpoint(Random random)
    {
        CheckpointKind kind = (CheckpointKind)random.Next(3);
        int? keep = random.Next(6) == 0 && !subject.Settings.KeepsAll ? random.Next(1, 4) : null;
        CheckpointInfo info = subject.Store.TakeCheckpoint(new CheckpointRequest { Kind = kind, Keep = keep, Name = random.Next(2) == 0 ? "named" : null });
        CombinationException.Require(info.IsFull || kind != CheckpointKind.Full, $"Checkpoint {info.Id} was to be full.");
        History.NoteDurable();
        Checks.RequireLogRetired(subject, keep);
    }

    /// <summary>Given up at some point: nothing is published, and what it had taken is remembered.</summary>
    public void GiveUpCheckpoint(Random random)
    {
        int left = random.Next(4);
        long before = subject.Store.GetStatus().LastCheckpointId ?? 0;
        using CancellationTokenSource stop = new();
        try
        {
            subject.Store.TakeCheckpoint(new CheckpointRequest
            {
                Kind = (CheckpointKind)random.Next(3),
                Stop = stop.Token,
                Progress = _ =>
                {
                    if (left-- == 0)
                        stop.Cancel();
                },
            });
        }
        catch (OperationCanceledException)
        {
            CombinationException.Require((subject.Store.GetStatus().LastCheckpointId ?? 0) == before, $"A checkpoint that was given up was published.");
        }

        History.NoteDurable();
    }

    public void RemoveCheckpoint(Random random)
    {
        IReadOnlyList<CheckpointInfo> listed = subject.Store.GetCheckpoints();
        if (listed.Count == 0)
            return;
        try
        {
            subject.Store.RemoveCheckpoints(listed[random.Next(listed.Count)].Id);
        }
        catch (StoreException e) when (e.Error == StoreError.CheckpointInvalid)
        {
            // It is needed.
        }
    }

    public void Compact(Random random)
    {
        bool keeps = subject.Settings.KeepsAllInLog;
        subject.Store.Compact(new CompactionRequest { LogBytes = keeps || random.Next(2) == 0 ? null : random.Next(100_000), Keep = random.Next(3) == 0 ? random.Next(1, 3) : null });
    }

    /// <summary>Commits, and tells the model; where the disk is full the commit may be refused, and then nothing has changed.</summary>
    private void Commit(Func<CommitResult> commit, ImmutableSortedDictionary<string, string> state, CommitDurability durability, string? note = null)
    {
        CommitResult result = commit();
        CombinationException.Require(result.First >= History.Used, $"LSN {result.First} was used before.");
        History.Commit(result, state, note, durability == CommitDurability.Sync || subject.Settings.IsSync);
    }

    private ImmutableSortedDictionary<string, string> Change(Transaction transaction, Random random, ImmutableSortedDictionary<string, string> state)
    {
        KeyValueTransaction items = subject.Items.In(transaction);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            string key = Key(random);
            string value = Value(random, random.Next(900));
            if (random.Next(3) == 0)
            {
                items.Delete(key);
                state = state.Remove(key);
            }
            else
            {
                items.Set(key, TestStore.Encode(value));
                state = state.SetItem(key, value);
            }
        }

        return state;
    }

    private static CommitDurability Durability(Random random) => random.Next(5) == 0 ? CommitDurability.Sync : CommitDurability.Store;

    private static int SmallOrLarge(Random random) => random.Next(25) switch
    {
        0 => 45_000,
        < 4 => 6_000,
        _ => random.Next(900),
    };

    private static string Key(Random random) => string.Create(CultureInfo.InvariantCulture, $"key{random.Next(Keys):D2}");

    private string Value(Random random, int bytes) => string.Create(CultureInfo.InvariantCulture, $"v{++_values}-{random.Next(1000)}-").PadRight(bytes, 'x');
}
