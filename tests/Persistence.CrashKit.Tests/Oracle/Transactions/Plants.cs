using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>Puts one anomaly into a history that has none.</summary>
internal sealed class Plants(TransactionStory story, Random random)
{
    // Higher than any the store gave out.
    private long _value = 1_000_000;

    /// <returns>Whether the history had a place for it.</returns>
    public bool TryPlant(AnomalyKind kind) => kind switch
    {
        AnomalyKind.LostAppend => LoseTransaction(),
        AnomalyKind.ResurrectedAppend => Resurrect(),
        AnomalyKind.HalfVisible => LoseHalf(),
        AnomalyKind.PhantomValue => InsertIntoList((_, _) => ++_value),
        AnomalyKind.DuplicateValue => InsertIntoList((values, place) => place == 0 ? null : values[random.Next(place)]),
        AnomalyKind.IncompatibleOrders => SwapInList(),
        AnomalyKind.InternalInconsistency => random.Next(2) == 0 ? HideOwnAppend() : ReadTwice(),
        AnomalyKind.G1a => ReadAborted(),
        AnomalyKind.G1b => Stage("0-0 x+1 x+2", "0-0 x=1"),
        AnomalyKind.G0 => Stage("0-0 x+1 y+1", "0-0 x+2 y+2", "0-0 x=1,2 y=2,1"),
        AnomalyKind.G1c => Stage("0-0 x+1 y=1", "0-0 y+1 x=1"),
        AnomalyKind.P4 => Stage("0-0 x= x+1", "0-0 x= x+2"),
        AnomalyKind.GSingle => Stage("0-0 x+1 y+1", "0-0 x=1 y="),
        AnomalyKind.GNonadjacent => Stage("0-0 x+1", "0-0 y+1", "0-0 x=1 y=", "0-0 x= y=1"),
        AnomalyKind.G2Item => Stage("0-0 x= y+1", "0-0 y= x+1"),
        AnomalyKind.G0RealTime => Stage("1-1 x+1", "0-0 x+2", "1-1 x=1,2"),
        AnomalyKind.G1cRealTime => Stage("0-0 x=1", "1-1 x+1"),
        AnomalyKind.GSingleRealTime => Stage("0-0 x+1", "1-1 x="),
        AnomalyKind.GNonadjacentRealTime => Stage("0-0 x+1", "1-1 y=", "0-1 y+1 z+1", "0-1 x= z=1"),
        AnomalyKind.G2ItemRealTime => Stage("0-0 y+1", "1-1 x=", "0-1 x+1 y="),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private int LastLife => story.Lives.Count - 1;

    private T? Pick<T>(IEnumerable<T> from)
    {
        T[] candidates = [.. from];
        return candidates.Length == 0 ? default : candidates[random.Next(candidates.Length)];
    }

    private (int Life, StoryTransaction? Transaction) PickOfEarlierLife(Func<StoryTransaction, bool> isFit)
    {
        (int life, StoryTransaction? transaction) = Pick(story.Lives.Take(LastLife).Index().SelectMany(life =>
            life.Item.Transactions.Where(transaction => transaction.Happened && transaction.Appends.Any() && isFit(transaction)).Select(transaction => (life.Index, transaction))));
        return (life, transaction);
    }

    private bool LoseTransaction()
    {
        (int life, StoryTransaction? lost) = PickOfEarlierLife(transaction => transaction.Outcome == TransactionOutcome.Committed);
        if (lost is null)
            return false;
        story.Forget(random.Next(life + 1, story.Lives.Count), lost.Appends.Select(append => (append.Key, append.Value)));
        return true;
    }

    /// <summary>Of one that is acknowledged or not, but never all.</summary>
    private bool LoseHalf()
    {
        (int life, StoryTransaction? lost) = PickOfEarlierLife(transaction => transaction.Appends.Count() > 1);
        if (lost is null)
            return false;
        ListAppend[] appends = [.. lost.Appends];
        random.Shuffle(appends);
        story.Forget(life + 1, appends.Take(random.Next(1, appends.Length)).Select(append => (append.Key, append.Value)));
        return true;
    }

    /// <summary>Somebody sees in a later life what was in flight at a kill and not recovered.</summary>
    private bool Resurrect()
    {
        (int life, StoryTransaction? dead) = Pick(story.Lives.Take(LastLife - 1).Index().SelectMany(life =>
            life.Item.Transactions.Where(transaction => transaction is { Happened: false, Outcome: TransactionOutcome.Unknown } && transaction.Appends.Any()).Select(transaction => (life.Index, transaction))));
        if (dead is null)
            return false;
        int later = random.Next(life + 1, LastLife);
        ListAppend append = dead.Appends.First();
        Add(story.Lives[later], story.Lives[later].EndAt, story.Lives[later].EndAt, [new ListRead(append.Key, [.. story.Lives[later + 1].Recovered.GetValueOrDefault(append.Key, []), append.Value])]);
        return true;
    }

    /// <summary>Puts a value into one list, before what its reader had appended itself.</summary>
    private bool InsertIntoList(Func<ImmutableArray<long>, int, long?> choose)
    {
        if (random.Next(3) == 0)
            return InsertIntoState(choose);
        (StoryTransaction? reader, int at, ListRead? read) = PickRead(_ => true);
        if (reader is null || read is null)
            return false;
        int place = random.Next(ExternalLength(reader, at, read) + 1);
        if (choose(read.Values, place) is not long value)
            return false;
        reader.Operations[at] = read with { Values = read.Values.Insert(place, value) };
        return true;
    }

    private bool InsertIntoState(Func<ImmutableArray<long>, int, long?> choose)
    {
        List<long>? list = Pick(story.Lives.SelectMany(life => life.Recovered.Values));
        if (list is null)
            return false;
        int place = random.Next(list.Count + 1);
        if (choose([.. list], place) is not long value)
            return false;
        list.Insert(place, value);
        return true;
    }

    private bool SwapInList()
    {
        (StoryTransaction? reader, int at, ListRead? read) = PickRead(read => read.Values.Length > 1);
        if (reader is null || read is null)
            return false;
        int external = ExternalLength(reader, at, read);
        if (external < 2)
            return false;
        int place = random.Next(external - 1);
        ImmutableArray<long> values = read.Values;
        reader.Operations[at] = read with { Values = values.SetItem(place, values[place + 1]).SetItem(place + 1, values[place]) };
        return true;
    }

    private bool HideOwnAppend()
    {
        (StoryTransaction? reader, int at, ListRead? read) = PickRead(_ => true);
        if (reader is null || read is null || ExternalLength(reader, at, read) == read.Values.Length)
            return false;
        reader.Operations[at] = read with { Values = read.Values.RemoveAt(read.Values.Length - 1) };
        return true;
    }

    private bool ReadTwice()
    {
        (StoryTransaction? reader, int at, ListRead? read) = PickRead(read => read.Values.Length > 0);
        if (reader is null || read is null || ExternalLength(reader, at, read) < read.Values.Length)
            return false;
        reader.Operations.Insert(at + 1, read with { Values = read.Values.RemoveAt(read.Values.Length - 1) });
        return true;
    }

    private bool ReadAborted()
    {
        (StoryTransaction? reader, int at, ListRead? read) = PickRead(_ => true);
        StoryTransaction? aborted = Pick(story.Transactions.Where(transaction => transaction.Outcome == TransactionOutcome.Aborted));
        if (reader is null || read is null || aborted is null)
            return false;
        aborted.Operations.Add(new ListAppend(read.Key, ++_value));
        reader.Operations[at] = read with { Values = read.Values.Insert(ExternalLength(reader, at, read), _value) };
        return true;
    }

    /// <summary>A read of one that was acknowledged, of a key it reads but once: two would contradict each other when one is changed.</summary>
    private (StoryTransaction? Reader, int At, ListRead? Read) PickRead(Func<ListRead, bool> isFit) => Pick(
        from transaction in story.Transactions
        where transaction.Outcome == TransactionOutcome.Committed && !transaction.Operations.OfType<PrefixRead>().Any()
        from operation in transaction.Operations.Index()
        let read = operation.Item as ListRead
        where read is not null && isFit(read) && transaction.Operations.OfType<ListRead>().Count(other => other.Key == read.Key) == 1
        select (transaction, operation.Index, read));

    private static int ExternalLength(StoryTransaction reader, int at, ListRead read) =>
        read.Values.Length - reader.Operations.Take(at).OfType<ListAppend>().Count(append => append.Key == read.Key);

    /// <summary>
    /// Adds transactions on keys of their own to some life, in the words of <see cref="Tale"/>, each with the moments at which it begins and ends. Lists end
    /// up as a reader saw them whole, or as they were appended.
    /// </summary>
    private bool Stage(params string[] scene)
    {
        int number = random.Next(LastLife);
        StoryLife life = story.Lives[number];
        long first = random.NextInt64(life.BeginAt, life.EndAt);
        List<TransactionOperation> all = [];
        foreach (string part in scene)
        {
            TransactionOperation[] operations = [.. Tale.Parse(part[4..])];
            Add(life, first + part[0] - '0', first + part[2] - '0', operations);
            all.AddRange(operations);
        }

        foreach (IGrouping<string, ListAppend> appends in all.OfType<ListAppend>().GroupBy(append => append.Key))
        {
            ListRead? whole = all.OfType<ListRead>().FirstOrDefault(read => read.Key == appends.Key && read.Values.Length == appends.Count());
            foreach (StoryLife later in story.Lives.Skip(number + 1))
                later.Recovered[appends.Key] = [.. whole is null ? appends.Select(append => append.Value) : whole.Values];
        }

        return true;
    }

    private void Add(StoryLife life, long beginAt, long endAt, IEnumerable<TransactionOperation> operations)
    {
        StoryTransaction transaction = new(story.NextId, 99) { BeginAt = beginAt, EndAt = endAt, Outcome = TransactionOutcome.Committed, Happened = true };
        transaction.Operations.AddRange(operations);
        life.Transactions.Insert(random.Next(life.Transactions.Count + 1), transaction);
    }
}
