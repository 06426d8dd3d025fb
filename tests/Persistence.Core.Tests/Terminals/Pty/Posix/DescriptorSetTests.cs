using Persistence.Terminals.Pty.Posix;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Posix;

public sealed class DescriptorSetTests
{
    [Fact]
    public void A_set_has_what_was_added_until_it_is_cleared()
    {
        DescriptorSet set = new();
        int[] added = [0, 7, 8, 63, 64, 1023, 1024, 5000];
        foreach (int descriptor in added)
            set.Add(descriptor);
        Assert.Equal(added, Enumerable.Range(0, 10_000).Where(set.Contains));
        Assert.Equal(5001, set.DescriptorsMax);
        Assert.Equal(0, set.Bits.Length % 8);
        set.Clear();
        Assert.DoesNotContain(Enumerable.Range(0, 10_000), set.Contains);
        Assert.Equal(0, set.DescriptorsMax);
    }
}
