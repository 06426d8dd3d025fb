using Persistence.Terminals.Pty.Linux;

namespace Persistence.Tests.Terminals.Pty.Linux;

public sealed class EpollPollerTests() : PollerContract(new LinuxPlatform(), new LinuxPlatform().CreateWait);
