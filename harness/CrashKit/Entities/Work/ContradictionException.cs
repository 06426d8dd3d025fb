namespace Persistence.CrashKit.Entities.Work;

/// <summary>An open store says something of its entities that cannot be.</summary>
internal sealed class ContradictionException(string message) : Exception(message);
