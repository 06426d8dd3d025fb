using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>A transaction that can still be tampered with.</summary>
internal sealed class StoryTransaction(long id, int client)
{
    public long Id { get; } = id;

    public int Client { get; } = client;

    public long BeginAt { get; set; }

    public long EndAt { get; set; }

    public TransactionOutcome Outcome { get; set; } = TransactionOutcome.Unknown;

    /// <summary>Whether the store carried it out, whatever its client knows.</summary>
    public bool Happened { get; set; }

    public List<TransactionOperation> Operations { get; } = [];

    public IEnumerable<ListAppend> Appends => Operations.OfType<ListAppend>();
}
