namespace Persistence.Tests.Serialization;

/// <summary>An enumeration over something else than int; its full name is in golden bytes.</summary>
public enum GoldenColor : byte
{
    None = 0,
    Red = 7,
}
