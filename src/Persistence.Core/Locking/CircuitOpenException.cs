using System.Globalization;
using Persistence.Diagnostics;

namespace Persistence.Locking;

/// <summary>Waiting for a store's lock was not even begun, because the last waits were all in vain.</summary>
public sealed class CircuitOpenException : StoreException
{
    internal CircuitOpenException(int failures, DateTimeOffset openUntil, bool isTrialUnderWay)
        : base(StoreError.CircuitOpen, Describe(failures, openUntil, isTrialUnderWay))
    {
        OpenUntil = openUntil;
        File = StoreLock.FileName;
    }

    /// <summary>When a wait is tried again; in the past while that is being done.</summary>
    public DateTimeOffset OpenUntil { get; }

    private static string Describe(int failures, DateTimeOffset openUntil, bool isTrialUnderWay)
    {
        string after = $"The last {failures} waits for the store's lock ran out, so nobody waits for it";
        return isTrialUnderWay
            ? $"{after} but one caller, who tries just now whether it is to be had again."
            : string.Create(CultureInfo.InvariantCulture, $"{after} until {openUntil:yyyy-MM-dd HH:mm:ss}Z.");
    }
}
