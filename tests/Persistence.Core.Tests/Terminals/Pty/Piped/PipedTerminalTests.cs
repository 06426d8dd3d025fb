using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Piped;

public sealed class PipedTerminalTests : IDisposable
{
    private readonly PipedProgram _program = new();

    public void Dispose()
    {
        _program.Dispose();
        Assert.True(_program.Released.Wait(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Output_is_read_to_its_end()
    {
        Assert.Equal(0, _program.Read(new byte[10]));
        _program.Say("hello"u8);
        _program.ReadUntil("hello");
        _program.Say(" world"u8);
        _program.Exit();
        Assert.Equal(" world", _program.ReadToEnd());
        Assert.Equal(PtyRead.Ended, _program.Read(new byte[10]));
    }

    [Fact]
    public void Input_is_passed_on()
    {
        Assert.Equal(5, _program.Write("hello"u8));
        byte[] heard = new byte[5];
        for (int count = 0; count < heard.Length;)
            count += _program.Hear(heard.AsSpan(count));
        Assert.Equal("hello"u8, heard);
    }

    [Fact]
    public async Task Whoever_does_not_read_holds_the_program_back_and_loses_nothing()
    {
        byte[] said = [.. Enumerable.Range(0, 1_000_000).Select(static index => (byte)(index * 31))];
        Task saying = Task.Run(() => _program.Say(said), TestContext.Current.CancellationToken);
        PtyReading.Until(() => _program.CanRead, () => "Nothing came.");
        Assert.False(saying.IsCompleted);
        Assert.Equal(said, _program.ReadBytes(said.Length));
        await saying;
    }

    [Fact]
    public void Whoever_is_not_heard_has_no_room_in_the_end_and_room_again_later()
    {
        byte[] bytes = new byte[4096];
        int refusals = 0;
        int sent = 0;
        PtyReading.Until(() =>
        {
            int taken = _program.Write(bytes);
            sent += taken;
            refusals = taken == 0 ? refusals + 1 : 0;
            return refusals == 50;
        }, () => "There is room without end.");
        Assert.False(_program.CanWrite);
        for (int heard = 0; heard < sent;)
            heard += _program.Hear(bytes);
        PtyReading.Until(() => _program.CanWrite, () => "There is no room.");
    }

    [Fact]
    public void A_program_that_hears_nothing_more_takes_nothing()
    {
        _program.Deafen();
        PtyReading.Until(() => _program.Write([1]) == 0, () => "It takes something.");
        Assert.False(_program.CanWrite);
    }

    [Fact]
    public void The_program_is_looked_at_while_nothing_happens()
    {
        PtyReading.Until(() => _program.Looks > 1, () => "Nobody looked.");
        Assert.False(_program.IsHungUp);
    }

    [Fact]
    public void Closing_hangs_up_and_releases_the_program_though_nobody_reads()
    {
        Task.Run(() => Flood(_program), TestContext.Current.CancellationToken);
        PtyReading.Until(() => _program.CanRead, () => "Nothing came.");
        _program.Dispose();
        Assert.True(_program.Released.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(_program.IsHungUp);
        Assert.Equal(0, _program.Write([1]));
    }

    private static void Flood(PipedProgram program)
    {
        try
        {
            while (true)
                program.Say(new byte[4096]);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException)
        {
        }
    }
}
