using Persistence.State;

namespace Persistence.Repair;

/// <summary>Something of a store that cannot be read.</summary>
/// <param name="File">The file, inside the store.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="From">Where it begins in the log; null for what is not of the log.</param>
/// <param name="To">Where the log can be read again; null where it cannot, or where nobody knows.</param>
/// <param name="Reason">What is wrong there.</param>
/// <param name="IsNeeded">Whether the state lacks what was there.</param>
public sealed record DamagedRange(string File, long Offset, Lsn? From, Lsn? To, string Reason, bool IsNeeded)
{
    /// <summary>All of it in one sentence.</summary>
    public override string ToString()
    {
        string range = From is null ? "" : To is null ? $", LSN {From} to the end" : $", LSN {From} to {To}";
        return $"'{File}' at offset {Offset}{range}: {Reason}{(IsNeeded ? "" : "; the state does not need it")}.";
    }
}
