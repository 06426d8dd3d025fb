using System.Text;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Xunit;

namespace Persistence.CrashKit.Tests.Protocol;

public sealed class WorkerMessageParserTests
{
    [Fact]
    public void Ready_before_and_after_opening_are_told_apart()
    {
        ReadyMessage waiting = Assert.IsType<ReadyMessage>(Parse("""{"ready":{"caps":["open","points"]}}"""));
        Assert.Null(waiting.Recovered);
        Assert.Equal(["open", "points"], waiting.Capabilities);
        ReadyMessage open = Assert.IsType<ReadyMessage>(Parse("""{"ready":{"recovered":true,"recovery_ms":1.5,"replayed":7}}"""));
        Assert.True(open.Recovered);
        Assert.Equal(1.5, open.RecoveryMs);
        Assert.Equal(7, open.Replayed);
    }

    [Fact]
    public void Intents_carry_what_will_be_written()
    {
        IntentMessage put = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":1,"op":"put","key":"k","val":"v"}}"""));
        Assert.Equal(new KeyWrite("k", "v"), Assert.Single(put.Writes));
        IntentMessage delete = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":2,"op":"delete","key":"k"}}"""));
        Assert.Equal(new KeyWrite("k", null), Assert.Single(delete.Writes));
        IntentMessage batch = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":3,"op":"batch","writes":[["a","1"],["b"]]}}"""));
        Assert.Equal([new KeyWrite("a", "1"), new KeyWrite("b", null)], batch.Writes);
        IntentMessage schema = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":3,"op":"schema","writes":[["t","1"]]}}"""));
        Assert.Equal((OperationKind.Schema, new KeyWrite("t", "1")), (schema.Kind, Assert.Single(schema.Writes)));
        IntentMessage record = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":4,"op":"record","val":"r"}}"""));
        Assert.Equal("r", record.Record);
        Assert.Equal(OperationKind.Flush, Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":5,"op":"flush"}}""")).Kind);
    }

    [Fact]
    public void Of_two_writes_to_one_key_in_a_batch_the_later_counts()
    {
        IntentMessage batch = Assert.IsType<IntentMessage>(Parse("""{"intent":{"n":3,"op":"batch","writes":[["a","1"],["a","2"]]}}"""));
        Assert.Equal(new KeyWrite("a", "2"), Assert.Single(batch.Writes));
    }

    [Fact]
    public void The_other_messages_are_read()
    {
        Assert.Equal(new AckMessage(3), Parse("""{"ack":{"n":3}}"""));
        Assert.Equal(new FailMessage(3, true, "full"), Parse("""{"fail":{"n":3,"definite":true,"reason":"full"}}"""));
        Assert.Equal(new FailMessage(3, true, "late") { IsConflict = true }, Parse("""{"fail":{"n":3,"definite":true,"reason":"late","conflict":true}}"""));
        Assert.Equal(new FailMessage(3, false, ""), Parse("""{"fail":{"n":3}}"""));
        Assert.Equal(new PausedMessage(), Parse("""{"paused":{}}"""));
        Assert.Equal(new BarrierMessage(9), Parse("""{"barrier":{"upto":9}}"""));
        Assert.Equal(new MarkMessage("inside-write"), Parse("""{"mark":{"name":"inside-write"}}"""));
        Assert.Equal(new ErrorMessage("no"), Parse("""{"error":{"text":"no"}}"""));
        Assert.IsType<ByeMessage>(Parse("""{"bye":{}}"""));
        DumpMessage dump = Assert.IsType<DumpMessage>(Parse("""{"dump":{"items":[["k","v"]],"records":["r"],"end":true}}"""));
        Assert.Equal(KeyValuePair.Create("k", "v"), Assert.Single(dump.Items));
        Assert.Equal("r", Assert.Single(dump.Records));
        Assert.True(dump.IsEnd);
    }

    [Fact]
    public void Unknown_fields_are_passed_over() =>
        Assert.Equal(new AckMessage(3), Parse("""{"ack":{"n":3,"later":17}}"""));

    [Fact]
    public void An_acknowledgement_may_say_where_in_the_log_its_change_is() =>
        Assert.Equal(new AckMessage(3, Lsn: 17), Parse("""{"ack":{"n":3,"lsn":17}}"""));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"shout":{}}""")]
    [InlineData("""{"ack":{}}""")]
    [InlineData("""{"ack":{"n":"3"}}""")]
    [InlineData("""{"intent":{"n":1,"op":"jump"}}""")]
    [InlineData("""{"intent":{"n":1,"op":"put","key":"k"}}""")]
    [InlineData("""{"ack":{"n":3}} {"ack":{"n":4}}""")]
    [InlineData("""{"dump":{"items":[[]]}}""")]
    [InlineData("""{"dump":{"items":[["k"]]}}""")]
    [InlineData("""{"intent":{"n":1,"op":"batch","writes":[[]]}}""")]
    public void What_is_not_a_message_is_refused(string line) => Assert.Throws<ProtocolException>(() => Parse(line));

    [Fact]
    public void A_line_too_long_is_refused() =>
        Assert.Throws<ProtocolException>(() => Parse("""{"mark":{"name":"X"}}""".Replace("X", new string('x', WorkerMessageParser.LineBytesMax), StringComparison.Ordinal)));

    private static WorkerMessage Parse(string line) => WorkerMessageParser.Parse(Encoding.UTF8.GetBytes(line));
}
