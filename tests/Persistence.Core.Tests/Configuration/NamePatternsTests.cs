using System.Text.RegularExpressions;
using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class NamePatternsTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "anything", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "😀", true)]
    [InlineData("??", "😀", false)]
    [InlineData("?", "ab", false)]
    [InlineData("abc", "ABC", true)]
    [InlineData("ÉTÉ", "été", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc", "ab", false)]
    [InlineData("*PASS*", "pgPassword", true)]
    [InlineData("*_PAT", "GITHUB_PAT", true)]
    [InlineData("*_PAT", "NODE_PATH", false)]
    [InlineData("*_PAT", "X_PAT_PAT", true)]
    [InlineData("A*", "XA", false)]
    [InlineData("*ab?d*", "xxabxabcdx", true)]
    [InlineData("a*?", "a", false)]
    [InlineData("a*?", "ab", true)]
    [InlineData("*?*?*", "a", false)]
    [InlineData("*.[a-z]+\\", "x.[a-z]+\\", true)]
    [InlineData("[ab]", "a", false)]
    [InlineData("a*b", "a*b", true)]
    [InlineData("a?b", "a?b", true)]
    public void A_pattern_matches_the_whole_name_in_whatever_case(string pattern, string name, bool isMatch) =>
        Assert.Equal(isMatch, NamePatterns.From([pattern]).IsMatch(name));

    [Fact]
    public void One_pattern_of_the_list_is_enough_and_an_empty_list_matches_nothing()
    {
        NamePatterns patterns = ["A*", "B"];
        Assert.True(patterns.IsMatch("b"));
        Assert.True(patterns.IsMatch("ab"));
        Assert.False(patterns.IsMatch("ba"));
        NamePatterns none = [];
        Assert.False(none.IsMatch(""));
    }

    /// <summary>An independent matcher says the same of short ones.</summary>
    [Fact]
    public void It_agrees_with_a_regular_expression()
    {
        const string alphabet = "ab*?";
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            string pattern = Word(random, alphabet, 7);
            string name = Word(random, alphabet[..2], 8);
            string expression = $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$";
            Assert.True(Regex.IsMatch(name, expression) == NamePatterns.From([pattern]).IsMatch(name), $"{pattern} {name}");
        }
    }

    /// <summary>A matcher that tries every star again takes longer than the age of the universe.</summary>
    [Fact]
    public void No_pattern_takes_long()
    {
        NamePatterns patterns = [string.Concat(Enumerable.Repeat("*a", 127)) + "b"];
        Assert.False(patterns.IsMatch(new string('a', 10_000)));
    }

    [Fact]
    public void Lists_of_the_same_patterns_in_the_same_order_are_equal()
    {
        NamePatterns patterns = NamePatterns.From(["a", "b"]);
        Assert.True(patterns.Equals((object)NamePatterns.From(["a", "b"])));
        Assert.Equal(patterns.GetHashCode(), NamePatterns.From(["a", "b"]).GetHashCode());
        Assert.All<NamePatterns>([["b", "a"], ["a", "B"], ["a"], ["a", "b", "c"], []], other => Assert.False(patterns.Equals(other)));
        Assert.False(patterns.Equals(null));
        Assert.Equal("[a, b]", patterns.ToString());
    }

    [Fact]
    public void Nothing_in_place_of_a_list_a_pattern_or_a_name_is_the_caller_s_mistake()
    {
        Assert.Throws<ArgumentNullException>(() => NamePatterns.From(null!));
        Assert.Throws<ArgumentNullException>(() => NamePatterns.From(["a", null!]));
        Assert.Throws<ArgumentNullException>(() => NamePatterns.From(["a"]).IsMatch(null!));
        Assert.Throws<ArgumentNullException>(() => new StoreOptions { TerminalSecretPatterns = null! });
    }

    [Fact]
    public void Options_are_equal_when_their_lists_say_the_same()
    {
        StoreOptions options = new() { TerminalSecretPatterns = ["a"] };
        Assert.Equal(options, new StoreOptions { TerminalSecretPatterns = ["a"] });
        Assert.Equal(options.GetHashCode(), new StoreOptions { TerminalSecretPatterns = ["a"] }.GetHashCode());
        Assert.NotEqual(options, new StoreOptions());
        Assert.Equal(new StoreOptions(), new StoreOptions { TerminalSecretPatterns = NamePatterns.From([.. new StoreOptions().TerminalSecretPatterns]) });
    }

    [Theory]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("AWS_ACCESS_KEY_ID")]
    [InlineData("AWS_SESSION_TOKEN")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("GH_TOKEN")]
    [InlineData("AZURE_DEVOPS_EXT_PAT")]
    [InlineData("PGPASSWORD")]
    [InlineData("MYSQL_PWD")]
    [InlineData("SSHPASS")]
    [InlineData("SMTP_PASS")]
    [InlineData("BORG_PASSPHRASE")]
    [InlineData("DOCKER_AUTH_CONFIG")]
    [InlineData("REDISCLI_AUTH")]
    [InlineData("SENTRY_DSN")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("RAILS_MASTER_KEY")]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS")]
    [InlineData("ConnectionStrings__Default")]
    [InlineData("SQLCONNSTR_MAIN")]
    [InlineData("DATABASE_URL")]
    [InlineData("MONGODB_URI")]
    [InlineData("REDIS_URL")]
    [InlineData("SLACK_WEBHOOK_URL")]
    [InlineData("BW_SESSION")]
    [InlineData("OP_SESSION_my")]
    [InlineData("VCAP_SERVICES")]
    [InlineData("npm_config__auth")]
    public void What_secrets_are_commonly_called_is_withheld_by_default(string name) => Assert.True(new StoreOptions().TerminalSecretPatterns.IsMatch(name));

    [Theory]
    [InlineData("PATH")]
    [InlineData("NODE_PATH")]
    [InlineData("PWD")]
    [InlineData("OLDPWD")]
    [InlineData("HOME")]
    [InlineData("USER")]
    [InlineData("SHELL")]
    [InlineData("TERM")]
    [InlineData("LANG")]
    [InlineData("DISPLAY")]
    [InlineData("EDITOR")]
    [InlineData("SSH_AUTH_SOCK")]
    [InlineData("SSH_ASKPASS")]
    [InlineData("GIT_ASKPASS")]
    [InlineData("XAUTHORITY")]
    [InlineData("XDG_SESSION_ID")]
    [InlineData("XDG_SESSION_TYPE")]
    [InlineData("DBUS_SESSION_BUS_ADDRESS")]
    [InlineData("DESKTOP_SESSION")]
    [InlineData("GPG_AGENT_INFO")]
    [InlineData("GPG_TTY")]
    [InlineData("KUBECONFIG")]
    [InlineData("HTTPS_PROXY")]
    [InlineData("LS_COLORS")]
    [InlineData("PSModulePath")]
    public void What_a_terminal_needs_is_kept_by_default(string name) => Assert.False(new StoreOptions().TerminalSecretPatterns.IsMatch(name));

    private static string Word(Random random, string alphabet, int lengthMax) =>
        string.Concat(Enumerable.Range(0, random.Next(lengthMax + 1)).Select(_ => alphabet[random.Next(alphabet.Length)]));
}
