using Persistence.CrashKit.Worker;
using Xunit;

namespace Persistence.CrashKit.Tests.Worker;

public sealed class ValueTextTests
{
    [Fact]
    public void One_changed_letter_changes_what_is_said_about_a_value()
    {
        string text = ValueText.Create("1.2.3.0", new Random(1), 50);
        string said = ValueText.Describe(text);
        Assert.StartsWith("1.2.3.0-", said, StringComparison.Ordinal);
        for (int i = 0; i < text.Length; i++)
        {
            string changed = $"{text[..i]}{(char)(text[i] ^ 1)}{text[(i + 1)..]}";
            Assert.NotEqual(said, ValueText.Describe(changed));
        }
    }

    [Fact]
    public void A_value_comes_back_from_its_encoding() =>
        Assert.Equal("id|text", ValueText.Decode(ValueText.Encode("id|text")));
}
