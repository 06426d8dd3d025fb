using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class TerminalIdTests
{
    [Fact]
    public void Ids_are_compared_by_their_numbers()
    {
        Assert.True(new SessionId(1) < new SessionId(2) && new SessionId(1) <= new SessionId(1) && new SessionId(2) > new SessionId(1) && new SessionId(1) >= new SessionId(1));
        Assert.True(new WindowId(1) < new WindowId(2) && new WindowId(1) <= new WindowId(1) && new WindowId(2) > new WindowId(1) && new WindowId(1) >= new WindowId(1));
        Assert.True(new PaneId(1) < new PaneId(2) && new PaneId(1) <= new PaneId(1) && new PaneId(2) > new PaneId(1) && new PaneId(1) >= new PaneId(1));
        Assert.False(new SessionId(2) < new SessionId(1) || new WindowId(2) < new WindowId(1) || new PaneId(2) < new PaneId(1));
        Assert.Equal("-12", new PaneId(-12).ToString());
    }
}
