using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Entities;
using Persistence.Serialization;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// A failure in one file: the disk's trace up to the cut, what is missing, and what had been promised. To see it again nothing has to be run but the
/// recovery. A magic number, a CRC32C of the rest, then everything compressed with Brotli.
/// </summary>
/// <param name="Failure">The failure.</param>
/// <param name="Mutant">The mistake the engine made, or null for the engine as it is shipped.</param>
internal sealed record ReplayFile(PowerLossFailure Failure, string? Mutant)
{
    private const int Version = 3;
    private const int HeaderBytes = 12;
    private const int CountMax = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "PSREPLAY"u8;

    /// <summary>Equal for equal disks: what is recovered is the same, byte for byte.</summary>
    public ulong ImageHash => new CrashStateSpace(Failure.Run.Trace, Failure.Profile).HashAt(Failure.Choice);

    /// <summary>Recovers the very state once more.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Judge()
    {
        CrashState state = new CrashStateSpace(Failure.Run.Trace, Failure.Profile).At(Failure.Choice);
        return RecoveryJudge.Judge(state.ToFileSystem(), Failure.Run, Failure.Choice.Cut, isKill: Failure.Choice.Tier == 0);
    }

    public byte[] Write()
    {
        ReplayFile file = this with { Failure = Failure.Truncate() };
        using MemoryStream output = new();
        using (BrotliStream compressed = new(output, CompressionLevel.SmallestSize, leaveOpen: true))
        using (BinaryWriter writer = new(compressed, Encoding.UTF8))
            file.Write(writer, compressed);
        byte[] content = output.ToArray();
        byte[] bytes = new byte[HeaderBytes + content.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Magic.Length), Crc32C.Compute(content));
        content.CopyTo(bytes, HeaderBytes);
        return bytes;
    }

    /// <exception cref="InvalidDataException">It is no such file, or a damaged one.</exception>
    public static ReplayFile Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith(Magic))
            throw new InvalidDataException("It is not a replay file.");
        if (Crc32C.Compute(bytes.AsSpan(HeaderBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(Magic.Length)))
            throw new InvalidDataException("The replay file is damaged: its checksum is another one.");
        try
        {
            using BrotliStream compressed = new(new MemoryStream(bytes, HeaderBytes, bytes.Length - HeaderBytes), CompressionMode.Decompress);
            using BinaryReader reader = new(compressed, Encoding.UTF8);
            return Read(reader, compressed);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException or InvalidOperationException or Diagnostics.StoreException)
        {
            throw new InvalidDataException($"The replay file cannot be read: {e.Message}", e);
        }
    }

    private void Write(BinaryWriter writer, Stream compressed)
    {
        writer.Write(Version);
        writer.Write(Mutant ?? "");
        writer.Write(Failure.Profile.Name);
        writer.Write(Failure.Message);
        writer.Write(ImageHash);
        WriteRun(Failure.Run, writer);
        writer.Flush();
        DiskTraceCodec.Write(Failure.Run.Trace, compressed);
        WriteChoice(writer);
    }

    private static ReplayFile Read(BinaryReader reader, Stream compressed)
    {
        if (reader.ReadInt32() != Version)
            throw new InvalidDataException("The replay file has a version that is not known here.");
        string mutant = reader.ReadString();
        string profileName = reader.ReadString();
        CrashProfile profile = CrashProfile.Find(profileName) ?? throw new InvalidDataException($"There is no profile '{profileName}'.");
        string message = reader.ReadString();
        ulong hash = reader.ReadUInt64();
        (RunPlan plan, RunStart start, RunHistory history) = ReadRun(reader);
        RecordedRun run = new(plan, start, history) { Trace = DiskTraceCodec.Read(compressed) };
        CrashChoice choice = ReadChoice(reader, new CrashStateSpace(run.Trace, profile).Micros.Count);
        ReplayFile file = new(new PowerLossFailure(run, profile, choice, message), mutant.Length == 0 ? null : mutant);
        return file.ImageHash == hash ? file : throw new InvalidDataException("The replay file is damaged: the disk it leads to is another one.");
    }

    private void WriteChoice(BinaryWriter writer)
    {
        CrashChoice choice = Failure.Choice;
        int[] kept = [.. Failure.PendingAtCut.Where(micro => choice.Keeps[micro])];
        writer.Write(choice.Tier);
        writer.Write(choice.Cut);
        writer.Write(choice.StaleBytes);
        writer.Write(kept.Length);
        foreach (int micro in kept)
            writer.Write(micro);
        writer.Write(choice.Torn.Count);
        foreach (TornWrite torn in choice.Torn)
        {
            writer.Write(torn.Micro);
            writer.Write(torn.Garbage);
            writer.Write(torn.Spoiled.Before);
            writer.Write(torn.Spoiled.After);
            writer.Write(torn.Kept.Count);
            foreach ((int from, int length) in torn.Kept)
            {
                writer.Write(from);
                writer.Write(length);
            }
        }
    }

    private static CrashChoice ReadChoice(BinaryReader reader, int micros)
    {
        CrashChoice choice = new(micros) { Tier = reader.ReadInt32(), Cut = reader.ReadInt64(), StaleBytes = reader.ReadBoolean() };
        for (int left = ReadCount(reader); left > 0; left--)
            choice.Keeps[reader.ReadInt32()] = true;
        for (int left = ReadCount(reader); left > 0; left--)
        {
            int micro = reader.ReadInt32();
            bool garbage = reader.ReadBoolean();
            (int Before, int After) spoiled = (reader.ReadInt32(), reader.ReadInt32());
            (int, int)[] kept = new (int, int)[ReadCount(reader)];
            for (int i = 0; i < kept.Length; i++)
                kept[i] = (reader.ReadInt32(), reader.ReadInt32());
            choice.Torn.Add(new TornWrite(micro, kept) { Garbage = garbage, Spoiled = spoiled });
        }

        return choice;
    }

    private static void WriteRun(RecordedRun run, BinaryWriter writer)
    {
        WritePlan(run.Plan, writer);
        writer.Write(run.Start.Boot);
        writer.Write(run.Start.Epoch);
        writer.Write(run.History.OpenedAt);
        WriteContents(run.History.Before, writer);
        foreach (WriterHistory history in run.History.Writers)
        {
            foreach (long stamp in (IEnumerable<long>)[.. history.Begun, .. history.Returned, .. history.Promised])
                writer.Write(stamp);
            writer.Write(history.Unknown);
            writer.Write(history.Refused);
            foreach (IReadOnlyList<EntityId>? created in history.Created)
                WriteCreated(created, writer);
        }

        writer.Write(run.Start.Before is not null);
        if (run.Start.Before is (RecordedRun before, long cut))
        {
            writer.Write(cut);
            WriteRun(before, writer);
        }
    }

    private static (RunPlan Plan, RunStart Start, RunHistory History) ReadRun(BinaryReader reader)
    {
        RunPlan plan = ReadPlan(reader);
        int boot = reader.ReadInt32();
        int epoch = reader.ReadInt32();
        long opened = reader.ReadInt64();
        RunHistory history = new(plan, ReadContents(reader, plan.Operations.Count)) { OpenedAt = opened };
        foreach (WriterHistory writer in history.Writers)
        {
            foreach (long[] stamps in (long[][])[writer.Begun, writer.Returned, writer.Promised])
            {
                for (int i = 0; i < stamps.Length; i++)
                    stamps[i] = reader.ReadInt64();
            }

            writer.Restore(reader.ReadUInt64(), reader.ReadUInt64());
            for (int i = 0; i < writer.Created.Length; i++)
                writer.Created[i] = ReadCreated(reader);
            writer.Complete();
        }

        if (!reader.ReadBoolean())
            return (plan, RunStart.Restored(boot, epoch, before: null), history);
        long cut = reader.ReadInt64();
        (RunPlan earlierPlan, RunStart earlierStart, RunHistory earlierHistory) = ReadRun(reader);
        RecordedRun earlier = new(earlierPlan, earlierStart, earlierHistory);
        return (plan, RunStart.Restored(boot, epoch, (earlier, cut)), history);
    }

    private static void WriteCreated(IReadOnlyList<EntityId>? created, BinaryWriter writer)
    {
        writer.Write(created?.Count ?? -1);
        foreach (EntityId id in created ?? [])
            writer.Write(id.Value);
    }

    private static EntityId[]? ReadCreated(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count == -1)
            return null;
        EntityId[] created = new EntityId[RequireCount(count)];
        for (int i = 0; i < created.Length; i++)
            created[i] = EntityId.TryFrom(reader.ReadInt64(), out EntityId id) ? id : throw new InvalidDataException("The replay file is damaged: an id is none.");
        return created;
    }

    private static void WritePlan(RunPlan plan, BinaryWriter writer)
    {
        writer.Write(plan.Seed);
        writer.Write(plan.Workload);
        writer.Write(plan.KeepsAllRecords);
        StoreOptions options = plan.Options;
        writer.Write((int)options.Durability);
        writer.Write(options.SegmentBytes);
        writer.Write(options.SectorBytes);
        writer.Write(options.CheckpointsRetained);
        writer.Write(options.LogRetainBytes);
        writer.Write(options.Compress);
        writer.Write(options.QuarantineFilesMax);
        writer.Write(options.ReserveBallastBytes);
        writer.Write(plan.Operations.Count);
        foreach (IReadOnlyList<PlannedOperation> operations in plan.Operations)
        {
            writer.Write(operations.Count);
            foreach (PlannedOperation operation in operations)
                WriteOperation(operation, writer);
        }
    }

    private static RunPlan ReadPlan(BinaryReader reader)
    {
        long seed = reader.ReadInt64();
        string workload = reader.ReadString();
        bool keepsAll = reader.ReadBoolean();
        StoreOptions options = new()
        {
            Durability = (DurabilityMode)reader.ReadInt32(),
            SegmentBytes = reader.ReadInt32(),
            SectorBytes = reader.ReadInt32(),
            CheckpointsRetained = reader.ReadInt32(),
            LogRetainBytes = reader.ReadInt64(),
            Compress = reader.ReadBoolean(),
            QuarantineFilesMax = reader.ReadInt32(),
            ReserveBallastBytes = reader.ReadInt64(),
        };
        List<IReadOnlyList<PlannedOperation>> all = [];
        for (int writers = ReadCount(reader); writers > 0; writers--)
        {
            List<PlannedOperation> operations = [];
            for (int left = ReadCount(reader); left > 0; left--)
                operations.Add(ReadOperation(reader));
            all.Add(operations);
        }

        return new RunPlan { Seed = seed, Workload = workload, Options = options, KeepsAllRecords = keepsAll, Operations = all };
    }

    private static void WriteOperation(PlannedOperation operation, BinaryWriter writer)
    {
        writer.Write((byte)operation.Kind);
        writer.Write(operation.IsAsync);
        writer.Write(operation.AsksForSync);
        WriteText(operation.Record, writer);
        writer.Write(operation.Writes.Count);
        foreach (KeyWrite write in operation.Writes)
        {
            writer.Write(write.Key);
            WriteText(write.Value, writer);
        }

        writer.Write(operation.Entities is not null);
        if (operation.Entities is EntityOperation entities)
        {
            writer.Write((byte)entities.Kind);
            writer.Write(entities.Choice);
            writer.Write(entities.Id);
            writer.Write(entities.ValueLength);
        }
    }

    private static PlannedOperation ReadOperation(BinaryReader reader)
    {
        OperationKind kind = (OperationKind)reader.ReadByte();
        bool isAsync = reader.ReadBoolean();
        bool asksForSync = reader.ReadBoolean();
        string? record = ReadText(reader);
        List<KeyWrite> writes = [];
        for (int left = ReadCount(reader); left > 0; left--)
            writes.Add(new KeyWrite(reader.ReadString(), ReadText(reader)));
        EntityOperation? entities = reader.ReadBoolean() ? new EntityOperation((EntityOperationKind)reader.ReadByte(), reader.ReadInt64(), reader.ReadString(), reader.ReadInt32()) : null;
        return new PlannedOperation(kind, writes, record, isAsync, asksForSync) { Entities = entities };
    }

    private static void WriteContents(FoundContents contents, BinaryWriter writer)
    {
        foreach (ulong own in contents.Own)
            writer.Write(own);
        foreach (Dictionary<string, ulong> items in (Dictionary<string, ulong>[])[contents.Shared, contents.Items!])
        {
            writer.Write(items.Count);
            foreach ((string key, ulong value) in items)
            {
                writer.Write(key);
                writer.Write(value);
            }
        }

        writer.Write(contents.Records.Count);
        foreach (ulong record in contents.Records)
            writer.Write(record);
        writer.Write(contents.Texts.Count);
        foreach ((string key, string text) in contents.Texts)
        {
            writer.Write(key);
            writer.Write(text);
        }
    }

    private static FoundContents ReadContents(BinaryReader reader, int writers)
    {
        FoundContents contents = FoundContents.Nothing(writers);
        for (int i = 0; i < writers; i++)
            contents.Own[i] = reader.ReadUInt64();
        foreach (Dictionary<string, ulong> items in (Dictionary<string, ulong>[])[contents.Shared, contents.Items!])
        {
            for (int left = ReadCount(reader); left > 0; left--)
                items.Add(reader.ReadString(), reader.ReadUInt64());
        }

        for (int left = ReadCount(reader); left > 0; left--)
            contents.Records.Add(reader.ReadUInt64());
        for (int left = ReadCount(reader); left > 0; left--)
            contents.Texts.Add(reader.ReadString(), reader.ReadString());
        return contents;
    }

    private static void WriteText(string? text, BinaryWriter writer)
    {
        writer.Write(text is not null);
        if (text is not null)
            writer.Write(text);
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static int ReadCount(BinaryReader reader) => RequireCount(reader.ReadInt32());

    private static int RequireCount(int count) => count is >= 0 and <= CountMax ? count : throw new InvalidDataException("The replay file is damaged: a count is out of bounds.");
}
