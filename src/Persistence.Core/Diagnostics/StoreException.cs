namespace Persistence.Diagnostics;

/// <summary>
/// A failure of the world (not of the caller, not of this code): told apart by <see cref="Error"/>, never by its message.
/// No message ever contains a payload.
/// </summary>
public class StoreException : Exception
{
    /// <summary>Creates the error.</summary>
    public StoreException(StoreError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Which kind of failure.</summary>
    public StoreError Error { get; }

    /// <summary>The file concerned, relative to the store's directory, or null.</summary>
    public string? File { get; init; }

    /// <summary>The byte offset in <see cref="File"/>, or null.</summary>
    public long? Offset { get; init; }

    /// <summary>The log position concerned (an LSN's value), or null.</summary>
    public long? Position { get; init; }
}
