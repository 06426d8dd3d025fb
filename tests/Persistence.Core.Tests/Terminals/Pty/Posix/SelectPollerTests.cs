using Persistence.Terminals.Pty.Linux;

namespace Persistence.Tests.Terminals.Pty.Posix;

public sealed class SelectPollerTests() : PollerContract(new LinuxPlatform(), new ShellPlatform().CreateWait);
