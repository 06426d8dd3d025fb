using System.Buffers;
using System.Text.Json;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// What the worker says, one line in one write: whatever the controller reads was said whole, and nothing said waits in a buffer
/// that dies with the process. Thread-safe; the order of the lines is the order of the events.
/// </summary>
internal sealed class WorkerChannel(Stream output)
{
    private readonly object _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(WorkerMessageParser.LineBytesMax);

    public void WaitForOrders(IEnumerable<string> capabilities) => Say("ready", writer =>
    {
        writer.WriteStartArray("caps");
        foreach (string capability in capabilities)
            writer.WriteStringValue(capability);
        writer.WriteEndArray();
    });

    public void Ready(bool recovered, double recoveryMs, long replayed) => Say("ready", writer =>
    {
        writer.WriteBoolean("recovered", recovered);
        writer.WriteNumber("recovery_ms", Math.Round(recoveryMs, 3));
        writer.WriteNumber("replayed", replayed);
    });

    public void Intent(long number, OperationKind kind, IReadOnlyList<KeyWrite> writes, string? record) => Say("intent", writer =>
    {
        writer.WriteNumber("n", number);
        writer.WriteString("op", OperationNames.Of(kind));
        if (kind is OperationKind.Batch or OperationKind.Transaction or OperationKind.Schema)
            WriteBatch(writer, writes);
        else if (writes.Count > 0)
            writer.WriteString("key", writes[0].Key);
        if ((kind == OperationKind.Put ? writes[0].Value : record) is string value)
            writer.WriteString("val", value);
    });

    /// <param name="number">The operation.</param>
    /// <param name="lsn">A position at which it counts and nothing later does, or null.</param>
    public void Ack(long number, long? lsn = null) => Say("ack", writer =>
    {
        writer.WriteNumber("n", number);
        if (lsn is long position)
            writer.WriteNumber("lsn", position);
    });

    public void Fail(long number, bool isDefinite, string reason, bool isConflict = false) => Say("fail", writer =>
    {
        writer.WriteNumber("n", number);
        writer.WriteBoolean("definite", isDefinite);
        if (isConflict)
            writer.WriteBoolean("conflict", true);
        writer.WriteString("reason", Shorten(reason));
    });

    public void Transaction(TransactionMessage message) => Say("transaction", writer => TransactionJson.Write(writer, message));

    public void Barrier(long upTo) => Say("barrier", writer => writer.WriteNumber("upto", upTo));

    public void Mark(string name) => Say("mark", writer => writer.WriteString("name", name));

    public void Error(string text) => Say("error", writer => writer.WriteString("text", Shorten(text)));

    public void Paused() => Say("paused", static _ => { });

    public void Did(string what) => Say("did", writer => writer.WriteString("what", what));

    public void Bye() => Say("bye", static _ => { });

    public void DumpItems(IReadOnlyList<KeyValuePair<string, string>> items) => Say("dump", writer =>
    {
        writer.WriteStartArray("items");
        foreach ((string key, string value) in items)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(key);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    });

    public void DumpRecords(IReadOnlyList<string> records) => Say("dump", writer =>
    {
        writer.WriteStartArray("records");
        foreach (string record in records)
            writer.WriteStringValue(record);
        writer.WriteEndArray();
    });

    public void DumpEnd() => Say("dump", static writer => writer.WriteBoolean("end", true));

    private static void WriteBatch(Utf8JsonWriter writer, IReadOnlyList<KeyWrite> writes)
    {
        writer.WriteStartArray("writes");
        foreach (KeyWrite write in writes)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(write.Key);
            if (write.Value is not null)
                writer.WriteStringValue(write.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static string Shorten(string text) => text.Length <= 600 ? text : text[..600];

    private void Say(string name, Action<Utf8JsonWriter> writeBody)
    {
        lock (_lock)
        {
            _line.ResetWrittenCount();
            using (Utf8JsonWriter writer = new(_line))
            {
                writer.WriteStartObject();
                writer.WriteStartObject(name);
                writeBody(writer);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            _line.Write("\n"u8);
            output.Write(_line.WrittenSpan);
        }
    }
}
