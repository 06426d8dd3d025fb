using System.Reflection;
using System.Reflection.Emit;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class ValueReaderTests
{
    [Theory]
    [InlineData("", "no bytes")]
    [InlineData("C1", "the unused byte")]
    [InlineData("0000", "bytes left over")]
    [InlineData("A1FF", "a string that is not UTF-8")]
    [InlineData("91", "an array without its element")]
    [InlineData("DDFFFFFFFF00", "an array of four thousand million")]
    [InlineData("DFFFFFFFFF00", "a map of as many")]
    [InlineData("81C001", "a nil key")]
    [InlineData("8201010102", "the same key twice")]
    [InlineData("D50161", "a fixed extension cut short")]
    [InlineData("D40161", "half a UTF-16 unit")]
    [InlineData("D40261", "a char of one byte")]
    [InlineData("D60300000000", "a decimal of four bytes")]
    [InlineData("D803001D0000000000000000000000000000", "a decimal with scale 29")]
    [InlineData("D803000000010000000000000000000000", "a decimal cut short")]
    [InlineData("D80300000001000000000000000000000000", "a decimal with stray flags")]
    [InlineData("C70004", "a BigInteger of no bytes")]
    [InlineData("D705C000000000000000", "a DateTime of kind 3")]
    [InlineData("D7053FFFFFFFFFFFFFFF", "a DateTime after the year 9999")]
    [InlineData("C70A0608DC391DF494E0000349", "an offset of 14:01")]
    [InlineData("C70A060000000000000000003C", "an offset before the year 1")]
    [InlineData("C70A06FFFFFFFFFFFFFFFF0000", "a negative clock")]
    [InlineData("D407FF", "a TimeSpan of one byte")]
    [InlineData("D40800", "a Guid of one byte")]
    [InlineData("D609FFFFFFFF", "a negative day")]
    [InlineData("D60937B9DC00", "a day after the year 9999")]
    [InlineData("D70AFFFFFFFFFFFFFFFF", "a negative time of day")]
    [InlineData("D70A000000C92A69C000", "midnight of the next day")]
    [InlineData("D80BFFFFFFFF00000000FFFFFFFFFFFFFFFF", "a version with a negative part")]
    [InlineData("D80B0000000100000002FFFFFFFF00000001", "a version with a revision and no build")]
    [InlineData("C7060C92C2A2787878", "a URI with bytes left over")]
    [InlineData("C7040C92C3A178", "an absolute URI that is relative")]
    [InlineData("D50C91C3", "a URI lacking a part")]
    [InlineData("D40D90", "an ordered map that is an array")]
    [InlineData("D40E80", "an object that is a map")]
    [InlineData("C7030E92C090", "an object whose properties are an array")]
    [InlineData("C7050E92C0810101", "a property whose name is a number")]
    [InlineData("C7040E92910180", "a type name that is a number")]
    [InlineData("C7070F92A5496E743332", "a typed array without elements")]
    [InlineData("C70A0F92A5496E74333291C3", "an array of int that holds a bool, cut")]
    [InlineData("C7090F92A5496E74333291C3", "an array of int that holds a bool")]
    [InlineData("C7090F92A5496E74333291C0", "an array of int that holds nil")]
    [InlineData("C70C0F92A5496E743332DDFFFFFFFF", "an array of int of four thousand million")]
    [InlineData("C7041092A14190", "an enumeration whose value is an array")]
    [InlineData("C705109201A14105", "an enumeration whose name is a number")]
    public void Malformed_bytes_are_a_typed_error(string hex, string what)
    {
        StoreException error = Assert.ThrowsAny<StoreException>(() => ValueReader.Read(Convert.FromHexString(hex)));
        Assert.True(error is MalformedDataException && error.Error == StoreError.MalformedData, what);
    }

    [Theory]
    [InlineData("D41100", "the first unassigned extension")]
    [InlineData("D47F00", "the last extension")]
    [InlineData("D6FF00000000", "a timestamp, which this format does not use")]
    [InlineData("C7061192A3666F6F01", "an unassigned extension with parts")]
    [InlineData("C7060F92A3466F6F90", "an array of an unknown type")]
    [InlineData("C7040E93C080C0", "an object with a third part")]
    [InlineData("C7051093A1410101", "an enumeration with a third part")]
    public void What_a_newer_version_may_write_is_unsupported_and_not_corrupt(string hex, string what)
    {
        StoreException error = Assert.Throws<StoreException>(() => ValueReader.Read(Convert.FromHexString(hex)));
        Assert.True(error.Error == StoreError.UnsupportedFormatVersion, what);
    }

    [Fact]
    public void Nested_counts_cannot_add_up_to_more_than_the_bytes()
    {
        // Each of 60 nested arrays claims every byte that is left: believed, they would take 60 times eight bytes for each.
        const int size = 1_000_000;
        byte[] data = new byte[size];
        int at = 0;
        for (int level = 0; level < 60; level++)
        {
            data[at] = 0xDD;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(at + 1), size - at - 5);
            at += 5;
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedDataException>(() => ValueReader.Read(data));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10L * size);
    }

    [Fact]
    public void More_than_64_levels_are_malformed_in_every_kind_of_nesting()
    {
        Assert.Throws<MalformedDataException>(() => ValueReader.Read([.. Enumerable.Repeat((byte)0x91, 65), 0xC0]));
        Assert.Throws<MalformedDataException>(() => ValueReader.Read(NestedOrderedMaps(65)));
        Assert.NotNull(ValueReader.Read(NestedOrderedMaps(64)));
    }

    [Fact]
    public void A_loaded_enumeration_comes_back_and_any_other_as_name_and_number()
    {
        Assert.Equal(DayOfWeek.Friday, ReadEnum("System.DayOfWeek", 5));
        Assert.Equal(Environment.SpecialFolder.Desktop, ReadEnum("System.Environment+SpecialFolder", 0));
        Assert.Equal(GoldenColor.Red, ReadEnum(typeof(GoldenColor).FullName!, (byte)7));
        Assert.Equal(new UnresolvedEnum("No.Such.Type", 5L), ReadEnum("No.Such.Type", 5L));
        Assert.Equal(new UnresolvedEnum("System.DayOfWeek", 5L), ReadEnum("System.DayOfWeek", 5L));
        Assert.Equal(new UnresolvedEnum("System.String", 5), ReadEnum("System.String", 5));
        Assert.Equal(new UnresolvedEnum("system.dayofweek", 5), ReadEnum("system.dayofweek", 5));
        Assert.Equal(new UnresolvedEnum("", 5), ReadEnum("", 5));
    }

    [Theory]
    [InlineData("System.Collections.Generic.List`1[[System.Net.Mail.MailPriority, System.Net.Mail]]")]
    [InlineData("System.DayOfWeek, System.Private.CoreLib")]
    [InlineData("System.DayOfWeek[]")]
    [InlineData("System.DayOfWeek&")]
    [InlineData("System.DayOfWeek*")]
    [InlineData("System\\.DayOfWeek")]
    [InlineData("Persistence.Tests.Serialization.Generic`1+Inner")]
    public void A_name_that_is_more_than_a_name_is_not_looked_up(string name) => Assert.Equal(new UnresolvedEnum(name, 5), ReadEnum(name, 5));

    // netstandard.dll says where every type of the base library lives: asked for one by name, it loads that assembly.
    [Fact]
    public void Looking_for_an_enumeration_loads_no_assembly()
    {
        Assembly.Load("netstandard");
        (string unloaded, string type) = Array.Find(
            [
                ("System.IO.IsolatedStorage", "System.IO.IsolatedStorage.IsolatedStorageScope"),
                ("System.Net.Mail", "System.Net.Mail.MailPriority"),
                ("System.Transactions.Local", "System.Transactions.IsolationLevel"),
            ],
            ((string Assembly, string Type) candidate) => !IsLoaded(candidate.Assembly));
        Assert.NotNull(unloaded);
        Assert.Equal(new UnresolvedEnum(type, 1), ReadEnum(type, 1));
        Assert.False(IsLoaded(unloaded));
    }

    [Fact]
    public void An_enumeration_made_at_run_time_is_found_once_it_is_there_and_the_last_one_wins()
    {
        ValueReaderOptions options = new();
        string name = $"Made.AtRunTime{Guid.NewGuid():N}";
        Assert.Equal(new UnresolvedEnum(name, 1), ReadEnum(name, 1, options));
        Type first = MakeEnum(name);
        Assert.Same(first, ReadEnum(name, 1, options)!.GetType());
        Type second = MakeEnum(name);
        Assert.Same(second, ReadEnum(name, 1, options)!.GetType());
    }

    [Fact]
    public void An_unresolved_enumeration_is_written_as_it_was_read()
    {
        GrowableBuffer first = Written(new UnresolvedEnum("Some.Type", (ushort)3));
        GrowableBuffer second = Written(ValueReader.Read(first.WrittenSpan));
        Assert.Equal(first.WrittenSpan.ToArray(), second.WrittenSpan.ToArray());
        Assert.Throws<ValueNotSupportedException>(() => Written(new UnresolvedEnum("Some.Type", "three")));
    }

    [Fact]
    public void Many_unknown_names_do_not_pile_up()
    {
        ValueReaderOptions options = new();
        for (int i = 0; i < 3000; i++)
            Assert.IsType<UnresolvedEnum>(ReadEnum($"Unknown,{i}", i, options));
    }

    [Fact]
    public void A_rooted_path_written_as_a_uri_on_Unix_is_read_everywhere()
    {
        byte[] data = Convert.FromHexString("C9000000070C" + "92C3" + "A42F612F62");
        Assert.Equal("/a/b", Assert.IsType<Uri>(ValueReader.Read(data)).AbsolutePath);
    }

    private static object? ReadEnum(string typeName, object number, ValueReaderOptions? options = null) =>
        ValueReader.Read(Written(new UnresolvedEnum(typeName, number)).WrittenSpan, options);

    private static GrowableBuffer Written(object? value)
    {
        GrowableBuffer buffer = new(100_000);
        ValueWriter.Write(buffer, value);
        return buffer;
    }

    private static byte[] NestedOrderedMaps(int levels)
    {
        GrowableBuffer buffer = new(100_000);
        MessagePackWriter writer = new(buffer);
        Stack<int> open = new();
        for (int level = 0; level < levels; level++)
        {
            open.Push(writer.BeginExtension(13));
            writer.WriteMapHeader(1);
            writer.WriteFixInt(1);
        }
        writer.WriteNil();
        while (open.TryPop(out int body))
            writer.EndExtension(body);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsLoaded(string assemblyName) => AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == assemblyName);

    private static Type MakeEnum(string name)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made at run time"), AssemblyBuilderAccess.Run);
        EnumBuilder builder = assembly.DefineDynamicModule("Module").DefineEnum(name, TypeAttributes.Public, typeof(int));
        builder.DefineLiteral("One", 1);
        return builder.CreateType();
    }
}
