using System.Globalization;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>
/// Those who wait for a store's lock, in the order in which they came. Each is a ticket: an empty file in the store's directory
/// which its waiter holds locked (FORMAT.md). The names sort as the queue does.
/// </summary>
internal static class LockQueue
{
    private const string Prefix = "LOCK-wait-";
    private const int NumberDigits = 10;
    private const long NumberMax = 9_999_999_999;
    private const int IdDigits = 32;

    /// <summary>Whether a name in the store's directory is a ticket, its waiter alive or not.</summary>
    public static bool IsTicket(FileEntry entry) => entry.Kind == FileEntryKind.File && TryParseNumber(entry.Name, out _);

    /// <summary>The tickets in order, those of the dead included.</summary>
    public static List<string> ReadTickets(IFileSystem files) =>
        [.. files.List("").Where(IsTicket).Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>A name behind all of <paramref name="tickets"/> that nobody has ever had.</summary>
    public static string NextName(IReadOnlyList<string> tickets, Guid id)
    {
        long last = tickets.Count > 0 && TryParseNumber(tickets[^1], out long number) ? number : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Math.Min(last + 1, NumberMax):D10}-{id:N}");
    }

    /// <summary>Whether anybody waits. Tickets of the dead are removed on the way.</summary>
    public static bool HasWaiters(IFileSystem files) => ReadTickets(files).Exists(ticket => IsWaiting(files, ticket));

    /// <summary>
    /// Whether the waiter of a ticket is alive. If it is not, the ticket is removed, while it is held: so its name cannot belong to
    /// a waiter who has just locked it. A ticket that cannot be looked at counts as nobody's: whoever waits behind it goes on.
    /// </summary>
    public static bool IsWaiting(IFileSystem files, string ticket)
    {
        try
        {
            using IFile file = files.Open(ticket, FileIntent.Read);
            if (!file.TryLock(FileLockKind.Shared))
                return true;
            files.TryDelete(ticket);
            return false;
        }
        catch (StorageException e)
        {
            return e.Fault == StorageFault.Locked;
        }
    }

    private static bool TryParseNumber(string name, out long number)
    {
        number = 0;
        return name.Length == Prefix.Length + NumberDigits + 1 + IdDigits
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name[Prefix.Length + NumberDigits] == '-'
            && long.TryParse(name.AsSpan(Prefix.Length, NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && Guid.TryParseExact(name.AsSpan(Prefix.Length + NumberDigits + 1), "N", out _);
    }
}
