using System.Text;
using Persistence.Configuration;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Entities;

/// <summary>What a worker says of its operations on entities, and what it shows of them, go together for who hears it; and nothing else does.</summary>
public sealed class SpokenHistoryTests : IDisposable
{
    private readonly MemoryStream _said = new();
    private readonly StoreSession _session;
    private readonly OperationPerformer _performer;
    private readonly IReadOnlyList<EntityWriter> _writers;
    private readonly StoreOracle _oracle = new(keepsAllRecords: true, acknowledgementPromises: true) { RemembersAllValues = false };

    public SpokenHistoryTests()
    {
        StoreOptions options = RunPlan.Quiet(new StoreOptions { SegmentBytes = 1 << 20, FrameBytesMax = 4 << 10, LogRetainBytes = long.MaxValue });
        _session = StoreSessions.OpenOrCreate(SimulatedHost.CreateInline(new SimulatedFileSystem(), 1, 1), options);
        _performer = new OperationPerformer(_session, new WorkerChannel(_said), options.FrameBytesMax);
        _writers = EntityWriters.Of(_session.States, 2);
    }

    [Fact]
    public void What_was_said_and_what_is_shown_go_together()
    {
        Work(300, static _ => true);
        Observation shown = _session.Observe();
        Assert.True(shown.Items.Count(static item => EntityKeys.Is(item.Key)) > 20);
        Assert.Empty(_oracle.Judge(shown).Discrepancies);
        Assert.Contains(_oracle.History.Operations, static operation => operation.Kind == OperationKind.Schema && operation.Writes.Count > 3);
        Assert.Contains(_oracle.History.Operations, static operation => operation.Kind == OperationKind.Rollback && operation.Writes.Count == 0);
    }

    [Fact]
    public void Every_item_that_is_missing_and_every_one_that_is_another_is_found()
    {
        Work(120, static _ => true);
        Observation shown = _session.Observe();
        foreach ((string key, string value) in shown.Items.Where(static item => EntityKeys.Is(item.Key)))
        {
            Assert.NotEmpty(_oracle.Judge(With(shown, key, null)).Discrepancies);
            Assert.NotEmpty(_oracle.Judge(With(shown, key, value + "x")).Discrepancies);
        }
    }

    [Fact]
    public void Values_of_two_items_that_were_swapped_are_found()
    {
        Work(120, static _ => true);
        Observation shown = _session.Observe();
        string[] components = [.. shown.Items.Keys.Where(static key => key.EndsWith($"/{CommonTables.Note}", StringComparison.Ordinal))];
        Observation swapped = With(With(shown, components[0], shown.Items[components[1]]), components[1], shown.Items[components[0]]);
        Assert.NotEmpty(_oracle.Judge(swapped).Discrepancies);
    }

    [Theory]
    [InlineData(OperationKind.Transaction)]
    [InlineData(OperationKind.Batch)]
    [InlineData(OperationKind.Schema)]
    public void One_in_flight_may_be_there_or_not_and_not_in_part(OperationKind kind)
    {
        Work(200, static _ => true);
        // The next one is sent, and never answered.
        Work(500, operation => operation.Kind == kind && operation.Writes.Count > 2, isAnswered: false);
        Observation before = _oracle.Baseline;
        Observation after = _session.Observe();
        Operation last = _oracle.History.Operations[^1];
        Assert.Equal((kind, OperationOutcome.Pending), (last.Kind, last.Outcome));
        Assert.Empty(_oracle.Judge(before).Discrepancies);
        Assert.Empty(_oracle.Judge(after).Discrepancies);
        foreach (KeyWrite write in last.Writes)
        {
            Assert.NotEmpty(_oracle.Judge(With(before, write.Key, write.Value)).Discrepancies);
            Assert.NotEmpty(_oracle.Judge(With(after, write.Key, before.Items.GetValueOrDefault(write.Key))).Discrepancies);
        }
    }

    public void Dispose() => _session.Dispose();

    private static Observation With(Observation shown, string key, string? value)
    {
        Dictionary<string, string> items = new(shown.Items);
        if (value is null)
            items.Remove(key);
        else
            items[key] = value;
        return shown with { Items = items };
    }

    /// <summary>Carries out operations, until one has been said that is wanted, or so many; all but the last are heard to their end. Where the last is not to be answered, what went before is settled.</summary>
    private void Work(int operations, Func<Operation, bool> isLast, bool isAnswered = true)
    {
        int epoch = isAnswered ? 0 : 1;
        RandomWorkload[] workloads = [.. _writers.Select((_, writer) => new RandomWorkload(WorkloadMix.Require("entities"), new Random(writer + 5), epoch, writer, needsBarriers: false, entitySeed: writer + 7))];
        for (int i = 0; i < operations; i++)
        {
            if (!isAnswered)
                _oracle.Accept(_session.Observe());
            Assert.True(_performer.TryPerform(workloads[i % workloads.Length].Next() with { IsAsync = false }, _writers[i % workloads.Length]), Encoding.UTF8.GetString(_said.ToArray()));
            List<WorkerMessage> heard = Hear();
            bool isOver = !isAnswered && heard.OfType<IntentMessage>().Any(intent => isLast(new Operation(intent.Number, intent.Kind, 0) { Writes = intent.Writes }));
            foreach (WorkerMessage message in heard.Where(message => !isOver || message is IntentMessage))
                _oracle.History.Add(message);
            if (isOver)
                return;
        }
    }

    private List<WorkerMessage> Hear()
    {
        List<WorkerMessage> heard = [];
        LineSplitter lines = new(line => heard.Add(WorkerMessageParser.Parse(line)));
        lines.Add(_said.ToArray());
        _said.SetLength(0);
        return heard;
    }
}
