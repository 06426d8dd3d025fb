using Persistence.Terminals.Pty.Windows;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Windows;

public sealed class EnvironmentBlockTests
{
    [Fact]
    public void Variables_are_sorted_without_regard_to_case_and_end_with_a_nul_each()
    {
        Dictionary<string, string> environment = new() { ["path"] = "C:\\b", ["B"] = "", ["Alpha"] = "a=b", ["_x"] = "1" };
        Assert.Equal("Alpha=a=b\0B=\0path=C:\\b\0_x=1\0\0", EnvironmentBlock.Build(environment));
    }

    [Fact]
    public void An_empty_environment_is_two_nuls() => Assert.Equal("\0\0", EnvironmentBlock.Build(new Dictionary<string, string>()));

    [Fact]
    public void Two_names_that_are_one_there_are_refused()
    {
        Dictionary<string, string> environment = new() { ["Path"] = "hush", ["PATH"] = "hush" };
        Assert.DoesNotContain("hush", Assert.Throws<ArgumentException>(() => EnvironmentBlock.Build(environment)).Message, StringComparison.Ordinal);
    }
}
