using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

public sealed class VacuityGatesTests
{
    private static KillRunResult Good { get; } = new()
    {
        Options = new KillRunOptions { Worker = WorkerCommand.Parse("x"), Directory = "." },
        Kills = 10,
        Verified = 10,
        KillsWhileRunning = 9,
        KillsInFlight = 6,
        Acknowledged = 100,
        Recovered = 105,
        Recoveries = 9,
        RecoveriesReplaying = 8,
        PointsRequested = new Dictionary<KillPoint, int> { [KillPoint.InsideWrite] = 2 },
        PointsFired = new Dictionary<KillPoint, int> { [KillPoint.InsideWrite] = 1 },
    };

    [Fact]
    public void A_run_that_tested_something_counts()
    {
        Assert.Empty(Good.VacuousBecause);
        Assert.Equal(KillRunVerdict.Passed, Good.Verdict);
    }

    [Fact]
    public void A_process_that_ended_by_itself_does_not_count() => AssertVacuous(Good with { UnexpectedExits = 1 });

    [Fact]
    public void Kills_of_idle_processes_do_not_count() => AssertVacuous(Good with { KillsInFlight = 4 });

    [Fact]
    public void Kills_of_processes_that_open_their_store_are_not_asked_for_operations() =>
        Assert.Empty((Good with { Kills = 20, Verified = 20 }).VacuousBecause);

    [Fact]
    public void A_point_never_reached_does_not_count() => AssertVacuous(Good with { PointsFired = new Dictionary<KillPoint, int>() });

    [Fact]
    public void Recoveries_of_nothing_do_not_count() => AssertVacuous(Good with { RecoveriesReplaying = 4 });

    [Fact]
    public void A_run_that_was_to_look_at_earlier_states_has_to_and_a_long_one_to_go_back()
    {
        KillRunResult looking = Good with { Options = Good.Options with { Workload = "checkpoints" }, PastStates = 30 };
        Assert.Empty(looking.VacuousBecause);
        AssertVacuous(looking with { PastStates = 0 });
        AssertVacuous(looking with { PastStates = 1000 });
        Assert.Empty((looking with { PastStates = 1000, GoneBack = 9 }).VacuousBecause);
    }

    [Fact]
    public void In_a_run_of_some_length_everything_has_to_be_done_to_entities_that_is_to_be()
    {
        KillRunResult working = Good with
        {
            Options = Good.Options with { Workload = "entities" },
            KillsWhileRunning = 100,
            KillsInFlight = 90,
            Increments = 1,
            Compactions = 1,
            Backups = 1,
            EntityDeeds = EntityDeeds.All.ToDictionary(static deed => deed, static _ => 1),
        };
        Assert.Empty(working.VacuousBecause);
        foreach (string deed in EntityDeeds.All)
            AssertVacuous(working with { EntityDeeds = EntityDeeds.All.ToDictionary(one => one, one => one == deed ? 0 : 1) });
        Assert.Empty((working with { KillsWhileRunning = 99, EntityDeeds = new Dictionary<string, int>() }).VacuousBecause);
    }

    [Fact]
    public void In_a_run_of_some_length_stores_have_to_do_everything_they_do_beside_their_operations()
    {
        KillRunResult much = Good with
        {
            KillsWhileRunning = 200,
            KillsInFlight = 200,
            Stores = 20,
            StoresArchiving = 9,
            StoresElsewhere = 6,
            Increments = 30,
            Compactions = 8,
            ArchivedSegments = 40,
            Backups = 40,
        };
        Assert.Empty(much.VacuousBecause);
        AssertVacuous(much with { Increments = 0 });
        AssertVacuous(much with { Compactions = 0 });
        AssertVacuous(much with { ArchivedSegments = 0 });
        AssertVacuous(much with { Backups = 0 });
        AssertVacuous(much with { StoresElsewhere = 0 });
        // Nobody else's program is asked for it.
        Assert.Empty((much with { Options = much.Options with { IsBuiltIn = false }, Increments = 0, Backups = 0 }).VacuousBecause);
    }

    [Fact]
    public void A_run_without_verified_kills_or_without_promises_does_not_count()
    {
        AssertVacuous(Good with { Verified = 0 });
        AssertVacuous(Good with { Acknowledged = 0 });
    }

    [Fact]
    public void A_discrepancy_outweighs_everything_else()
    {
        Failure failure = new(new Discrepancy(DiscrepancyKind.Lost, "x"), "store", null);
        Assert.Equal(KillRunVerdict.Convicted, (Good with { Failures = [failure], WhyItCouldNotRun = "x", Verified = 0 }).Verdict);
        Assert.Equal(KillRunVerdict.CouldNotRun, (Good with { WhyItCouldNotRun = "x", Verified = 0 }).Verdict);
    }

    [Fact]
    public void A_program_with_a_checker_is_not_asked_what_it_cannot_know()
    {
        KillRunOptions options = Good.Options with { IsBuiltIn = false, Checker = WorkerCommand.Parse("y") };
        Assert.Empty((Good with { Options = options, KillsInFlight = 0, Recoveries = 0, RecoveriesReplaying = 0 }).VacuousBecause);
    }

    private static void AssertVacuous(KillRunResult result)
    {
        Assert.Single(result.VacuousBecause);
        Assert.Equal(KillRunVerdict.Vacuous, result.Verdict);
    }
}
