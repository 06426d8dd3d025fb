namespace Persistence.Tests.Terminals.Model;

/// <summary>A change that cannot be made.</summary>
internal sealed class ModelRefusal : Exception;
