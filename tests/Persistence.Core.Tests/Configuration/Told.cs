namespace Persistence.Tests.Configuration;

/// <summary>When a store is told how it is configured.</summary>
public enum Told
{
    /// <summary>By the file it finds when it is opened.</summary>
    AtOpening,

    /// <summary>By a file that is changed while it is open.</summary>
    WhileOpen,
}
