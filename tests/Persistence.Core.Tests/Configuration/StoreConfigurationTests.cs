using System.Text;
using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class StoreConfigurationTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void Without_a_word_from_anybody_every_key_has_its_default()
    {
        StoreConfiguration configuration = Resolve("");
        Assert.Equal(new StoreOptions(), configuration.Options);
        Assert.Equal(new CircuitBreakerOptions(), configuration.LockCircuit);
        Assert.Equal(ConfigurationKeys.All, configuration.Values.Select(value => value.Key));
        Assert.All(configuration.Values, value => Assert.Equal((value.Key.Default, ConfigurationSource.Default), (value.Value, value.Source)));
    }

    [Fact]
    public void The_environment_overrides_the_file_and_a_parameter_both()
    {
        const string text = "[log]\nsegment_bytes = 65_536\nspare_segments = 2\nretain_bytes = 7\n[durability]\nmode = \"batch\"";
        Dictionary<string, string> variables = new() { ["PERSISTENCE_LOG_SPARE_SEGMENTS"] = "3", ["PERSISTENCE_LOG_RETAIN_BYTES"] = "8", ["PATH"] = "x" };
        OptionOverrides given = OptionOverrides.None.With(nameof(StoreOptions.LogRetainBytes), 9).With(nameof(StoreOptions.Durability), DurabilityMode.Sync);
        StoreConfiguration configuration = StoreConfiguration.Resolve(text, variables, given);
        Assert.Equal((65_536, 3, 9L, DurabilityMode.Sync), (configuration.Options.SegmentBytes, configuration.Options.SpareSegments, configuration.Options.LogRetainBytes, configuration.Options.Durability));
        AssertSource(configuration, "log.segment_bytes", ConfigurationSource.File);
        AssertSource(configuration, "log.spare_segments", ConfigurationSource.Environment);
        AssertSource(configuration, "log.retain_bytes", ConfigurationSource.Parameter);
        AssertSource(configuration, "durability.mode", ConfigurationSource.Parameter);
        AssertSource(configuration, "log.frame_bytes", ConfigurationSource.Default);
    }

    public static TheoryData<string> Names => ConfigurationKeysTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_key_is_taken_from_the_file_the_environment_and_a_parameter_alike(string name)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        object value = OtherThanDefault(key);
        StoreConfiguration fromFile = Resolve($"[{key.Section}]\n{key.Name} = {key.Format(value)}");
        StoreConfiguration fromVariable = StoreConfiguration.Resolve(null, new Dictionary<string, string> { [key.EnvironmentVariable] = AsVariable(key, value) }, OptionOverrides.None);
        StoreConfiguration fromParameter = StoreConfiguration.Resolve(null, NoVariables, OptionOverrides.None.With(key, value));
        foreach ((StoreConfiguration configuration, ConfigurationSource source) in (ReadOnlySpan<(StoreConfiguration, ConfigurationSource)>)
            [(fromFile, ConfigurationSource.File), (fromVariable, ConfigurationSource.Environment), (fromParameter, ConfigurationSource.Parameter)])
        {
            AssertSource(configuration, name, source);
            Assert.Equal(value, key.Read(configuration.Configured));
            Assert.Equal(fromFile.Options, configuration.Options);
            Assert.Equal(fromFile.LockCircuit, configuration.LockCircuit);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_key_refuses_what_it_does_not_take_with_its_place_and_what_it_takes(string name)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        string[] none = key.Kind == ConfigurationKind.Path ? ["\"ses\\u0007ame\"", "-1", "true"] : ["\"sesame\"", "-1", key.Kind == ConfigurationKind.Boolean ? "0" : "true", "''"];
        foreach (string bad in none)
        {
            ConfigurationException refused = Refuse($"# why\n[{key.Section}]\n {key.Name} = {bad}");
            Assert.Equal((3, key.Name.Length + 5), (refused.Line, refused.Column));
            Assert.Equal((name, key.Allowed, "persistence.toml"), (refused.Key, refused.Allowed, refused.File));
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
            Assert.Contains($"allowed: {key.Allowed}.", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sesame", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_variable_is_refused_by_its_name(string name)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        ConfigurationException refused = Assert.Throws<ConfigurationException>(
            () => StoreConfiguration.Resolve(null, new Dictionary<string, string> { [key.EnvironmentVariable] = key.Kind is ConfigurationKind.Path or ConfigurationKind.Patterns ? new string('x', 401) : "sesame" }, OptionOverrides.None));
        Assert.Equal((key.EnvironmentVariable, name), (refused.Variable, refused.Key));
        Assert.Contains(key.EnvironmentVariable, refused.Message, StringComparison.Ordinal);
        Assert.Contains(key.Allowed, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.Line);
    }

    [Theory]
    [InlineData("[lgo]", 1, 2, "[log]")]
    [InlineData("[log]\nsegment_byte = 1", 2, 1, "'segment_bytes' in [log]")]
    [InlineData("[checkpoint]\nsegment_bytes = 65536", 2, 1, "'segment_bytes' in [log]")]
    [InlineData("segment_bytes = 65536", 1, 1, "'segment_bytes' in [log]")]
    [InlineData("[Log]\nsegment_bytes = 65536", 1, 2, "[log]")]
    public void What_is_not_known_is_refused_with_what_may_have_been_meant(string text, int line, int column, string suggestion)
    {
        ConfigurationException refused = Refuse(text);
        Assert.Equal((line, column), (refused.Line, refused.Column));
        Assert.Contains($"Did you mean {suggestion}?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_variable_of_a_section_is_refused_and_one_of_somebody_else_is_not()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(
            () => StoreConfiguration.Resolve(null, new Dictionary<string, string> { ["PERSISTENCE_LOG_SEGMENT_BYTE"] = "sesame" }, OptionOverrides.None));
        Assert.Equal("PERSISTENCE_LOG_SEGMENT_BYTE", refused.Variable);
        Assert.Contains("PERSISTENCE_LOG_SEGMENT_BYTES?", refused.Message, StringComparison.Ordinal);
        Assert.Equal(new StoreOptions(), StoreConfiguration.Resolve(null, new Dictionary<string, string> { ["PERSISTENCE_HOME"] = "x", ["PERSISTENCE_LOGS"] = "x" }, OptionOverrides.None).Options);
    }

    [Fact]
    public void A_variable_without_content_is_not_set()
    {
        StoreConfiguration configuration = StoreConfiguration.Resolve("[log]\nspare_segments = 2", new Dictionary<string, string> { ["PERSISTENCE_LOG_SPARE_SEGMENTS"] = "" }, OptionOverrides.None);
        Assert.Equal(2, configuration.Options.SpareSegments);
    }

    [Theory]
    [InlineData("*A*,*B*", "*A*", "*B*")]
    [InlineData(" *A* ; B C,\t'D' ", "*A*", "B C", "'D'")]
    [InlineData(",*A*;;,", "*A*")]
    [InlineData(";")]
    [InlineData(" ")]
    public void A_variable_of_a_list_has_commas_or_semicolons_between_its_items(string text, params string[] expected)
    {
        StoreConfiguration configuration = StoreConfiguration.Resolve(
            "[terminals]\nsecret_patterns = ['X']", new Dictionary<string, string> { ["PERSISTENCE_TERMINALS_SECRET_PATTERNS"] = text }, OptionOverrides.None);
        Assert.Equal(expected, configuration.Options.TerminalSecretPatterns);
        AssertSource(configuration, "terminals.secret_patterns", ConfigurationSource.Environment);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\n  # nothing\n]")]
    [InlineData("['*A*']", "*A*")]
    [InlineData("[ # these\r\n  \"*A*\", # and\r\n\r\n  '\\B', ] # all", "*A*", "\\B")]
    public void A_list_takes_the_place_of_the_default(string list, params string[] expected) =>
        Assert.Equal(expected, Resolve($"[terminals]\nsecret_patterns = {list}\noutput_batch_ms = 7").Options.TerminalSecretPatterns);

    [Theory]
    [InlineData("\"sesame\"", 2, 19, "takes a list")]
    [InlineData("['a', 1]", 2, 25, "takes texts only (item 2)")]
    [InlineData("[\n 'sesame',\n # why\n true]", 5, 2, "takes texts only (item 2)")]
    [InlineData("['a',\n 'sesame', '']", 3, 12, "has an empty pattern (item 3)")]
    [InlineData("['😀', \"ses\\u0007ame\"]", 2, 25, "has a pattern with a control character or with half a character (item 2)")]
    public void An_item_that_is_none_is_refused_at_its_place(string list, int line, int column, string what)
    {
        ConfigurationException refused = Refuse($"[terminals]\nsecret_patterns = {list}");
        Assert.Equal((line, column, "terminals.secret_patterns"), (refused.Line, refused.Column, refused.Key));
        Assert.Contains($"terminals.secret_patterns {what}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_at_most_256_patterns_of_at_most_256_characters()
    {
        string full = string.Join(",\n", Enumerable.Repeat("'a'", 256));
        Assert.Equal(256, Resolve($"[terminals]\nsecret_patterns = [{full}]").Options.TerminalSecretPatterns.Count);
        ConfigurationException tooMany = Refuse($"[terminals]\nsecret_patterns = [{full},\n 'a']");
        Assert.Equal((258, 2), (tooMany.Line, tooMany.Column));
        ConfigurationException tooLong = Refuse($"[terminals]\nsecret_patterns = ['{new string('a', 256)}', '{new string('a', 257)}']");
        Assert.Equal((2, 280), (tooLong.Line, tooLong.Column));
    }

    [Fact]
    public void A_list_for_a_key_that_takes_one_value_is_refused_where_it_begins()
    {
        foreach (ConfigurationKey key in ConfigurationKeys.All.Where(key => key.Kind != ConfigurationKind.Patterns))
        {
            ConfigurationException refused = Refuse($"[{key.Section}]\n{key.Name} = [\n{key.Format(key.Default)}]");
            Assert.Equal((2, key.Name.Length + 4, key.FullName), (refused.Line, refused.Column, refused.Key));
        }
    }

    [Fact]
    public void A_list_that_a_program_gives_is_any_sequence_of_texts()
    {
        ConfigurationKey key = ConfigurationKeys.For(nameof(StoreOptions.TerminalSecretPatterns));
        foreach (object list in (object[])[new[] { "*A*", "b" }, new List<string> { "*A*", "b" }, NamePatterns.From(["*A*", "b"])])
            Assert.Equal(["*A*", "b"], StoreConfiguration.Resolve(null, NoVariables, OptionOverrides.None.With(key, list)).Options.TerminalSecretPatterns);
        foreach (object none in (object[])["*A*", new[] { "*A*", null }, new object[] { "*A*", 1 }, new[] { 1 }, new[] { "" }, new[] { "a\uD800" }])
            Assert.Equal("terminals.secret_patterns", Assert.Throws<ConfigurationException>(() => OptionOverrides.None.With(key, none)).Key);
    }

    [Fact]
    public void A_bad_file_is_refused_even_where_it_is_overridden()
    {
        OptionOverrides given = OptionOverrides.None.With(nameof(StoreOptions.SpareSegments), 1);
        Assert.Throws<ConfigurationException>(() => StoreConfiguration.Resolve("[log]\nspare_segments = 99", NoVariables, given));
    }

    [Fact]
    public void A_parameter_that_no_key_takes_is_refused_at_once()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => OptionOverrides.None.With(nameof(StoreOptions.SpareSegments), 17));
        Assert.Equal("log.spare_segments", refused.Key);
        Assert.Contains("is 17; allowed: 0 to 16.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_other_bytes_than_text_are_refused_at_their_place()
    {
        Assert.Equal("a", ConfigurationText.Decode([0xEF, 0xBB, 0xBF, (byte)'a']));
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ConfigurationText.Decode([.. Encoding.UTF8.GetBytes("# x\n# é"), 0xC3, (byte)'\n']));
        Assert.Equal((2, 4), (refused.Line, refused.Column));
    }

    [Fact]
    public void A_key_that_cannot_change_keeps_its_value_in_an_open_store_and_says_what_it_will_be()
    {
        StoreConfiguration open = Resolve("[quarantine]\nfiles = 4\n[log]\nspare_segments = 4");
        StoreConfiguration changed = Resolve("[quarantine]\nfiles = 5\n[log]\nspare_segments = 5").WhileOpenWith(open);
        Assert.Equal((4, 5), (changed.Options.QuarantineFilesMax, changed.Options.SpareSegments));
        Assert.Equal(5L, changed.Values.Single(value => value.Key.FullName == "quarantine.files").Pending);
        Assert.Equal("quarantine.files", Assert.Single(changed.Values, value => value.Pending is not null).Key.FullName);
        Assert.All(Resolve("[quarantine]\nfiles = 4").WhileOpenWith(changed).Values, value => Assert.Null(value.Pending));
    }

    /// <summary>A value the key takes and does not have by default.</summary>
    internal static object OtherThanDefault(ConfigurationKey key) => key switch
    {
        BooleanKey => !(bool)key.Default,
        PathKey => "../else where",
        PatternsKey => NamePatterns.From(["*_\"A\\", "b?"]),
        IntegerKey integer => key.Default.Equals(integer.Least) ? integer.Most : integer.Least,
        _ => Enum.GetValues(key.ValueType).Cast<object>().First(value => !value.Equals(key.Default)),
    };

    /// <summary>A value as an environment variable says it.</summary>
    private static string AsVariable(ConfigurationKey key, object value) => value is NamePatterns patterns ? string.Join(',', patterns) : key.Format(value).Trim('"');

    private static StoreConfiguration Resolve(string text) => StoreConfiguration.Resolve(text, NoVariables, OptionOverrides.None);

    private static ConfigurationException Refuse(string text) => Assert.Throws<ConfigurationException>(() => Resolve(text));

    private static void AssertSource(StoreConfiguration configuration, string name, ConfigurationSource source) =>
        Assert.Equal(source, configuration.Values.Single(value => value.Key.FullName == name).Source);
}
