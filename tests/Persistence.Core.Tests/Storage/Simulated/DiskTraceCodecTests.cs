using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class DiskTraceCodecTests
{
    [Fact]
    public void A_trace_survives_being_written_and_read()
    {
        byte[] written = Write(Record());
        DiskTrace read = DiskTraceCodec.Read(new MemoryStream(written));
        Assert.Equal(written, Write(read));
        CrashStateSpace expected = new(Record(), CrashProfile.PosixMin);
        CrashStateSpace actual = new(read, CrashProfile.PosixMin);
        Assert.Equal(expected.Micros, actual.Micros);
        CrashChoice choice = new(expected.Micros.Count) { Cut = read.End };
        Array.Fill(choice.Keeps, true);
        Assert.Equal(expected.HashAt(choice), actual.HashAt(choice));
    }

    [Fact]
    public void What_comes_after_a_cut_can_be_left_out()
    {
        DiskTrace trace = Record();
        DiskTrace until = trace.Until(trace.End / 2);
        Assert.NotEmpty(until.Operations);
        Assert.All(until.Operations, operation => Assert.True(operation.Enter < until.End));
        Assert.True(until.Operations.Count < trace.Operations.Count);
    }

    [Fact]
    public void A_trace_that_is_cut_short_is_refused()
    {
        byte[] written = Write(Record());
        for (int length = 0; length < written.Length; length += 97)
            Assert.Throws<InvalidDataException>(() => DiskTraceCodec.Read(new MemoryStream(written, 0, length)));
    }

    [Theory]
    [InlineData(new byte[] { 9 })]
    [InlineData(new byte[] { 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })]
    [InlineData(new byte[] { 1, 0, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })]
    [InlineData(new byte[] { 1, 0, 1, 0, 0, 1, 99 })]
    [InlineData(new byte[] { 1, 0, 1, 0, 1, 1, (byte)'f', 7 })]
    public void Counts_and_numbers_are_checked_before_they_are_believed(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => DiskTraceCodec.Read(new MemoryStream(bytes)));

    private static DiskTrace Record()
    {
        SimulatedFileSystem disk = new();
        using (TestStore before = TestStore.Create(TestStore.DeterministicHostFor(disk)))
            before.Set("before", "1");
        TraceRecorder recorder = disk.StartRecording();
        using (TestStore store = TestStore.Open(TestStore.DeterministicHostFor(disk)))
        {
            store.Set("a", "1");
            store.Store.TakeCheckpoint();
        }

        return recorder.ToTrace();
    }

    private static byte[] Write(DiskTrace trace)
    {
        using MemoryStream output = new();
        DiskTraceCodec.Write(trace, output);
        return output.ToArray();
    }
}
