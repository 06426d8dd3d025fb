using FsCheck;
using FsCheck.Fluent;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class ValuePropertyTests
{
    private static Config Cases(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60);

    [Fact]
    public void Any_data_comes_back_the_same() =>
        Check.One(Cases(2000), Prop.ForAll(ValueGenerator.Values, value => ValueAssert.AreSame(value, ValueRoundTripTests.RoundTrip(value))));

    // A hashtable may list its entries in another order after it was read: the number of bytes is what must not change.
    [Fact]
    public void Any_data_takes_as_many_bytes_when_it_is_written_again() =>
        Check.One(Cases(2000), Prop.ForAll(ValueGenerator.Values, value => Written(value).Length == Written(ValueRoundTripTests.RoundTrip(value)).Length));

    [Fact]
    public void Any_data_is_one_MessagePack_value_that_a_reader_can_skip() =>
        Check.One(Cases(500), Prop.ForAll(ValueGenerator.Values, value =>
        {
            byte[] bytes = Written(value);
            return new MessagePackReader([.. bytes, 0xC0]).ReadRaw().SequenceEqual(bytes);
        }));

    [Fact]
    public void Any_data_cut_short_anywhere_is_malformed() =>
        Check.One(Cases(200), Prop.ForAll(ValueGenerator.Values, value =>
        {
            byte[] bytes = Written(value);
            return Enumerable.Range(0, bytes.Length).All(length => IsMalformed(bytes[..length]));
        }));

    [Fact]
    public void Any_limit_is_either_enough_or_a_typed_error_that_leaves_nothing() =>
        Check.One(Cases(200), Prop.ForAll(ValueGenerator.Values, value =>
        {
            byte[] bytes = Written(value);
            return Enumerable.Range(0, Math.Min(bytes.Length, 200) + 1).All(limit => limit >= bytes.Length ? Fits(value, bytes) : IsTooLarge(value, limit));
        }));

    private static byte[] Written(object? value)
    {
        GrowableBuffer buffer = new(1 << 20);
        ValueWriter.Write(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsMalformed(byte[] bytes)
    {
        try
        {
            ValueReader.Read(bytes);
            return false;
        }
        catch (MalformedDataException)
        {
            return true;
        }
    }

    private static bool Fits(object? value, byte[] bytes)
    {
        GrowableBuffer buffer = new(bytes.Length, initialCapacity: 0);
        ValueWriter.Write(buffer, value);
        return buffer.WrittenSpan.SequenceEqual(bytes);
    }

    private static bool IsTooLarge(object? value, int limit)
    {
        GrowableBuffer buffer = new(limit);
        try
        {
            ValueWriter.Write(buffer, value);
            return false;
        }
        catch (StoreException error) when (error.Error == StoreError.RecordTooLarge)
        {
            return buffer.Length == 0;
        }
    }
}
