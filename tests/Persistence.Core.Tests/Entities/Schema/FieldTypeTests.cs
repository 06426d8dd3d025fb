using Persistence.Entities;
using Persistence.Tests.Entities.Values;
using Xunit;

namespace Persistence.Tests.Entities.Schema;

public sealed class FieldTypeTests
{
    [Fact]
    public void Numbers_on_disk_stay_what_they_are() => Assert.Equal(
        "Bool 1, Int8 2, Int16 3, Int32 4, Int64 5, UInt8 6, UInt16 7, UInt32 8, UInt64 9, Float32 10, Float64 11, String 12, Bytes 13, Guid 14, Time 15, Duration 16, Reference 17",
        string.Join(", ", SampleValues.Types.Where(static type => !type.IsArray).Select(static type => $"{type} {type.Number}")));

    [Fact]
    public void Types_have_numbers_and_names()
    {
        foreach (FieldType type in SampleValues.Types)
        {
            Assert.True(FieldType.TryFromNumber(type.Number, out FieldType same));
            Assert.Equal(type, same);
            Assert.Equal(type, FieldType.Parse(type.ToString()));
            Assert.Equal(type, FieldType.Parse(type.ToString().ToUpperInvariant()));
        }

        Assert.Equal(2 * 17, Enumerable.Range(0, 256).Count(static number => FieldType.TryFromNumber((byte)number, out _)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("Int")]
    [InlineData("1")]
    [InlineData("Int32[][]")]
    [InlineData("[]")]
    public void Other_names_are_refused_with_those_there_are(string name) => Assert.Contains("Int32", Assert.Throws<FormatException>(() => FieldType.Parse(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Int32", "Int64", true)]
    [InlineData("UInt32", "Int64", true)]
    [InlineData("UInt32", "Int32", false)]
    [InlineData("Int64", "Float64", false)]
    [InlineData("Int32", "Float64", true)]
    [InlineData("Int32", "Float32", false)]
    [InlineData("Int32", "Int32", false)]
    [InlineData("Int64", "Int32", false)]
    [InlineData("Int8", "UInt64", false)]
    [InlineData("Int32[]", "Int64[]", true)]
    [InlineData("Int32", "Int64[]", false)]
    [InlineData("Guid", "String", false)]
    public void A_type_is_widened_to_one_that_holds_all_of_its_values(string from, string to, bool can) =>
        Assert.Equal(can, FieldType.Parse(from).CanWidenTo(FieldType.Parse(to)));
}
