using Persistence.CrashKit.Processes;
using Xunit;

namespace Persistence.CrashKit.Tests.Processes;

public sealed class WorkerCommandTests
{
    [Fact]
    public void A_command_line_is_taken_apart_at_spaces_outside_quotes()
    {
        WorkerCommand command = WorkerCommand.Parse("  run 'a b' --x=\"c 'd'\" '' ");
        Assert.Equal("run", command.Program);
        Assert.Equal(["a b", "--x=c 'd'", ""], command.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("run 'open")]
    public void A_command_line_that_says_nothing_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => WorkerCommand.Parse(text));
}
