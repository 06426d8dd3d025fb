using FsCheck;
using FsCheck.Fluent;
using Persistence.Terminals.Pty.Windows;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Windows;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a\tb", "\"a\tb\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("\"", "\"\\\"\"")]
    [InlineData("\\\"", "\"\\\\\\\"\"")]
    [InlineData("C:\\a\\", "C:\\a\\")]
    [InlineData("C:\\a b\\", "\"C:\\a b\\\\\"")]
    [InlineData("C:\\a b\\c", "\"C:\\a b\\c\"")]
    [InlineData("a\\\\b c", "\"a\\\\b c\"")]
    public void An_argument_is_quoted_as_far_as_it_needs_it(string argument, string expected) =>
        Assert.Equal($"\"C:\\x y\\p.exe\" {expected}", CommandLine.Join("C:\\x y\\p.exe", [argument]));

    [Fact]
    public void A_program_without_arguments_is_a_line_too() => Assert.Equal("\"p\"", CommandLine.Join("p", []));

    [Fact]
    public void Every_line_is_taken_apart_into_what_it_was_put_together_from()
    {
        Gen<string> argument = Gen.Elements('a', ' ', '\t', '"', '\\', 'ä').ArrayOf().Select(static characters => new string(characters));
        Prop.ForAll(argument.ArrayOf().ToArbitrary(), static arguments =>
            Assert.Equal(["C:\\Program Files\\p.exe", .. arguments], Split(CommandLine.Join("C:\\Program Files\\p.exe", arguments)))).QuickCheckThrowOnFailure();
    }

    // The rules as they are published for CommandLineToArgvW: the program's name ends with its quotation mark; elsewhere 2n backslashes before a quotation mark are n and the mark counts,
    // 2n + 1 are n and a literal mark, and backslashes before anything else are themselves.
    private static List<string> Split(string line)
    {
        int end = line.IndexOf('"', 1);
        List<string> found = [line[1..end]];
        int at = end + 1;
        while (at < line.Length)
        {
            if (line[at] is ' ' or '\t')
                at++;
            else
                found.Add(TakeArgument(line, ref at));
        }
        return found;
    }

    private static string TakeArgument(string line, ref int at)
    {
        System.Text.StringBuilder argument = new();
        bool isQuoted = false;
        while (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
        {
            int start = at;
            while (at < line.Length && line[at] == '\\')
                at++;
            int backslashes = at - start;
            bool isMark = at < line.Length && line[at] == '"';
            argument.Append('\\', isMark ? backslashes / 2 : backslashes);
            if (isMark && backslashes % 2 == 0)
                isQuoted = !isQuoted;
            else if (at < line.Length && (isMark || isQuoted || line[at] is not (' ' or '\t')))
                argument.Append(line[at]);
            else
                continue;
            at++;
        }
        return argument.ToString();
    }
}
