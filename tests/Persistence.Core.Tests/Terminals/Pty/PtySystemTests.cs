using Persistence.Platform;
using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals.Pty;

public sealed class PtySystemTests
{
    [Fact]
    public void A_system_without_terminals_says_so_when_one_is_asked_for()
    {
        UnsupportedPtySystem system = new(SystemScheduler.Instance, TimeProvider.System, "not on a toaster");
        PtyStart start = new() { Command = "bread", WorkingDirectory = Path.GetTempPath() };
        PtySpawnException exception = Assert.Throws<PtySpawnException>(() => system.Spawn(start));
        Assert.Equal(PtySpawnFault.NotSupported, exception.Fault);
        Assert.Contains("not on a toaster", exception.Message, StringComparison.Ordinal);
        using IPtyPoller poller = system.CreatePoller();
        List<PtyEvent> ready = [default];
        poller.Wait(ready, TimeSpan.Zero);
        Assert.Empty(ready);
    }
}
