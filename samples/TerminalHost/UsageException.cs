namespace Persistence.Samples.TerminalHost;

/// <summary>The command line says nothing that can be done; the message says what would.</summary>
internal sealed class UsageException(string message) : Exception(message);
