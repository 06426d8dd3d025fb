namespace Persistence.Samples.TerminalHost.Client;

/// <summary>The host refuses; the message says why.</summary>
internal sealed class RefusedException(string message) : Exception(message);
