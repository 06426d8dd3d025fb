using Persistence.Terminals.Pty.MacOS;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Posix;

public sealed class ShellPlatformTests : PtyContract
{
    public ShellPlatformTests()
        : base(new ShellPlatform()) => Assert.SkipUnless(File.Exists(TerminalShell.Path), $"Needs {TerminalShell.Path}.");
}
