using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class CrashStateSpaceTests
{
    [Fact]
    public void Keeping_all_and_dropping_all_are_what_the_disk_itself_says()
    {
        SimulatedFileSystem recorded = new();
        TraceRecorder recorder = recorded.StartRecording();
        using TestStore second = TestStore.Create(TestStore.DeterministicHostFor(recorded));
        for (int i = 0; i < 20; i++)
            second.Set($"k{i % 5}", new string('x', 300 * i));
        second.Store.TakeCheckpoint();
        second.Set("a", "1");
        CrashStateSpace space = new(recorder.ToTrace(), CrashProfile.PosixMin);
        CrashChoice choice = new(space.Micros.Count) { Cut = recorder.ToTrace().End };
        Assert.Null(StoreImage.Of(space.At(choice).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.DropPending))));
        Array.Fill(choice.Keeps, true);
        Assert.Null(StoreImage.Of(space.At(choice).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.KeepEverything))));
    }
}
