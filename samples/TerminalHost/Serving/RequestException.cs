namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>A request says nothing that can be done. The message says what is wrong with it.</summary>
internal sealed class RequestException(string message) : Exception(message);
