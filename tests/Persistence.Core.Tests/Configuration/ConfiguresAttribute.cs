namespace Persistence.Tests.Configuration;

/// <summary>On a test that shows what a key changes in a store's behaviour.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ConfiguresAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}
