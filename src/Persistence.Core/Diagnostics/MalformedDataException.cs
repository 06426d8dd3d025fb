namespace Persistence.Diagnostics;

/// <summary>
/// Bytes that passed their checksum, or needed none, and are not what the format says they must be. Always
/// <see cref="StoreError.MalformedData"/>. The message tells where and what was expected, never what was found in the data.
/// </summary>
public sealed class MalformedDataException : StoreException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was expected.</param>
    /// <param name="payloadOffset">Where, in bytes from the start of the payload that was being read.</param>
    /// <param name="innerException">The cause, or null.</param>
    public MalformedDataException(string message, long payloadOffset, Exception? innerException = null)
        : base(StoreError.MalformedData, message, innerException) => PayloadOffset = payloadOffset;

    /// <summary>Where, in bytes from the start of the payload that was being read (for a nested payload, of that one).</summary>
    public long PayloadOffset { get; }
}
