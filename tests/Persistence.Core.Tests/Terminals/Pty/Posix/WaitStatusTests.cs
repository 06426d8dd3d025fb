using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Posix;
using Persistence.Tests.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Posix;

public sealed class WaitStatusTests
{
    [Theory]
    [InlineData(0x0000, 0, 0)]
    [InlineData(0x0300, 3, 0)]
    [InlineData(0xFF00, 255, 0)]
    [InlineData(0x0009, 137, 9)]
    [InlineData(0x000F, 143, 15)]
    [InlineData(0x008B, 139, 11)]
    public void A_status_says_how_a_program_has_ended(int status, int code, int signal) =>
        Assert.Equal(new PtyExit(code, signal), WaitStatus.Decode(status));

    // As when SIGCHLD is ignored: then children are nobody's.
    [Fact]
    public void Of_what_is_no_child_nothing_is_known()
    {
        Command.Require();
        Assert.Equal(PtyExit.Unknown, WaitStatus.TryReap(1));
    }
}
