using Persistence.Entities;
using Xunit;

namespace Persistence.Tests.Entities.Tables;

public sealed class PagedArrayTests
{
    private const int PageLength = 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PageLength - 1)]
    [InlineData(PageLength)]
    [InlineData((5 * PageLength) + 7)]
    public void Where_nothing_was_put_is_the_initial_value(int place)
    {
        PagedArray<int> array = new(-1);
        array[place] = 5;
        for (int i = 0; i < 8 * PageLength; i++)
            Assert.Equal(i == place ? 5 : -1, array[i]);
    }

    [Fact]
    public void Pages_where_nothing_was_put_are_passed_over_and_no_place_of_others_is()
    {
        PagedArray<int> array = new(0);
        array[3 * PageLength] = 1;
        array[(5 * PageLength) - 1] = 1;
        Assert.Equal(3 * PageLength, array.SkipUnused(0));
        Assert.Equal((3 * PageLength) + 1, array.SkipUnused((3 * PageLength) + 1));
        Assert.Equal(4 * PageLength, array.SkipUnused(4 * PageLength));
        Assert.InRange(array.SkipUnused(5 * PageLength), 5 * PageLength, int.MaxValue);
        Assert.Equal(100 * PageLength, array.SkipUnused(100 * PageLength));
    }
}
