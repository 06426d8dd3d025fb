namespace Persistence.Terminals;

/// <summary>What is said of an environment variable. On disk, never change.</summary>
public enum EnvironmentEntryKind : byte
{
    /// <summary>It has this value.</summary>
    Set = 0,

    /// <summary>It is not there, even if it is inherited.</summary>
    Removed = 1,

    /// <summary>It had a value, which is not kept because it looked like a secret.</summary>
    Withheld = 2,
}
