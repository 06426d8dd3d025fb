namespace Persistence.Diagnostics;

/// <summary>One error as it is remembered.</summary>
/// <param name="Error">Its kind.</param>
/// <param name="Cause">The kind of error it follows from; its own when none is known.</param>
/// <param name="Store">The store it is about.</param>
/// <param name="OwnerProcessId">Who held the store, or null.</param>
/// <param name="Timestamp">When, by the clock's timestamp.</param>
/// <param name="Time">When.</param>
internal sealed record SeenError(StoreError Error, StoreError Cause, string Store, int? OwnerProcessId, long Timestamp, DateTimeOffset Time)
{
    public bool IsSymptom => Error != Cause;
}
