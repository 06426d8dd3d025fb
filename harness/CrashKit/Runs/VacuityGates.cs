using System.Globalization;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>What a run must have done before "nothing wrong" means anything.</summary>
internal static class VacuityGates
{
    public const double InFlightShareMin = 0.5;

    // One look in so many is followed by going back; far fewer may leave it to chance.
    private const int PastStatesPerReturn = 150;

    // Fewer kills, or stores, may leave it to chance what a store comes to before it is replaced.
    private const int UpkeepKillsMin = 100;
    private const int UpkeepStoresMin = 3;
    private const int StoresPerSpreadOne = 16;

    /// <summary>The gates not passed, one sentence each.</summary>
    public static IReadOnlyList<string> FindUnmet(KillRunResult result)
    {
        List<string> unmet = [];
        if (result.Verified == 0)
            unmet.Add("no kill was followed by a verified restart");
        if (result.UnexpectedExits > 0)
            unmet.Add($"{result.UnexpectedExits} of {result.Kills} processes ended otherwise than by the signal");
        if (result.Acknowledged == 0)
            unmet.Add("nothing was acknowledged");
        if (result.Options.Checker is null)
            AddProtocolGates(result, unmet);
        return unmet;
    }

    /// <summary>A program checked by another one says too little for these.</summary>
    private static void AddProtocolGates(KillRunResult result, List<string> unmet)
    {
        if (result.InFlightShare < InFlightShareMin)
            unmet.Add(string.Create(CultureInfo.InvariantCulture, $"operations were in flight at {result.InFlightShare:P0} of the kills of running processes; {InFlightShareMin:P0} are needed"));
        if (!result.Options.IsBuiltIn)
            return;
        foreach (KillPoint point in result.PointsRequested.Keys.Order())
        {
            if (result.PointsFired.GetValueOrDefault(point) == 0)
                unmet.Add($"the point {KillPoints.NameOf(point)} was asked for {result.PointsRequested[point]} times and never reached");
        }

        if (result.Options.HasLists && result.Dependencies == 0)
            unmet.Add("no transaction had anything to do with another");
        if (result.Options.LooksBack && result.PastStates == 0)
            unmet.Add("no earlier state was looked at");
        if (result.Options.LooksBack && result.GoneBack == 0 && result.PastStates >= PastStatesPerReturn)
            unmet.Add("no store was taken back to an earlier state");
        if (result.Options.HasUpkeep && result.KillsWhileRunning >= UpkeepKillsMin)
            unmet.AddRange(FindUpkeepMissing(result));
        if (result.Options.HasEntities && result.KillsWhileRunning >= UpkeepKillsMin)
            unmet.AddRange(EntityDeeds.All.Where(deed => result.EntityDeeds.GetValueOrDefault(deed) == 0).Select(static deed => $"of entities there was no {deed}"));
        if (result.RecoveriesReplaying * 2 < result.Recoveries)
            unmet.Add($"only {result.RecoveriesReplaying} of {result.Recoveries} recoveries replayed anything");
    }

    /// <summary>What stores have to do beside their operations in a run of some length.</summary>
    private static IEnumerable<string> FindUpkeepMissing(KillRunResult result)
    {
        if (result.Increments == 0)
            yield return "no increment was taken";
        if (result.Compactions == 0)
            yield return "nothing was compacted";
        if (result.ArchivedSegments == 0 && result.StoresArchiving >= UpkeepStoresMin)
            yield return "no segment was archived";
        if (result.StoresElsewhere == 0 && result.Stores >= StoresPerSpreadOne)
            yield return "no store had directories elsewhere";
        if (result.Backups == 0)
            yield return "no backup was taken beside a worker";
    }
}
