using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Worker;

public sealed class StoreSessionsTests
{
    private static readonly StoreOptions Options = new()
    {
        SegmentBytes = 32 << 10,
        CheckpointsRetained = 1,
        LogRetainBytes = 0,
        SpareSegments = 0,
        MarkerDelayMs = 0,
        CheckpointLogBytes = 0,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Retention_at_any_moment_of_a_look_at_the_store_takes_only_the_oldest_records(bool isReader)
    {
        int reads = ObserveWhileRetentionStrikes(isReader, strikeAt: int.MaxValue);
        Assert.True(reads > 2);
        for (int strikeAt = 1; strikeAt <= reads; strikeAt++)
            ObserveWhileRetentionStrikes(isReader, strikeAt);
    }

    /// <returns>How often a segment was opened for reading.</returns>
    private static int ObserveWhileRetentionStrikes(bool isReader, int strikeAt)
    {
        using TestDirectory directory = new();
        StoreHost host = StoreHost.ForNewDirectory(directory.Combine("store"));
        StrikingFileSystem files = new(host.Files);
        host = host with { Files = files };
        using StoreSession writer = StoreSessions.OpenOrCreate(host, Options);
        foreach (string record in (string[])["1|", "2|", "3|"])
        {
            writer.Perform(new PlannedOperation(OperationKind.Record, [], record));
            writer.Perform(new PlannedOperation(OperationKind.Rotate, []));
            writer.Perform(new PlannedOperation(OperationKind.Put, [new KeyWrite("key", record)]));
        }

        files.Arm(strikeAt, () => writer.Perform(new PlannedOperation(OperationKind.Checkpoint, [])));
        Observation seen = isReader ? StoreSessions.ObserveReadOnly(host) : StoreSessions.Observe(writer);
        string[] all = [.. new[] { "1|", "2|", "3|" }.Select(ValueText.Describe)];
        Assert.Equal(all[^seen.Records.Count..], seen.Records);
        Assert.Equal(ValueText.Describe("3|"), seen.Items["key"]);
        return files.Reads;
    }

    /// <summary>Does something just before a segment is opened for reading.</summary>
    private sealed class StrikingFileSystem(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        private int _strikeAt;
        private Action? _strike;

        public int Reads { get; private set; }

        public void Arm(int strikeAt, Action strike)
        {
            Reads = 0;
            _strikeAt = strikeAt;
            _strike = strike;
        }

        public override IFile Open(string path, FileIntent intent)
        {
            if (intent == FileIntent.Read && StoreFiles.IsSegment(path) && ++Reads == _strikeAt)
                _strike!();
            return base.Open(path, intent);
        }
    }
}
