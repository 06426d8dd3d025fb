namespace Persistence.Diagnostics;

/// <summary>Decides what errors with one cause amount to.</summary>
internal static class ErrorPatterns
{
    public const int LockTimeoutsMin = 3;
    public const int StormMin = 10;
    private const int RelatedMin = 2;

    /// <summary>What the errors of one window amount to; null: nothing worth a finding.</summary>
    /// <param name="cause">The cause of them all.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="symptoms">How many of them only follow from it.</param>
    public static ErrorFindingKind? Recognise(StoreError cause, int count, int symptoms)
    {
        if (cause == StoreError.LockTimeout)
            return count - symptoms >= LockTimeoutsMin ? ErrorFindingKind.LockContention : null;
        if (symptoms > 0)
            return count >= RelatedMin ? ErrorFindingKind.CommonCause : null;
        return count >= StormMin ? ErrorFindingKind.ErrorStorm : null;
    }
}
