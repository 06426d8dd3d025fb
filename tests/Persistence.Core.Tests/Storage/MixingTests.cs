using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage;

public sealed class MixingTests
{
    /// <summary>As the parts of a state are told apart: by the numbers of those that are there.</summary>
    [Fact]
    public void Small_sets_of_small_numbers_have_hashes_of_their_own()
    {
        HashSet<ulong> seen = [];
        int sets = 0;
        foreach (ulong start in (ReadOnlySpan<ulong>)[0, 1, 2])
            Add(start, first: 0, left: 4);
        Assert.Equal(sets, seen.Count);

        void Add(ulong hash, int first, int left)
        {
            sets++;
            seen.Add(hash);
            for (int number = first; left > 0 && number < 24; number++)
                Add(Mixing.Mix(hash, (ulong)number), number + 1, left - 1);
        }
    }

    [Fact]
    public void Nothing_is_lost_of_what_was_mixed_before()
    {
        HashSet<ulong> seen = [];
        for (ulong hash = 0; hash < 5000; hash++)
        {
            Assert.True(seen.Add(Mixing.Mix(hash, 7)));
            Assert.True(seen.Add(Mixing.Mix(~hash, 7)));
        }
    }
}
