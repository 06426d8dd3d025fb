using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Whatever damage keeps a store from opening, the inspector finds it: nobody is told "healthy" about a store that is refused.</summary>
public sealed class InspectorAgreesTests
{
    private const int FlipStride = 97;
    private const int SectorBytes = 512;
    private const int CutStride = 1500;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_store_that_is_refused_is_not_healthy(bool clean, bool slotLost)
    {
        SampleStore sample = SampleStore.Create(SampleStore.DropLog with { Compress = false }, clean, setsAfter: 4);
        if (slotLost)
            sample.Image["ROOT"].AsSpan((int)(sample.Root.Generation & 1) * 8192, 8192).Fill(0x5A);
        int refused = 0;
        foreach ((string what, StoreImage damaged) in Damages(sample.Image))
        {
            SimulatedFileSystem files = damaged.ToFiles();
            if (Record.Exception(() => TestStore.OpenReadOnly(files).Dispose()) is not StoreException refusal)
                continue;
            refused++;
            Assert.False(IsHealthy(files), $"{what}: refused ({refusal.Message}) and healthy");
        }

        Assert.True(refused > 30, $"only {refused} were refused");
    }

    private static bool IsHealthy(SimulatedFileSystem files)
    {
        try
        {
            return StoreInspector.Inspect(TestStore.HostFor(files)).IsHealthy;
        }
        catch (StoreException e) when (e.Error is StoreError.StoreNotFound or StoreError.StorageFailed)
        {
            return false;
        }
    }

    private static IEnumerable<(string What, StoreImage Damaged)> Damages(StoreImage image)
    {
        foreach (string path in image.Paths)
        {
            int length = image[path].Length;
            for (int offset = 0; offset < length; offset += FlipStride)
                yield return ($"a flip in {path} at {offset}", Change(image, path, bytes => bytes[offset] ^= 1));
            for (int offset = 0; offset < length; offset += SectorBytes)
                yield return ($"zeros in {path} at {offset}", Change(image, path, bytes => bytes.AsSpan(offset, Math.Min(SectorBytes, length - offset)).Clear()));
            for (int cut = 0; cut < length; cut += CutStride)
            {
                StoreImage shorter = image.Copy();
                shorter[path] = shorter[path][..cut];
                yield return ($"{path} cut to {cut}", shorter);
            }

            StoreImage without = image.Copy();
            without.Remove(path);
            yield return ($"{path} missing", without);
        }
    }

    private static StoreImage Change(StoreImage image, string path, Action<byte[]> change)
    {
        StoreImage changed = image.Copy();
        change(changed[path]);
        return changed;
    }
}
