namespace Persistence.CrashKit.Tests.Locking;

/// <summary>Who waited for a lock, had it and left it, in the order in which it happened: "name waits", "name has", "name leaves", "name dies".</summary>
/// <param name="lines">One event each.</param>
internal sealed class QueueHistory(IReadOnlyList<string> lines)
{
    private readonly (string Who, string What)[] _events = [.. lines.Select(line => line.Split(' ')).Select(words => (words[0], words[1]))];

    /// <summary>How often each had the lock.</summary>
    public IReadOnlyDictionary<string, int> Turns => _events.Where(happened => happened.What == "has").CountBy(happened => happened.Who).ToDictionary();

    /// <summary>How often somebody waited.</summary>
    public int Waits => _events.Count(happened => happened.What == "waits");

    /// <summary>The first event at which somebody has the lock while another does, or leaves what it does not have; null if there is none.</summary>
    public string? FindTwoAtOnce()
    {
        string? holder = null;
        for (int i = 0; i < _events.Length; i++)
        {
            (string who, string what) = _events[i];
            if ((what == "has" && holder is not null) || (what == "leaves" && holder != who))
                return $"{i}: {who} {what}, holder: {holder}";
            holder = what switch
            {
                "has" => who,
                "leaves" => null,
                "dies" when holder == who => null,
                _ => holder,
            };
        }

        return null;
    }

    /// <summary>
    /// Somebody who had the lock more than once from the moment on at which another one waited in the queue until that one had it; null if there is
    /// nobody. Once is fair: it may have come first.
    /// </summary>
    public string? FindOvertaking()
    {
        Dictionary<string, Dictionary<string, int>> turnsSince = [];
        for (int i = 0; i < _events.Length; i++)
        {
            (string who, string what) = _events[i];
            if (what == "waits")
                turnsSince[who] = [];
            if (what is "has" or "dies")
                turnsSince.Remove(who);
            if (what != "has")
                continue;
            foreach ((string waiter, Dictionary<string, int> turns) in turnsSince)
            {
                turns[who] = turns.GetValueOrDefault(who) + 1;
                if (turns[who] > 1)
                    return $"{i}: {who} has it for the {turns[who]}th time while {waiter} waits";
            }
        }

        return null;
    }
}
