using System.Buffers;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class GrowableBufferTests
{
    [Fact]
    public void What_is_written_is_what_is_held()
    {
        GrowableBuffer buffer = new(maxLength: 1000, initialCapacity: 2);
        buffer.Write(1);
        buffer.Write([2, 3, 4]);
        buffer.Append(2).Fill(5);
        Assert.Equal([1, 2, 3, 4, 5, 5], buffer.WrittenSpan.ToArray());
        Assert.Equal(buffer.WrittenSpan.ToArray(), buffer.WrittenMemory.ToArray());
        Assert.Equal(6, buffer.Length);
        Assert.Equal(4, buffer[3]);
    }

    [Fact]
    public void It_is_a_buffer_writer()
    {
        GrowableBuffer buffer = new(maxLength: 1000, initialCapacity: 0);
        buffer.GetSpan(3)[0] = 7;
        buffer.Advance(1);
        buffer.GetMemory().Span[0] = 8;
        buffer.Advance(1);
        BuffersExtensions.Write<byte>(buffer, [9, 10]);
        Assert.Equal([7, 8, 9, 10], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void It_grows_to_its_limit_exactly_and_no_further()
    {
        GrowableBuffer buffer = new(maxLength: 1000, initialCapacity: 16);
        for (int i = 0; i < 1000; i++)
            buffer.Write((byte)i);
        StoreException error = Assert.Throws<StoreException>(() => buffer.Write(0));
        Assert.Equal(StoreError.RecordTooLarge, error.Error);
        Assert.Equal(1000, buffer.Length);
        Assert.Equal(1000, buffer.Capacity);
        Assert.Equal((byte)(999 & 0xFF), buffer[999]);
    }

    [Fact]
    public void Too_much_at_once_appends_nothing()
    {
        GrowableBuffer buffer = new(maxLength: 10);
        buffer.Write(1);
        Assert.Throws<StoreException>(() => buffer.Write(new byte[10]));
        Assert.Throws<StoreException>(() => buffer.GetSpan(int.MaxValue));
        Assert.Equal([1], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_reused_buffer_stops_allocating()
    {
        GrowableBuffer buffer = new(maxLength: 1 << 20);
        byte[] data = new byte[10_000];
        buffer.Write(data);
        int capacity = buffer.Capacity;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            buffer.Reset();
            buffer.Write(data);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < data.Length);
        Assert.Equal(capacity, buffer.Capacity);
    }

    [Fact]
    public void Written_bytes_can_be_changed_in_place_and_others_cannot()
    {
        GrowableBuffer buffer = new(maxLength: 100);
        buffer.Write([1, 2, 3, 4]);
        buffer.GetSpanAt(1, 2).Fill(9);
        buffer[3] = 8;
        Assert.Equal([1, 9, 9, 8], buffer.WrittenSpan.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpanAt(3, 2));
        Assert.Throws<IndexOutOfRangeException>(() => buffer[4]);
    }

    [Fact]
    public void Truncating_forgets_the_end()
    {
        GrowableBuffer buffer = new(maxLength: 100);
        buffer.Write([1, 2, 3]);
        buffer.Truncate(1);
        Assert.Equal([1], buffer.WrittenSpan.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(1000));
    }
}
