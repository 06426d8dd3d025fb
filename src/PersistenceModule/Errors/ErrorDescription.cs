using System.Management.Automation;

namespace PersistenceModule;

/// <summary>What an error id means to a PowerShell user.</summary>
/// <param name="Category">Its category.</param>
/// <param name="RecommendedAction">What can be done about it.</param>
internal sealed record ErrorDescription(ErrorCategory Category, string RecommendedAction);
