using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command cannot do what it was asked, for a reason of its own rather than the store's.</summary>
public sealed class WalCommandException : Exception
{
    internal WalCommandException(string errorId, ErrorCategory category, string message, string recommendedAction, object? target = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Category = category;
        RecommendedAction = recommendedAction;
        Target = target;
    }

    /// <summary>The error's id.</summary>
    public string ErrorId { get; }

    /// <summary>Its category.</summary>
    public ErrorCategory Category { get; }

    /// <summary>What the caller can do about it.</summary>
    public string RecommendedAction { get; }

    /// <summary>What the command was working on, or null.</summary>
    public object? Target { get; }
}
