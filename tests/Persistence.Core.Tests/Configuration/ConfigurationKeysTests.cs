using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class ConfigurationKeysTests
{
    public static TheoryData<string> Names => [.. ConfigurationKeys.All.Select(key => key.FullName)];

    [Fact]
    public void Every_option_has_a_key_and_every_key_an_option()
    {
        IEnumerable<string> options = new[] { typeof(StoreOptions), typeof(CircuitBreakerOptions) }
            .SelectMany(type => type.GetProperties().Where(property => property.GetMethod!.IsPublic).Select(property => property.Name));
        Assert.Equal(options.Order(), ConfigurationKeys.All.Select(key => key.Option).Order());
    }

    [Fact]
    public void No_two_keys_share_a_name()
    {
        Assert.Equal(ConfigurationKeys.All.Count, ConfigurationKeys.All.Select(key => key.FullName).Distinct().Count());
        Assert.Equal(ConfigurationKeys.All.Count, ConfigurationKeys.All.Select(key => key.EnvironmentVariable).Distinct().Count());
        Assert.Equal(ConfigurationKeys.All.Count, ConfigurationKeys.All.Select(key => key.ParameterName).Distinct().Count());
    }

    [Fact]
    public void A_section_s_keys_stand_together()
    {
        IEnumerable<string> changes = ConfigurationKeys.All.Select(key => key.Section).Aggregate(new List<string>(), (seen, section) =>
        {
            if (seen.Count == 0 || seen[^1] != section)
                seen.Add(section);
            return seen;
        });
        Assert.Equal(ConfigurationKeys.Sections, changes);
    }

    [Theory]
    [InlineData("log.segment_bytes", "PERSISTENCE_LOG_SEGMENT_BYTES", "LogSegmentBytes")]
    [InlineData("durability.mode", "PERSISTENCE_DURABILITY_MODE", "DurabilityMode")]
    [InlineData("lock.circuit_open_ms", "PERSISTENCE_LOCK_CIRCUIT_OPEN_MS", "LockCircuitOpenMs")]
    public void A_key_has_a_variable_and_a_parameter_of_its_name(string name, string variable, string parameter)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        Assert.Equal(variable, key.EnvironmentVariable);
        Assert.Equal(parameter, key.ParameterName);
    }

    /// <summary>A section's name must not be the beginning of another's: a variable would belong to both.</summary>
    [Fact]
    public void A_name_is_lower_case_words_and_a_section_s_one_word()
    {
        Assert.All(ConfigurationKeys.Sections, section => Assert.Matches("^[a-z]+$", section));
        Assert.All(ConfigurationKeys.All, key => Assert.Matches("^[a-z]+(_[a-z]+)*$", key.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_is_described_in_sentences_and_its_default_is_allowed(string name)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        Assert.EndsWith(".", key.Description, StringComparison.Ordinal);
        Assert.NotEmpty(key.Allowed);
        Assert.Equal(key.Default, key.Accept(key.Default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_option_takes_what_its_key_takes(string name)
    {
        ConfigurationKey key = ConfigurationKeys.Find(name)!;
        foreach (object value in Samples(key))
            Assert.Equal(value, key.Read(key.Write(ConfiguredOptions.Defaults, value)));
    }

    private static object[] Samples(ConfigurationKey key) => key switch
    {
        IntegerKey integer => [integer.Least, integer.Most],
        BooleanKey => [false, true],
        PathKey => ["", ".", "/some \"where\"/else"],
        PatternsKey => [NamePatterns.From([]), NamePatterns.From(["*\"\\", new string('é', 256)]), NamePatterns.From(Enumerable.Repeat("?", 256))],
        _ => [.. Enum.GetValues(key.ValueType).Cast<object>()],
    };
}
