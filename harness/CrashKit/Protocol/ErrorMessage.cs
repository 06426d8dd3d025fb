namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"error":{"text":"…"}}</c>: the store could not be opened, read or closed.</summary>
/// <param name="Text">Why, in words.</param>
public sealed record ErrorMessage(string Text) : WorkerMessage;
