namespace Persistence.CrashKit.Protocol;

/// <summary>A worker said something the protocol does not allow.</summary>
public sealed class ProtocolException(string message, Exception? innerException = null) : Exception(message, innerException);
