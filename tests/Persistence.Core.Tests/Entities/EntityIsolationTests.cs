using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Tests.Engine;
using Persistence.Tests.Entities.Model;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>
/// Whatever a transaction has read, by whatever way, is as it would be read where it is committed: the same steps are taken again there, and what comes of each is compared. Where that differs the commit has to be refused.
/// </summary>
public sealed class EntityIsolationTests
{
    private const int Scripts = 2500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_transaction_that_would_read_something_else_is_not_committed(int part)
    {
        int different = 0;
        int committed = 0;
        for (int seed = part * 100_000; seed < (part * 100_000) + Scripts; seed++)
        {
            (string first, string again, bool isCommitted) = Run(seed);
            bool isDifferent = first != again;
            Assert.False(isDifferent && isCommitted, $"Seed {seed}: it is committed and would read something else:\n{first}\n--- again:\n{again}");
            different += isDifferent ? 1 : 0;
            committed += isCommitted ? 1 : 0;
        }

        Assert.True(different > Scripts / 20 && committed > Scripts / 10, $"{different} were different, {committed} committed");
    }

    /// <summary>The same where what others have committed is sequenced and on its way to the disk.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Nor_is_one_that_would_read_something_else_when_what_is_sequenced_is_applied(int part)
    {
        int refused = 0;
        int committed = 0;
        for (int seed = part * 100_000; seed < (part * 100_000) + (Scripts / 8); seed++)
        {
            bool isCommitted = await RunPending(seed);
            (string first, string again, _) = Run(seed);
            Assert.False(first != again && isCommitted, $"Seed {seed}: it is committed and would read something else:\n{first}\n--- again:\n{again}");
            refused += isCommitted ? 0 : 1;
            committed += isCommitted ? 1 : 0;
        }

        Assert.True(refused > Scripts / 50 && committed > Scripts / 50, $"{refused} were refused, {committed} committed");
    }

    [Fact]
    public async Task A_transaction_is_refused_while_a_change_of_the_schema_is_on_its_way_to_the_disk()
    {
        using OperationBlocker blocker = new();
        EntityStore store = blocker.Own(EntityStore.Create(blocker.Files));
        using Transaction transaction = store.Store.BeginTransaction();
        store.Entities.In(transaction).Create();
        OperationStop write = blocker.StopAtLogWrite(1);
        Task<TableSchema> creating = Task.Run(() => store.Entities.CreateTable("T"), TestContext.Current.CancellationToken);
        write.WaitUntilReached();
        Task<StoreException> refused = Assert.ThrowsAnyAsync<StoreException>(async () => await transaction.CommitAsync());
        write.Release();
        Assert.Equal(StoreError.TransactionAborted, (await refused).Error);
        Assert.Equal("T", (await creating).Name);
    }

    private static (string First, string Again, bool IsCommitted) Run(int seed)
    {
        using EntityStore store = EntityStore.Create();
        IsolationScript.Fill(store);
        IsolationScript script = new(seed);
        List<EntityId> names = IsolationScript.NamesOf(store);
        using Transaction transaction = store.Store.BeginTransaction();
        List<EntityId> known = [.. names];
        string first = Take(store, script, transaction, known, step => Others(store, script, names, step, batch => store.Entities.Commit(batch)));
        Others(store, script, names, script.Count, batch => store.Entities.Commit(batch));
        string again;
        using (Transaction replayed = store.Store.BeginTransaction())
            again = Take(store, script, replayed, [.. names], static _ => { });
        return (first, again, TryCommit(() => transaction.Commit()));
    }

    private static async Task<bool> RunPending(int seed)
    {
        using OperationBlocker blocker = new();
        EntityStore store = blocker.Own(EntityStore.Create(blocker.Files));
        IsolationScript.Fill(store);
        IsolationScript script = new(seed);
        List<EntityId> names = IsolationScript.NamesOf(store);
        using Transaction transaction = store.Store.BeginTransaction();
        OperationStop write = blocker.StopAtLogWrite(1);
        List<Task> outstanding = [];
        Take(store, script, transaction, [.. names], step => Others(store, script, names, step, batch => outstanding.Add(store.Entities.CommitAsync(batch).AsTask())));
        Others(store, script, names, script.Count, batch => outstanding.Add(store.Entities.CommitAsync(batch).AsTask()));
        ValueTask<CommitResult> committing = transaction.CommitAsync();
        write.Release();
        bool isCommitted = true;
        try
        {
            await committing;
        }
        catch (StoreException e) when (e.Error != StoreError.StoreFaulted)
        {
            isCommitted = false;
        }

        await Task.WhenAll(outstanding);
        return isCommitted;
    }

    private static bool TryCommit(Action commit)
    {
        try
        {
            commit();
            return true;
        }
        catch (StoreException e) when (e.Error != StoreError.StoreFaulted)
        {
            return false;
        }
    }

    private static void Others(EntityStore store, IsolationScript script, IReadOnlyList<EntityId> names, int step, Action<EntityBatch> commit)
    {
        foreach ((_, int kind, int entity, int b) in script.Others.Where(change => change.Before == step))
        {
            EntityBatch batch = store.Entities.CreateBatch();
            IsolationScript.Change(batch, names, kind, entity, b);
            if (!TryCommit(() => commit(batch)))
                batch.Clear();
        }
    }

    /// <summary>Takes all steps of a transaction.</summary>
    /// <returns>What came of each, in words.</returns>
    private static string Take(EntityStore store, IsolationScript script, Transaction transaction, List<EntityId> names, Action<int> before)
    {
        List<string> said = [];
        Stack<(Transaction Transaction, int Names)> open = new([(transaction, names.Count)]);
        for (int step = 0; step < script.Count; step++)
        {
            before(step);
            try
            {
                said.Add(script.Take(store.Entities.In(open.Peek().Transaction), names, step, ends => Nest(open, names, ends)));
            }
            catch (StoreException e)
            {
                said.Add($"{e.Error}");
            }
        }

        while (open.Count > 1)
            Nest(open, names, commits: false);
        // Without changes it would have read the state of its beginning, and be no trouble to anybody.
        store.Entities.In(transaction).Create();
        return string.Join("\n", said);
    }

    /// <summary>Begins a nested transaction, or ends it. The ids of one that is rolled back may be those of others then: they are forgotten.</summary>
    private static void Nest(Stack<(Transaction Transaction, int Names)> open, List<EntityId> names, bool? commits)
    {
        if (commits is null)
        {
            open.Push((open.Peek().Transaction.Begin(), names.Count));
            return;
        }

        if (open.Count == 1)
            return;
        (Transaction nested, int count) = open.Pop();
        if (commits.Value)
        {
            nested.Commit();
            return;
        }

        nested.Rollback();
        names.RemoveRange(count, names.Count - count);
    }
}
