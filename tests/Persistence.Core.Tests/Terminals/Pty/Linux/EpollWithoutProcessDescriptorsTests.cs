using Persistence.Terminals.Pty.Linux;

namespace Persistence.Tests.Terminals.Pty.Linux;

/// <summary>As on a kernel before 5.3, or where a container forbids the call.</summary>
public sealed class EpollWithoutProcessDescriptorsTests() : PollerContract(new LinuxPlatform(), static () => new EpollWait(new LinuxPlatform(), static _ => null));
