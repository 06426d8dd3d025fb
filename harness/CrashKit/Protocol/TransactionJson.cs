using System.Text.Json;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Protocol;

/// <summary>Transactions on lists as JSON.</summary>
internal static class TransactionJson
{
    public static void Write(Utf8JsonWriter writer, TransactionMessage message)
    {
        writer.WriteNumber("n", message.Number);
        writer.WriteNumber("client", message.Client);
        writer.WriteString("stage", NameOf(message.Stage));
        if (message.Operations.Count == 0)
            return;
        writer.WriteStartArray("ops");
        foreach (TransactionOperation operation in message.Operations)
            Write(writer, operation);
        writer.WriteEndArray();
    }

    public static TransactionMessage Read(JsonElement body) => new(
        body.GetProperty("n").GetInt64(),
        body.GetProperty("client").GetInt32(),
        ParseStage(body.GetProperty("stage").GetString()),
        body.TryGetProperty("ops", out JsonElement operations) ? [.. operations.EnumerateArray().Select(ReadOperation)] : []);

    private static void Write(Utf8JsonWriter writer, TransactionOperation operation)
    {
        writer.WriteStartArray();
        switch (operation)
        {
            case ListAppend append:
                writer.WriteStringValue("a");
                writer.WriteStringValue(append.Key);
                writer.WriteNumberValue(append.Value);
                break;
            case ListRead read:
                writer.WriteStringValue("r");
                writer.WriteStringValue(read.Key);
                writer.WriteStartArray();
                foreach (long value in read.Values)
                    writer.WriteNumberValue(value);
                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"The protocol has no word for {operation}.", nameof(operation));
        }

        writer.WriteEndArray();
    }

    private static TransactionOperation ReadOperation(JsonElement operation)
    {
        string key = operation[1].GetString() ?? throw new ProtocolException("A key is not text.");
        return operation[0].GetString() switch
        {
            "a" => new ListAppend(key, operation[2].GetInt64()),
            "r" => new ListRead(key, [.. operation[2].EnumerateArray().Select(value => value.GetInt64())]),
            string name => throw new ProtocolException($"There is no step '{name}' of a transaction."),
            null => throw new ProtocolException("A step of a transaction has no name."),
        };
    }

    private static string NameOf(TransactionStage stage) => stage switch
    {
        TransactionStage.Begin => "begin",
        TransactionStage.Commit => "commit",
        TransactionStage.Committed => "committed",
        _ => "aborted",
    };

    private static TransactionStage ParseStage(string? name) => name switch
    {
        "begin" => TransactionStage.Begin,
        "commit" => TransactionStage.Commit,
        "committed" => TransactionStage.Committed,
        "aborted" => TransactionStage.Aborted,
        _ => throw new ProtocolException($"There is no stage '{name}' of a transaction."),
    };
}
