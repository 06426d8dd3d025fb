using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void The_document_is_the_one_that_the_table_makes()
    {
        string document = Path.Combine(LayeringTests.FindRepository(), "docs", "configuration.md");
        Assert.True(File.Exists(document), "Run build.ps1 -Task Docs.");
        Assert.True(ConfigurationReference.ToMarkdown() == File.ReadAllText(document).ReplaceLineEndings("\n"), "docs/configuration.md is not what the table of keys makes: run build.ps1 -Task Docs.");
    }

    [Fact]
    public void It_has_every_key()
    {
        string text = ConfigurationReference.ToMarkdown();
        Assert.All(ConfigurationKeys.All, key => Assert.Contains($"| `{key.Name}` | {key.Allowed} |", text, StringComparison.Ordinal));
    }
}
