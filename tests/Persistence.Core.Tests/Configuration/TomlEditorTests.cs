using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class TomlEditorTests
{
    private const string Written = "# Ours.\n\n[log] # where it is\nretain_bytes = 1_000 # enough\n\n# later: more\n[checkpoint]\nretained=3";
    private const string Lists = "# Ours.\r\n[log]\r\n  a = [ # these\r\n    'x',\r\n  # b = 2\r\n  ] # end\r\nb = [\n'y' # here\n]";

    [Theory]
    [InlineData("log", "retain_bytes", "2", "# Ours.\n\n[log] # where it is\nretain_bytes = 2 # enough\n\n# later: more\n[checkpoint]\nretained=3")]
    [InlineData("checkpoint", "retained", "12", "# Ours.\n\n[log] # where it is\nretain_bytes = 1_000 # enough\n\n# later: more\n[checkpoint]\nretained=12")]
    [InlineData("log", "spare_segments", "2", "# Ours.\n\n[log] # where it is\nretain_bytes = 1_000 # enough\nspare_segments = 2\n\n# later: more\n[checkpoint]\nretained=3")]
    [InlineData("checkpoint", "log_bytes", "0", "# Ours.\n\n[log] # where it is\nretain_bytes = 1_000 # enough\n\n# later: more\n[checkpoint]\nretained=3\nlog_bytes = 0\n")]
    [InlineData("lock", "timeout_ms", "5", "# Ours.\n\n[log] # where it is\nretain_bytes = 1_000 # enough\n\n# later: more\n[checkpoint]\nretained=3\n\n[lock]\ntimeout_ms = 5\n")]
    public void A_value_is_set_and_everything_else_stays(string section, string key, string value, string expected) =>
        Assert.Equal(expected, TomlEditor.Set(Written, section, key, value));

    [Theory]
    [InlineData("", "[log]\na = 1\n")]
    [InlineData("# x", "# x\n\n[log]\na = 1\n")]
    [InlineData("[log]", "[log]\na = 1\n")]
    [InlineData("[log]\r\n", "[log]\r\na = 1\r\n")]
    [InlineData("[log]\r\nb = 1\r\n\r\n[x]\r\n", "[log]\r\nb = 1\r\na = 1\r\n\r\n[x]\r\n")]
    [InlineData("[log]\n\"a\" = 'é # x' # y\n", "[log]\n\"a\" = 1 # y\n")]
    public void It_goes_where_it_belongs(string before, string after) => Assert.Equal(after, TomlEditor.Set(before, "log", "a", "1"));

    [Theory]
    [InlineData("[log]\na = 1 # why\nb = 2\n", "[log]\nb = 2\n")]
    [InlineData("[log]\nb = 2\n  a = 1", "[log]\nb = 2\n")]
    [InlineData("a = 2\n[log]\n# of a\na = 1\n", "a = 2\n[log]\n# of a\n")]
    [InlineData("[log]\nb = 2\n", "[log]\nb = 2\n")]
    [InlineData("", "")]
    public void A_key_is_removed_with_its_line(string before, string after) => Assert.Equal(after, TomlEditor.Remove(before, "log", "a"));

    [Theory]
    [InlineData("a", "1", "# Ours.\r\n[log]\r\n  a = 1 # end\r\nb = [\n'y' # here\n]")]
    [InlineData("b", "[]", "# Ours.\r\n[log]\r\n  a = [ # these\r\n    'x',\r\n  # b = 2\r\n  ] # end\r\nb = []")]
    [InlineData("c", "2", "# Ours.\r\n[log]\r\n  a = [ # these\r\n    'x',\r\n  # b = 2\r\n  ] # end\r\nb = [\n'y' # here\n]\r\nc = 2\r\n")]
    public void A_list_of_several_lines_is_replaced_whole(string key, string value, string expected) => Assert.Equal(expected, TomlEditor.Set(Lists, "log", key, value));

    [Fact]
    public void A_key_goes_behind_the_last_line_of_a_list() =>
        Assert.Equal("[log]\na = [\n1,\n]  # end\nb = 2\n[x]\n", TomlEditor.Set("[log]\na = [\n1,\n]  # end\n[x]\n", "log", "b", "2"));

    [Fact]
    public void A_list_is_removed_with_all_its_lines()
    {
        Assert.Equal("# Ours.\r\n[log]\r\nb = [\n'y' # here\n]", TomlEditor.Remove(Lists, "log", "a"));
        Assert.Equal("# Ours.\r\n[log]\r\n  a = [ # these\r\n    'x',\r\n  # b = 2\r\n  ] # end\r\n", TomlEditor.Remove(Lists, "log", "b"));
        Assert.Equal("# Ours.\r\n[log]\r\n", TomlEditor.Clear(Lists, static _ => true));
        Assert.Equal("# Ours.\r\n", TomlEditor.Clear(Lists, static _ => false));
    }

    [Fact]
    public void All_keys_are_removed_and_the_sections_nobody_knows() =>
        Assert.Equal("# Ours.\n[log]\n# more\n", TomlEditor.Clear("x = 1\n# Ours.\n[log]\na = 1\n# more\n[lgo]\nb = 2", section => section == "log"));
}
