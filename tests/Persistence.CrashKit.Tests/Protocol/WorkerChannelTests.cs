using System.Text;
using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;
using Xunit;

namespace Persistence.CrashKit.Tests.Protocol;

public sealed class WorkerChannelTests
{
    [Fact]
    public void What_is_said_is_what_is_read_and_each_line_is_one_write()
    {
        WriteCounter output = new();
        WorkerChannel channel = new(output);
        channel.WaitForOrders(["open"]);
        channel.Intent(1, OperationKind.Batch, [new KeyWrite("k\"ü", "v"), new KeyWrite("l", null)], null);
        channel.Intent(2, OperationKind.Record, [], "r");
        channel.Ack(1);
        channel.Fail(2, isDefinite: false, "why");
        channel.Barrier(1);
        channel.Paused();
        channel.DumpItems([KeyValuePair.Create("k", "v")]);
        channel.DumpEnd();
        List<WorkerMessage> heard = [];
        new LineSplitter(line => heard.Add(WorkerMessageParser.Parse(line))).Add(output.ToArray());
        Assert.Equal(9, heard.Count);
        Assert.Equal(9, output.Writes);
        IntentMessage batch = Assert.IsType<IntentMessage>(heard[1]);
        Assert.Equal([new KeyWrite("k\"ü", "v"), new KeyWrite("l", null)], batch.Writes);
        Assert.Equal("r", Assert.IsType<IntentMessage>(heard[2]).Record);
        Assert.Equal(new FailMessage(2, false, "why"), heard[4]);
        Assert.Equal(new BarrierMessage(1), heard[5]);
        Assert.IsType<PausedMessage>(heard[6]);
    }

    [Fact]
    public void No_line_of_a_dump_is_too_long()
    {
        Dictionary<string, string> items = Enumerable.Range(0, 500).ToDictionary(i => $"key-{i}", i => $"value-{i}");
        Observation observation = new(items, [.. Enumerable.Range(0, 500).Select(i => $"record-{i}")]);
        WriteCounter output = new();
        StoreDump.Say(observation, new WorkerChannel(output));
        List<DumpMessage> parts = [];
        new LineSplitter(line => parts.Add((DumpMessage)WorkerMessageParser.Parse(line))).Add(output.ToArray());
        Assert.Equal(500, parts.Sum(part => part.Items.Count));
        Assert.Equal(observation.Records, parts.SelectMany(part => part.Records));
        Assert.True(parts[^1].IsEnd);
    }

    [Fact]
    public void An_order_to_open_comes_through_as_it_was_given()
    {
        OpenRequest request = new()
        {
            Directory = "/a \"b\"",
            Epoch = 3,
            Seed = -5,
            ProfileSeed = 7,
            Writers = 2,
            Workload = "records",
            Durability = "Batch",
            Kill = new KillOrder(KillPoint.InsideWrite, 4, 0.25, true),
        };
        using JsonDocument line = JsonDocument.Parse(Encoding.UTF8.GetString(request.ToLine()));
        Assert.Equal(request, OpenRequest.Read(line.RootElement.GetProperty("open")));
    }

    [Fact]
    public void Every_point_has_a_name_of_its_own() =>
        Assert.All(KillPoints.All, point => Assert.Equal(point, KillPoints.Parse(KillPoints.NameOf(point))));

    private sealed class WriteCounter : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }
}
