using Persistence.Diagnostics;

namespace Persistence.Tests.Combinations;

/// <summary>One run: a store whose options a seed draws, steps out of everything that can be done with it, and a model that says after each of them what has to be.</summary>
internal sealed class CombinationRun
{
    private readonly Subject _subject;
    private readonly Changes _changes;
    private readonly Checks _checks;
    private readonly Shelf _shelf;
    private readonly Losses _losses;
    private readonly Openings _openings;

    private CombinationRun(Settings settings)
    {
        _subject = new Subject(settings);
        _changes = new Changes(_subject);
        _checks = new Checks(_subject);
        _shelf = new Shelf(_subject);
        _losses = new Losses(_subject);
        _openings = new Openings(_subject, _shelf, Do);
    }

    private History History => _subject.History;

    /// <summary>Runs.</summary>
    /// <param name="seed">Draws the options, and the steps unless they are given.</param>
    /// <param name="steps">The steps, or null.</param>
    /// <returns>What went wrong, or null.</returns>
    public static CombinationFailure? Run(int seed, IReadOnlyList<Step>? steps = null)
    {
        Random random = new(seed);
        Settings settings = new(random);
        steps ??= Step.DrawMany(random);
        int done = 0;
        try
        {
            CombinationRun run = new(settings);
            for (; done < steps.Count; done++)
                run.Do(steps[done]);
            run.End();
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the run has found something.
        catch (Exception e)
        {
            return new CombinationFailure(seed, settings.ToString(), [.. steps.Take(done + 1)], e);
        }
#pragma warning restore CA1031
    }

    private void Do(Step step)
    {
        Random random = new(step.Seed);
        _subject.Clock.Advance(TimeSpan.FromTicks(random.Next(300_000)));
        try
        {
            Do(step.Kind, random);
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull && _subject.IsFull)
        {
            // Refused: nothing has changed.
        }

        _subject.RequireState();
    }

    private void End()
    {
        _subject.Close();
        _subject.Follower?.Read(_subject);
        _subject.Follower?.RequireEnd(History.Head);
        _checks.RequireWhole(_subject.Disks);
        _openings.StopFollowing();
        _subject.Open();
        _subject.Close();
    }

    private void Do(StepKind kind, Random random)
    {
        switch (kind)
        {
            case StepKind.Set: _changes.Set(random); break;
            case StepKind.Delete: _changes.Delete(random); break;
            case StepKind.Batch: _changes.Batch(random, bytesMax: 900); break;
            case StepKind.LargeCommit: _changes.Batch(random, bytesMax: 30_000); break;
            case StepKind.Burst: _changes.Burst(random); break;
            case StepKind.Transaction: _changes.Transaction(random); break;
            case StepKind.Note: _changes.Note(random); break;
            case StepKind.Flush: _changes.Flush(); break;
            case StepKind.Rotate: _subject.Store.RotateLog(); break;
            case StepKind.Checkpoint: _changes.Checkpoint(random); break;
            case StepKind.CheckpointGivenUp: _changes.GiveUpCheckpoint(random); break;
            case StepKind.RemoveCheckpoint: _changes.RemoveCheckpoint(random); break;
            case StepKind.Compact: _changes.Compact(random); break;
            case StepKind.PassTime: PassTime(random); break;
            case StepKind.Reload: Reload(random); break;
            case StepKind.Reopen: _openings.Reopen(); break;
            case StepKind.MoveDirectory: _openings.MoveDirectory(random); break;
            case StepKind.Crash: _openings.Crash(random); break;
            case StepKind.CrashDuring: _openings.CrashDuring(random); break;
            case StepKind.GoBack: _openings.GoBack(random); break;
            case StepKind.ReadPast: _checks.ReadPast(random); break;
            case StepKind.ReadLog: _checks.ReadLog(); break;
            case StepKind.ReadBeside: _checks.ReadBeside(); break;
            case StepKind.Follow: _subject.Follower?.Read(_subject); break;
            case StepKind.FollowAnew: _openings.FollowAnew(random); break;
            case StepKind.HoldSnapshot: _subject.HoldSnapshot(); break;
            case StepKind.Backup: _shelf.Take(random, isIncrement: false); break;
            case StepKind.BackupIncrement: _shelf.Take(random, isIncrement: true); break;
            case StepKind.Restore: _shelf.Restore(random); break;
            case StepKind.GoOnRestored: _openings.GoOnRestored(random); break;
            case StepKind.Salvage: _losses.Salvage(); break;
            case StepKind.LoseNewestChain: _losses.LoseNewestChain(); break;
            case StepKind.LoseRootSlot: _losses.LoseRootSlot(); break;
            case StepKind.FillDisk: _subject.Fill(_subject.PlaceOf(random.Next(2) == 0 ? "log" : "checkpoints"), random.Next(100_000)); break;
            case StepKind.FreeDisk: FreeDisk(random); break;
            case StepKind.Inspect: _checks.Inspect(); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    private void PassTime(Random random)
    {
        int[] milliseconds = [1, 30, 200, 3_000, 120_000];
        int passed = milliseconds[random.Next(milliseconds.Length)];
        _subject.Scheduler.Pass(TimeSpan.FromMilliseconds(passed));
        if (passed >= 3_000)
            Checks.RequireSettled(_subject);
    }

    private void Reload(Random random)
    {
        _subject.Settings.DrawRest(random);
        // What is sequenced under the old mode is made durable by the change to the new one, or it is not: the model does not say.
        _subject.Store.Flush();
        History.NoteDurable();
        _subject.Reload();
    }

    private void FreeDisk(Random random)
    {
        _subject.Free();
        _changes.Set(random);
    }
}
