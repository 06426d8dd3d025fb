using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class SaidTextTests
{
    [Theory]
    [InlineData("file:///usr", "/usr")]
    [InlineData("file:/usr", "/usr")]
    [InlineData("FILE://LocalHost/usr/lib", "/usr/lib")]
    [InlineData("file://here/usr", "/usr")]
    [InlineData("file://HERE/a%20b%C3%A9%25", "/a bé%")]
    [InlineData("file:///straße", "/straße")]
    [InlineData("file:///a?b#c", "/a")]
    [InlineData("file:///a%3Fb%23c", "/a?b#c")]
    [InlineData("file://there/usr", null)]
    [InlineData("file://here", null)]
    [InlineData("file://", null)]
    [InlineData("file:", null)]
    [InlineData("file:usr", null)]
    [InlineData("file:///a%00b", null)]
    [InlineData("http://here/usr", null)]
    [InlineData("/usr", null)]
    [InlineData("", null)]
    public void The_directory_of_a_URI_is_that_of_this_machine(string uri, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths of Unix.");
        Assert.Equal(expected, SaidText.ToDirectory(uri, "here"));
    }

    /// <summary>There is nobody above the thread that reads: whatever it throws ends the process.</summary>
    [Fact]
    public void Whatever_a_program_writes_is_taken_for_a_directory_or_not()
    {
        string[] parts = ["file:", "//", "/", "\\", "here", "[::1]", "[", "]", "%", "%00", "%2F", "%ff", "%C3%A9", "é", "\u0085", "xn--", "..", "C:", "|", ":", "@", "?", "#", " ", "😀", "%ED%A0%80", "1.2.3.4", "\u200E", "\u202E", "\uFFFD", "\u3002"];
        Random random = new(7);
        for (int i = 0; i < 50_000; i++)
        {
            string said = string.Concat((string[])[random.Next(4) == 0 ? "" : "file:", random.Next(3) == 0 ? "" : "//", .. Enumerable.Range(0, random.Next(1, 8)).Select(_ => parts[random.Next(parts.Length)])]);
            Exception? thrown = Record.Exception(() => SaidText.ToDirectory(said, "here"));
            Assert.True(thrown is null, $"'{said}': {thrown}");
        }
    }
}
