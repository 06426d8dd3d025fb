using Persistence.Storage.Disk;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Posix;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Posix;

public sealed class SpawnErrorsTests
{
    [Theory]
    [InlineData(UnixErrors.ProcessTableFull, PtySpawnFault.TooManyOpenFiles, PtySpawnFault.TooManyOpenFiles)]
    [InlineData(UnixErrors.SystemTableFull, PtySpawnFault.TooManyOpenFiles, PtySpawnFault.TooManyOpenFiles)]
    [InlineData(UnixErrors.NoMemory, PtySpawnFault.NoMoreProcesses, PtySpawnFault.NoMoreProcesses)]
    [InlineData(UnixErrors.NoSpace, PtySpawnFault.NoMoreTerminals, PtySpawnFault.Failed)]
    [InlineData(UnixErrors.NoDevice, PtySpawnFault.NoMoreTerminals, PtySpawnFault.Failed)]
    [InlineData(UnixErrors.InputOutput, PtySpawnFault.NoMoreTerminals, PtySpawnFault.Failed)]
    [InlineData(UnixErrors.NotFound, PtySpawnFault.NotSupported, PtySpawnFault.InterpreterNotFound)]
    [InlineData(UnixErrors.AccessDenied, PtySpawnFault.Failed, PtySpawnFault.ProgramNotExecutable)]
    [InlineData(UnixErrors.NotPermitted, PtySpawnFault.Failed, PtySpawnFault.ProgramNotExecutable)]
    [InlineData(UnixErrors.NotExecutable, PtySpawnFault.Failed, PtySpawnFault.ProgramNotExecutable)]
    [InlineData(UnixErrors.ArgumentsTooLong, PtySpawnFault.Failed, PtySpawnFault.ArgumentsTooLong)]
    [InlineData(UnixErrors.Invalid, PtySpawnFault.Failed, PtySpawnFault.Failed)]
    public void An_error_s_meaning_depends_on_the_call(int errno, PtySpawnFault ofTerminal, PtySpawnFault ofProcess)
    {
        Assert.Equal(ofTerminal, SpawnErrors.OfTerminal(errno));
        Assert.Equal(ofProcess, SpawnErrors.OfProcess(errno));
    }

    [Fact]
    public void What_is_not_there_just_now_is_a_terminal_or_a_process()
    {
        Assert.Equal(PtySpawnFault.NoMoreTerminals, SpawnErrors.OfTerminal(UnixErrors.WouldBlock));
        Assert.Equal(PtySpawnFault.NoMoreProcesses, SpawnErrors.OfProcess(UnixErrors.WouldBlock));
    }
}
