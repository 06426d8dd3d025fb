using System.Text;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Files;

/// <summary>Files when a store goes back: whatever state is gone to, and however often, its content is found.</summary>
public sealed class GoingBackFilesTests
{
    [Fact]
    public void What_a_left_history_has_put_where_a_deletion_is_carried_out_again_is_kept_and_so_is_what_was_deleted()
    {
        SimulatedFileSystem disk = new();
        Lsn first, deleted, second;
        using (FileStore store = FileStore.Create(disk))
        {
            first = Change(store, "one");
            deleted = Change(store, null);
            second = Change(store, "two, longer");
        }

        // To before the note that the deletion was carried out.
        GoBack(disk, deleted, null);
        GoBack(disk, first, "one");
        GoBack(disk, second, "two, longer");
        GoBack(disk, deleted, null);
        GoBack(disk, first, "one");
    }

    [Fact]
    public void Every_state_of_a_file_is_found_in_whatever_order_they_are_gone_to()
    {
        SimulatedFileSystem disk = new();
        List<(Lsn At, string? Content)> states = [];
        using (FileStore store = FileStore.Create(disk))
        {
            foreach (string? content in (string?[])["one", null, "two!", "three", null, "one", null])
                states.Add((Change(store, content), content));
        }

        SeededRandom random = new(11);
        for (int i = 0; i < 60; i++)
        {
            (Lsn at, string? content) = states[(int)(random.NextSalt() % (ulong)states.Count)];
            GoBack(disk, at, content);
            using FileStore store = FileStore.Open(disk);
            string next = $"after {i}";
            states.Add((Change(store, next), next));
            if (i % 3 == 0)
                states.Add((Change(store, null), null));
        }
    }

    private static Lsn Change(FileStore store, string? content)
    {
        using Transaction transaction = store.Store.BeginTransaction();
        store.Do(transaction, "a", content);
        CommitResult result = transaction.Commit();
        Assert.Equal(content, store.Read("a"));
        return result.First;
    }

    private static void GoBack(SimulatedFileSystem disk, Lsn target, string? expected)
    {
        FileState files = new();
        using PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(disk), TestStore.SmallOptions, [new KeyValueState(), files], target: RecoveryTarget.ToLsn(target));
        Assert.Equal(expected, files.Read("a") is byte[] content ? Encoding.UTF8.GetString(content) : null);
    }
}
