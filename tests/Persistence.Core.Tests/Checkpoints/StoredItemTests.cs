using FsCheck;
using FsCheck.Fluent;
using Persistence.Checkpoints;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Checkpoints;

/// <summary>Items of a checkpoint that are read again one by one: from the places that its writer and its reader tell.</summary>
public sealed class StoredItemTests
{
    private const string Path = "checkpoints/0000000001.full";
    private const int Block = BlockEncoder.RawBytes;
    private const int LengthBytes = 4;

    private static readonly Guid StoreId = new("5f9e37c1-8a4b-4f7e-9d6c-0123456789ab");

    /// <summary>Nothing, little, about a block or two with the length before or without it, and anything.</summary>
    private static readonly Gen<int> Sizes = Gen.Frequency(
        (2, Gen.Constant(0)),
        (3, Gen.Choose(1, 40)),
        (3, Gen.Choose(Block - (2 * LengthBytes) - 1, Block + 1)),
        (1, Gen.Choose((2 * Block) - (3 * LengthBytes) - 1, (2 * Block) + 1)),
        (2, Gen.Choose(0, 3 * Block)));

    [Fact]
    public void Whatever_their_sizes_are_all_items_are_read_again_from_where_writer_and_reader_say_they_are() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(20),
            Prop.ForAll(Sizes.ArrayOf().ToArbitrary(), sizes => Verify(sizes, compress: false)).And(Prop.ForAll(Sizes.ArrayOf().ToArbitrary(), sizes => Verify(sizes, compress: true))));

    /// <summary>Every byte of the length and of the item is once the first of a block.</summary>
    [Fact]
    public void Items_are_read_again_wherever_the_border_of_a_block_cuts_them()
    {
        for (int before = Block - 20; before <= Block + 4; before++)
            Verify([before, 7, 0, 0, 3], compress: false);
    }

    [Fact]
    public void An_item_of_64_MiB_is_read_again()
    {
        Verify([100, RecordLimits.RecordBytesMax, 100], compress: false);
        Verify([100, RecordLimits.RecordBytesMax + 50, 100], compress: true);
    }

    [Fact]
    public void What_is_damaged_or_not_where_it_was_said_to_be_is_an_invalid_checkpoint()
    {
        SimulatedFileSystem files = new();
        List<StoredPlace> places = Write(files, ItemsOf([100, 3 * Block, 100], compress: false), compress: false);
        using StoredItemFile items = Open(files);
        foreach (StoredPlace wrong in (StoredPlace[])[new(places[0].Block + 1, 0), new(0, 0), new(places[0].Block, -1), new(places[0].Block, Block), new(places[0].Block, 50), new(1 << 30, 0), new(places[^1].Block, 4000)])
            Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => items.Read(wrong)).Error);
        using (IFile file = files.Open(Path, FileIntent.ReadWrite))
            file.Write([0xFF], places[1].Block + (2 * Block));
        Assert.Equal(100, items.Read(places[0]).Length);
        Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => items.Read(places[1])).Error);
        Assert.Equal(100, items.Read(places[2]).Length);
    }

    [Fact]
    public void After_it_was_let_go_of_nothing_is_read_and_nothing_stays_open()
    {
        SimulatedFileSystem files = new();
        List<StoredPlace> places = Write(files, ItemsOf([100], compress: false), compress: false);
        StoredItemFile items = Open(files);
        Assert.Equal([Path], files.OpenFiles);
        items.Dispose();
        items.Dispose();
        Assert.True(items.IsClosed);
        Assert.Empty(files.OpenFiles);
        Assert.Throws<ObjectDisposedException>(() => items.Read(places[0]));
    }

    private static bool Verify(int[] sizes, bool compress)
    {
        SimulatedFileSystem files = new();
        List<byte[]> items = ItemsOf(sizes, compress);
        List<StoredPlace> written = Write(files, items, compress);
        using StoredItemFile stored = Open(files);
        using IFile file = files.Open(Path, FileIntent.Read);
        List<StoredPlace> read = [];
        CheckpointReader.Open(file, StoreId, 1).ReadItems((section, place, item) =>
        {
            if (section.Model != StateModelId.Terminals)
                return;
            Assert.True(item.SequenceEqual(items[read.Count]));
            read.Add(place);
        });
        Assert.Equal(items.Count, read.Count);
        for (int i = 0; i < items.Count; i++)
        {
            Assert.True(stored.Read(written[i]).AsSpan().SequenceEqual(items[i]), $"item {i} of {string.Join(' ', sizes)} from where it was written");
            Assert.True(stored.Read(read[i]).AsSpan().SequenceEqual(items[i]), $"item {i} of {string.Join(' ', sizes)} from where it was read");
        }

        return true;
    }

    private static List<byte[]> ItemsOf(int[] sizes, bool compress)
    {
        Random random = new(sizes.Length);
        List<byte[]> items = [];
        foreach (int size in sizes)
        {
            byte[] item = new byte[size];
            random.NextBytes(compress ? item.AsSpan(0, Math.Min(16, size)) : item);
            items.Add(item);
        }

        return items;
    }

    private static List<StoredPlace> Write(SimulatedFileSystem files, List<byte[]> items, bool compress)
    {
        files.CreateDirectory("checkpoints");
        using IFile file = files.Open(Path, FileIntent.CreateNew);
        CheckpointWriter writer = new(file, compress ? Compressors.CreateDefault(level: 1) : null);
        writer.Begin(new CheckpointHeader(StoreId, 1, RootCheckpoint.Full, 0));
        // Another section before it, so that places are not counted from its beginning.
        writer.WriteSection(StateModelId.KeyValue, 1, Lsn.None, new ListCapture([new byte[100]]));
        ListCapture capture = new(items);
        writer.WriteSection(StateModelId.Terminals, 1, Lsn.None, capture);
        writer.End(new CheckpointFooter());
        return capture.Places;
    }

    private static StoredItemFile Open(SimulatedFileSystem files)
    {
        IFile file = files.Open(Path, FileIntent.Read);
        return new StoredItemFile(file, CheckpointReader.Open(file, StoreId, 1).FooterOffset);
    }

    /// <summary>Items that are there already.</summary>
    private sealed class ListCapture(List<byte[]> items) : IStateCapture
    {
        private int _next;

        public List<StoredPlace> Places { get; } = [];

        public long Count => items.Count;

        public bool TryWriteNext(GrowableBuffer item)
        {
            if (_next == items.Count)
                return false;
            item.Write(items[_next++]);
            return true;
        }

        public void NoteWritten(StoredPlace place) => Places.Add(place);
    }
}
