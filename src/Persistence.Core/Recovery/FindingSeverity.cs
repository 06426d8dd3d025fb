namespace Persistence.Recovery;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Normal after a crash.</summary>
    Information,

    /// <summary>Nothing acknowledged is affected, but somebody should know.</summary>
    Warning,

    /// <summary>Something that was durable is damaged or missing.</summary>
    Error,
}
