using System.Buffers.Binary;
using FsCheck.Fluent;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

/// <summary>Random, structured and mutated bytes: only the typed errors come out, and memory stays in proportion to the input.</summary>
public sealed class ReaderFuzzTests
{
    // An empty map is one byte and some two hundred of memory: the worst that bytes can ask for. An exception is a few
    // thousand, and the names of the enumerations in an assembly that another test has just loaded can be a million.
    private const int AllocationPerByteMax = 320;
    private const int AllocationFixedMax = 4_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_bytes_give_a_value_or_a_typed_error(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 10_000; round++)
        {
            byte[] data = new byte[random.Next(0, 200)];
            random.NextBytes(data);
            AssertHarmless(data);
        }
    }

    // Uniform bytes are mostly small integers: here every format, and lengths that almost fit, are as likely.
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Bytes_that_look_like_MessagePack_give_a_value_or_a_typed_error(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 10_000; round++)
            AssertHarmless(Structured(random, random.Next(1, 300)));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    public void Mutated_values_give_a_value_or_a_typed_error(int seed)
    {
        Random random = new(seed);
        foreach (object? value in Gen.Sample(ValueGenerator.Value(), 200, 40))
        {
            byte[] written = Written(value);
            for (int round = 0; round < 40; round++)
                AssertHarmless(Mutated(random, written));
        }
    }

    [Fact]
    public void Every_pair_of_first_bytes_is_harmless()
    {
        byte[] data = new byte[24];
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                (data[0], data[1]) = ((byte)first, (byte)second);
                AssertHarmless(data);
            }
        }
    }

    [Fact]
    public void Skipping_allocates_nothing_but_its_error()
    {
        Random random = new(31);
        long allocated = 0;
        for (int round = 0; round < 10_000; round++)
        {
            byte[] data = Structured(random, 300);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (TrySkip(data))
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.True(allocated < 10_000);
    }

    private static void AssertHarmless(byte[] data)
    {
        TrySkip(data);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ValueReader.Read(data);
        }
        catch (StoreException error) when (error is MalformedDataException || error.Error == StoreError.UnsupportedFormatVersion)
        {
            // The two errors there may be.
        }
        catch (Exception error)
        {
            Assert.Fail($"{Convert.ToHexString(data)}: {error}");
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= AllocationFixedMax + ((long)data.Length * AllocationPerByteMax), $"{Convert.ToHexString(data)}: {allocated} bytes allocated");
    }

    private static bool TrySkip(byte[] data)
    {
        try
        {
            new MessagePackReader(data).Skip();
            return true;
        }
        catch (MalformedDataException)
        {
            return false;
        }
    }

    private static byte[] Structured(Random random, int length)
    {
        byte[] data = new byte[length];
        random.NextBytes(data);
        for (int at = 0; at < length; at += random.Next(1, 6))
        {
            data[at] = (byte)random.Next(0x80, 0xE0);
            if (at + 6 < length && random.Next(2) == 0)
                BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(at + 1), random.Next(-2, length - at));
            if (at + 6 < length && random.Next(2) == 0)
                data[at + 5] = (byte)random.Next(0, 18);
            if (at + 3 < length && random.Next(3) == 0)
                (data[at + 1], data[at + 2]) = ((byte)random.Next(0, 20), (byte)random.Next(0, 18));
        }
        return data;
    }

    private static byte[] Mutated(Random random, byte[] written)
    {
        List<byte> data = [.. written];
        for (int hits = random.Next(1, 5); hits > 0 && data.Count > 0; hits--)
            Mutate(random, data);
        return [.. data];
    }

    private static void Mutate(Random random, List<byte> data)
    {
        int at = random.Next(data.Count);
        switch (random.Next(5))
        {
            case 0: data[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: data[at] = (byte)random.Next(256); break;
            case 2: data.RemoveRange(at, Math.Min(random.Next(1, 4), data.Count - at)); break;
            case 3: data.InsertRange(at, data.GetRange(at, Math.Min(random.Next(1, 9), data.Count - at))); break;
            default: data[at] = (byte)random.Next(0x80, 0xE0); break;
        }
    }

    private static byte[] Written(object? value)
    {
        GrowableBuffer buffer = new(1 << 20);
        ValueWriter.Write(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }
}
