using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Tests.Oracle;

/// <summary>A history told by hand, and the oracle that hears it.</summary>
internal sealed class Story
{
    private long _number;

    public Story(bool acknowledgementPromises = true, bool keepsAllRecords = true, bool remembersAllValues = true) =>
        Oracle = new StoreOracle(keepsAllRecords, acknowledgementPromises) { RemembersAllValues = remembersAllValues };

    public StoreOracle Oracle { get; }

    public static Observation State(string items = "", string records = "") => new(
        items.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => item.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]),
        records.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public long Send(OperationKind kind, string? record, params KeyWrite[] writes)
    {
        Oracle.History.Add(new IntentMessage(++_number, kind, writes, record));
        return _number;
    }

    public long SendPut(string key, string value) => Send(OperationKind.Put, null, new KeyWrite(key, value));

    public long SendDelete(string key) => Send(OperationKind.Delete, null, new KeyWrite(key, null));

    public long SendBatch(params (string Key, string? Value)[] writes) =>
        Send(OperationKind.Batch, null, [.. writes.Select(write => new KeyWrite(write.Key, write.Value))]);

    public long SendRecord(string record) => Send(OperationKind.Record, record);

    public void Ack(long number) => Oracle.History.Add(new AckMessage(number));

    public void Fail(long number, bool isDefinite) => Oracle.History.Add(new FailMessage(number, isDefinite, "told to"));

    public void Conflict(long number) => Oracle.History.Add(new FailMessage(number, true, "told to") { IsConflict = true });

    public void Barrier(long upTo) => Oracle.History.Add(new BarrierMessage(upTo));

    public void Put(string key, string value) => Ack(SendPut(key, value));

    public void Delete(string key) => Ack(SendDelete(key));

    public void Batch(params (string Key, string? Value)[] writes) => Ack(SendBatch(writes));

    public void Record(string record) => Ack(SendRecord(record));

    public void Flush()
    {
        long number = Send(OperationKind.Flush, null);
        Ack(number);
        Barrier(number);
    }

    /// <summary>A state verified and accepted before the story goes on.</summary>
    public Story After(Observation verified)
    {
        Oracle.Accept(verified);
        return this;
    }

    public DiscrepancyKind[] Judge(string items = "", string records = "") =>
        [.. Oracle.Judge(State(items, records)).Discrepancies.Select(discrepancy => discrepancy.Kind).Distinct().Order()];
}
