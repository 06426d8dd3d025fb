using Persistence.Configuration;
using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class TomlReaderTests
{
    [Theory]
    [InlineData("a = 1", 1L)]
    [InlineData("a = 0", 0L)]
    [InlineData("a = +17", 17L)]
    [InlineData("a = -17", -17L)]
    [InlineData("a = 1_000_000", 1_000_000L)]
    [InlineData("a = 9223372036854775807", long.MaxValue)]
    [InlineData("a = -9223372036854775808", long.MinValue)]
    [InlineData("a=true", true)]
    [InlineData("a\t=\tfalse\t# why", false)]
    [InlineData("a = \"\"", "")]
    [InlineData("a = \"x # y\"", "x # y")]
    [InlineData("a = 'C:\\logs\\'", "C:\\logs\\")]
    [InlineData("a = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "\b\t\n\f\r\"\\")]
    [InlineData("a = \"\\u00E9\\U0001F600\"", "é😀")]
    [InlineData("\"a\" = 1", 1L)]
    [InlineData("'a' = 1", 1L)]
    [InlineData("\n\n  a = 1  \r\n\r\n", 1L)]
    public void A_value_is_read(string text, object expected)
    {
        TomlEntry entry = Assert.Single(TomlReader.Read(text).Entries);
        Assert.Equal("a", entry.Key);
        Assert.Equal(expected, entry.Value);
        Assert.Equal("", entry.Section);
    }

    [Fact]
    public void Keys_belong_to_the_table_above_them_and_know_their_places()
    {
        TomlDocument document = TomlReader.Read("# top\n[one]\nkey-1 = 1\n\n[ \"two\" ] # why\n  \"é\" = 'x'\r\nb_2 = true");
        Assert.Equal(["one", "two"], document.Tables.Select(table => table.Name));
        Assert.Equal([("one", "key-1"), ("two", "é"), ("two", "b_2")], document.Entries.Select(entry => (entry.Section, entry.Key)));
        TomlEntry accented = document.Entries[1];
        Assert.Equal((6, 3), (accented.KeyPlace.Line, accented.KeyPlace.Column));
        Assert.Equal((6, 9), (accented.ValuePlace.Line, accented.ValuePlace.Column));
        Assert.Equal(3, accented.ValueLength);
    }

    [Theory]
    [InlineData("a = []")]
    [InlineData("a = [ ]")]
    [InlineData("a=[1]", 1L)]
    [InlineData("a = [ 1 , ]", 1L)]
    [InlineData("a = ['x', \"y # z\",'[,]'] # why", "x", "y # z", "[,]")]
    [InlineData("a = [\n  'x', # first\n\n  # then\n  2,\r\n\ttrue\n]", "x", 2L, true)]
    [InlineData("a = [ # all\n'x'\n,\n'y'\n,\n]", "x", "y")]
    public void A_list_is_read(string text, params object[] expected)
    {
        foreach (string around in (string[])[text, text + "\nb = 1\n"])
        {
            TomlEntry entry = TomlReader.Read(around).Entries[0];
            Assert.Equal(expected, Assert.IsType<TomlArray>(entry.Value).Items);
            Assert.Equal(text.LastIndexOf(']') + 1, entry.End);
        }
    }

    [Fact]
    public void What_stands_in_a_list_and_below_it_knows_its_place()
    {
        TomlDocument document = TomlReader.Read("[t]\na = [ 'é😀', 1, # why\r\n\r\n   true]\nb = 2");
        TomlArray list = Assert.IsType<TomlArray>(document.Entries[0].Value);
        Assert.Equal([(2, 7), (2, 13), (4, 4)], list.Places.Select(place => (place.Line, place.Column)));
        Assert.Equal((5, 5), (document.Entries[1].ValuePlace.Line, document.Entries[1].ValuePlace.Column));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("# nothing")]
    [InlineData("   \t")]
    [InlineData("# tab\tand ünïcode 😀\r\n")]
    public void A_file_may_say_nothing(string text)
    {
        Assert.Empty(TomlReader.Read(text).Entries);
        Assert.Empty(TomlReader.Read(text).Tables);
    }

    [Theory]
    [InlineData("a = 1\na = 2", 2, 1)]
    [InlineData("a = 1\n\"a\" = 2", 2, 1)]
    [InlineData("[t]\n[t]", 2, 2)]
    [InlineData("[t]\na = 1\n[u]\n[t]\nb = 1", 4, 2)]
    [InlineData("[[t]]", 1, 2)]
    [InlineData("[a.b]", 1, 3)]
    [InlineData("[]", 1, 2)]
    [InlineData("[a", 1, 3)]
    [InlineData("[a] b = 1", 1, 5)]
    [InlineData("a.b = 1", 1, 2)]
    [InlineData("a . b = 1", 1, 3)]
    [InlineData("a", 1, 2)]
    [InlineData("a =", 1, 4)]
    [InlineData("a = # x", 1, 5)]
    [InlineData("a = 1 2", 1, 7)]
    [InlineData("a = 1\rb = 2", 1, 6)]
    [InlineData("= 1", 1, 1)]
    [InlineData("é = 1", 1, 1)]
    [InlineData("a = hello", 1, 5)]
    [InlineData("a = True", 1, 5)]
    [InlineData("a = 01", 1, 5)]
    [InlineData("a = 1__0", 1, 5)]
    [InlineData("a = _1", 1, 5)]
    [InlineData("a = 1_", 1, 5)]
    [InlineData("a = 0x1F", 1, 5)]
    [InlineData("a = 1.5", 1, 5)]
    [InlineData("a = 1e3", 1, 5)]
    [InlineData("a = inf", 1, 5)]
    [InlineData("a = 2026-01-01", 1, 5)]
    [InlineData("a = 9223372036854775808", 1, 5)]
    [InlineData("a = [", 1, 5)]
    [InlineData("a = [1", 1, 5)]
    [InlineData("a = [1,\n# x\n", 1, 5)]
    [InlineData("a = [,]", 1, 6)]
    [InlineData("a = [1,,]", 1, 8)]
    [InlineData("a = [1 2]", 1, 8)]
    [InlineData("a = [1\n\n  2]", 3, 3)]
    [InlineData("a = [1\r2]", 1, 7)]
    [InlineData("a = [1] 2", 1, 9)]
    [InlineData("a = [1]]", 1, 8)]
    [InlineData("a = 1]", 1, 6)]
    [InlineData("a = ]", 1, 5)]
    [InlineData("a = [1,\nb = 2\n]", 2, 1)]
    [InlineData("a = ['x'\n[t]", 2, 1)]
    [InlineData("a = [[1]]", 1, 6)]
    [InlineData("a = [\n  { b = 1 }]", 2, 3)]
    [InlineData("a = ['x\n']", 1, 6)]
    [InlineData("a = [1.5]", 1, 6)]
    [InlineData("a = [ # x\u0001\n]", 1, 10)]
    [InlineData("a = [1\0]", 1, 6)]
    [InlineData("a = [1, \0]", 1, 9)]
    [InlineData("a = { b = 1 }", 1, 5)]
    [InlineData("a = \"\"\"x\"\"\"", 1, 5)]
    [InlineData("a = '''x'''", 1, 5)]
    [InlineData("a = \"x", 1, 5)]
    [InlineData("a = \"x\nb\"", 1, 5)]
    [InlineData("a = 'x\"", 1, 5)]
    [InlineData("a = \"x\\q\"", 1, 7)]
    [InlineData("a = \"😀\\q\"", 1, 7)]
    [InlineData("a = \"\\", 1, 6)]
    [InlineData("a = \"\\u12\"", 1, 6)]
    [InlineData("a = \"\\uD800\"", 1, 6)]
    [InlineData("a = \"\\U00110000\"", 1, 6)]
    [InlineData("a = \"x\u0001\"", 1, 7)]
    [InlineData("# x\u0001", 1, 4)]
    [InlineData("a = 1\0", 1, 5)]
    [InlineData("a = 1\n\0", 2, 1)]
    public void Everything_else_is_refused_at_its_place(string text, int line, int column)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => TomlReader.Read(text));
        Assert.Equal(StoreError.ConfigurationInvalid, refused.Error);
        Assert.Equal((line, column), (refused.Line, refused.Column));
        Assert.Equal("persistence.toml", refused.File);
        Assert.StartsWith($"'persistence.toml' line {line}, column {column}: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_of_a_value_is_repeated()
    {
        foreach (string text in (string[])["a = sesame", "a = \"sesame", "a = \"sesame\\q\"", "a = 'sesame' sesame", "a = [\"sesame\" sesame]", "a = [sesame]", "a = [\"sesame\""])
            Assert.DoesNotContain("sesame", Assert.Throws<ConfigurationException>(() => TomlReader.Read(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever is in the file, it is read or refused with a place in it.</summary>
    [Fact]
    public void Nothing_else_can_come_out_of_it()
    {
        const string alphabet = "ab=[],\"'\\#.{} \n\r\t1_-+tu\u00E9\0";
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                TomlReader.Read(text);
            }
            catch (ConfigurationException e)
            {
                Assert.InRange(e.Line!.Value, 1, text.Count(c => c == '\n') + 1);
                Assert.InRange(e.Column!.Value, 1, text.Length + 1);
            }
        }
    }
}
