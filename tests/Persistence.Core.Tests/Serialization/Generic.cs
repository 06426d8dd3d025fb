namespace Persistence.Tests.Serialization;

/// <summary>An enumeration whose full name does not say which of its types is meant.</summary>
public static class Generic<T>
{
    public enum Inner
    {
        None = 0,
        Five = 5,
    }
}
