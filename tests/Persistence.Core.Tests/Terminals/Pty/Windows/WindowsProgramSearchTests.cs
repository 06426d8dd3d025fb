using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Windows;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Windows;

// With the separators of the system the test runs on: what is combined is the base library's business.
public sealed class WindowsProgramSearchTests
{
    private static readonly string s_home = Path.GetFullPath("/home");
    private readonly HashSet<string> _files = [];

    [Fact]
    public void A_name_is_looked_for_in_the_path_it_is_given_whatever_its_case()
    {
        string expected = Add("/second", "tool.exe");
        Add("/third", "tool.exe");
        Assert.Equal(expected, Find("tool", ("Path", "/first;;\"/second\";/third")));
        Assert.Equal(expected, Find("tool.exe", ("PATH", "/first;/second;/third")));
    }

    [Fact]
    public void A_name_is_not_looked_for_in_the_directory_nor_without_a_path()
    {
        Add("/home", "tool.exe");
        Assert.Equal(PtySpawnFault.ProgramNotFound, Assert.Throws<PtySpawnException>(() => Find("tool", ("PATH", "/first"))).Fault);
        Assert.Equal(PtySpawnFault.ProgramNotFound, Assert.Throws<PtySpawnException>(() => Find("tool")).Fault);
    }

    [Fact]
    public void A_path_is_taken_from_the_directory_on()
    {
        Assert.Equal(Add("/home/bin", "tool.com"), Find("bin/tool"));
        Assert.Equal(Add("/home/bin", "tool.1.exe"), Find("bin/tool.1"));
    }

    [Theory]
    [InlineData("run.bat")]
    [InlineData("RUN.CMD")]
    public void A_batch_file_is_refused(string name)
    {
        Add("/first", name);
        PtySpawnException exception = Assert.Throws<PtySpawnException>(() => Find(name, ("PATH", "/first")));
        Assert.Equal(PtySpawnFault.ProgramNotExecutable, exception.Fault);
        Assert.Contains("cmd.exe", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_none_is_said_to_be_so()
    {
        WindowsProgramSearch search = new(static _ => true, static _ => false);
        Assert.Equal(PtySpawnFault.DirectoryNotFound, Assert.Throws<PtySpawnException>(() => search.Find(new PtyStart { Command = "tool", WorkingDirectory = s_home })).Fault);
    }

    private string Add(string directory, string name)
    {
        string path = Path.Combine(directory, name);
        _files.Add(path);
        return path;
    }

    private string Find(string command, params (string Name, string Value)[] environment) =>
        new WindowsProgramSearch(_files.Contains, static _ => true).Find(new PtyStart
        {
            Command = command,
            WorkingDirectory = s_home,
            Environment = environment.ToDictionary(static pair => pair.Name, static pair => pair.Value),
        });
}
