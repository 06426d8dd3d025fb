using Persistence.Entities;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityIdTests
{
    [Theory]
    [InlineData(0, 1, "0.1", 1L << 32)]
    [InlineData(17, 2, "17.2", (2L << 32) + 17)]
    [InlineData(EntityId.SlotMax, EntityId.GenerationMax, "1073741823.2147483647", ((long)EntityId.GenerationMax << 32) + EntityId.SlotMax)]
    public void An_id_is_a_number_and_a_text(int slot, int generation, string text, long number)
    {
        EntityId id = new(slot, generation);
        Assert.Equal((slot, generation, number, text), (id.Slot, id.Generation, id.Value, id.ToString()));
        Assert.Equal(id, EntityId.Parse(text, null));
        Assert.True(EntityId.TryFrom(number, out EntityId same));
        Assert.Equal(id, same);
    }

    [Fact]
    public void None_is_none()
    {
        Assert.True(EntityId.None.IsNone);
        Assert.Equal("none", EntityId.None.ToString());
        Assert.Equal(EntityId.None, EntityId.Parse("none", null));
        Assert.False(EntityId.TryFrom(0, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1.0")]
    [InlineData("-1.1")]
    [InlineData("1.-1")]
    [InlineData(" 1.1")]
    [InlineData("1.1.1")]
    [InlineData("1073741824.1")]
    [InlineData("1.2147483648")]
    [InlineData("99999999999.1")]
    public void Other_texts_are_none(string text)
    {
        Assert.False(EntityId.TryParse(text, null, out EntityId id));
        Assert.True(id.IsNone);
        Assert.Throws<FormatException>(() => EntityId.Parse(text, null));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData((1L << 32) + EntityId.SlotMax + 1)]
    [InlineData(long.MinValue)]
    public void Other_numbers_are_none(long number)
    {
        Assert.False(EntityId.TryFrom(number, out EntityId id));
        Assert.True(id.IsNone);
    }

    [Fact]
    public void Ids_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntityId(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntityId(EntityId.SlotMax + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntityId(0, 0));
    }

    [Fact]
    public void They_are_in_the_order_of_their_slots() =>
        Assert.Equal([new(1, 9), new(2, 1), new(2, 3)], new EntityId[] { new(2, 3), new(1, 9), new(2, 1) }.Order());
}
