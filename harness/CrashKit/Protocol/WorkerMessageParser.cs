using System.Text;
using System.Text.Json;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Protocol;

/// <summary>Reads one line of a worker: an object with one property, whose name says which message it is. Unknown fields are passed over.</summary>
public static class WorkerMessageParser
{
    /// <summary>The longest line a worker may send, line end included.</summary>
    public const int LineBytesMax = 4096;

    /// <summary>Reads a line.</summary>
    /// <param name="line">UTF-8, without the line end.</param>
    /// <exception cref="ProtocolException">It is not a message.</exception>
    public static WorkerMessage Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length >= LineBytesMax)
            throw new ProtocolException($"A line of {line.Length} bytes; at most {LineBytesMax} with its end are allowed.");
        try
        {
            Utf8JsonReader reader = new(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != line.TrimEnd(" \r\t"u8).Length)
                throw new ProtocolException("Something follows the message.");
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new ProtocolException($"Not a message of the protocol: {Encoding.UTF8.GetString(line[..Math.Min(line.Length, 200)])}", e);
        }
    }

    private static WorkerMessage Read(JsonElement root)
    {
        JsonProperty message = root.EnumerateObject().First();
        JsonElement body = message.Value;
        return message.Name switch
        {
            "ready" => ReadReady(body),
            "intent" => ReadIntent(body),
            "ack" => new AckMessage(body.GetProperty("n").GetInt64(), body.TryGetProperty("lsn", out JsonElement lsn) ? lsn.GetInt64() : null),
            "fail" => new FailMessage(body.GetProperty("n").GetInt64(), GetBoolean(body, "definite"), GetString(body, "reason") ?? "") { IsConflict = GetBoolean(body, "conflict") },
            "transaction" => TransactionJson.Read(body),
            "barrier" => new BarrierMessage(body.GetProperty("upto").GetInt64()),
            "mark" => new MarkMessage(GetText(body, "name")),
            "dump" => ReadDump(body),
            "error" => new ErrorMessage(GetString(body, "text") ?? ""),
            "paused" => new PausedMessage(),
            "bye" => new ByeMessage(),
            "did" => new DidMessage(GetText(body, "what")),
            _ => throw new ProtocolException($"There is no message '{message.Name}'."),
        };
    }

    private static ReadyMessage ReadReady(JsonElement body) => new()
    {
        Capabilities = body.TryGetProperty("caps", out JsonElement caps) ? [.. caps.EnumerateArray().Select(cap => cap.GetString() ?? "")] : [],
        Recovered = body.TryGetProperty("recovered", out JsonElement recovered) ? recovered.GetBoolean() : null,
        RecoveryMs = body.TryGetProperty("recovery_ms", out JsonElement time) ? time.GetDouble() : 0,
        Replayed = body.TryGetProperty("replayed", out JsonElement replayed) ? replayed.GetInt64() : 0,
    };

    internal static IntentMessage ReadIntent(JsonElement body)
    {
        long number = body.GetProperty("n").GetInt64();
        OperationKind kind = OperationNames.Parse(GetText(body, "op"));
        return kind switch
        {
            OperationKind.Put => new IntentMessage(number, kind, [new KeyWrite(GetText(body, "key"), GetText(body, "val"))], null),
            OperationKind.Delete => new IntentMessage(number, kind, [new KeyWrite(GetText(body, "key"), null)], null),
            OperationKind.Batch or OperationKind.Schema => new IntentMessage(number, kind, ReadWrites(body.GetProperty("writes")), null),
            OperationKind.Transaction => new IntentMessage(number, kind, ReadWrites(body.GetProperty("writes")), GetString(body, "val")),
            OperationKind.Record => new IntentMessage(number, kind, [], GetText(body, "val")),
            _ => new IntentMessage(number, kind, [], null),
        };
    }

    /// <summary>[key, value] sets, [key] deletes; of two writes to one key the later counts.</summary>
    private static List<KeyWrite> ReadWrites(JsonElement writes)
    {
        List<KeyWrite> read = [];
        foreach (JsonElement pair in writes.EnumerateArray())
        {
            string key = pair[0].GetString() ?? throw new ProtocolException("A key is not text.");
            read.RemoveAll(write => write.Key == key);
            read.Add(new KeyWrite(key, pair.GetArrayLength() > 1 ? pair[1].GetString() : null));
        }

        return read;
    }

    private static DumpMessage ReadDump(JsonElement body)
    {
        List<KeyValuePair<string, string>> items = [];
        if (body.TryGetProperty("items", out JsonElement pairs))
            items.AddRange(pairs.EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString() ?? "", pair[1].GetString() ?? "")));
        List<string> records = [];
        if (body.TryGetProperty("records", out JsonElement listed))
            records.AddRange(listed.EnumerateArray().Select(record => record.GetString() ?? ""));
        return new DumpMessage(items, records, GetBoolean(body, "end"));
    }

    private static string GetText(JsonElement body, string name) =>
        body.GetProperty(name).GetString() ?? throw new ProtocolException($"'{name}' is null.");

    private static string? GetString(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static bool GetBoolean(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
}
