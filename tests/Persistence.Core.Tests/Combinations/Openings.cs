using System.Collections.Immutable;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Combinations;

/// <summary>Steps after which the store is opened anew: as it was, cut, gone back, moved, or another one.</summary>
/// <param name="subject">The store.</param>
/// <param name="shelf">Its backups.</param>
/// <param name="take">Takes another step, in whose middle it is cut.</param>
internal sealed class Openings(Subject subject, Shelf shelf, Action<Step> take)
{
    private static readonly StepKind[] _cut =
    [
        StepKind.Set, StepKind.Batch, StepKind.LargeCommit, StepKind.Burst, StepKind.Checkpoint, StepKind.Compact, StepKind.Reopen, StepKind.GoBack, StepKind.RemoveCheckpoint, StepKind.PassTime, StepKind.Transaction,
    ];

    private readonly Targets _targets = new(subject);

    private History History => subject.History;

    public void Reopen()
    {
        Close();
        subject.Open();
    }

    private void Close()
    {
        subject.Close();
        if (subject.Follower is not Follower follower)
            return;
        follower.Read(subject);
        follower.RequireEnd(History.Head);
    }

    public void MoveDirectory(Random random)
    {
        string[] places = [".", .. CombinedDisks.Elsewhere];
        (string directory, string key) = random.Next(3) switch { 0 => ("wal", "log"), 1 => ("checkpoints", "checkpoints"), _ => ("archive", "archive") };
        string to = places[random.Next(places.Length)];
        if (subject.IsFull || to == subject.PlaceOf(key) || (key == "archive" && !subject.HasArchive))
            return;
        Close();
        // A follower goes by where the files were.
        StopFollowing();
        subject.MoveDirectory(directory, key, to);
        subject.Open();
    }

    public void Crash(Random random)
    {
        CrashImageKind kind = Kind(random);
        if (random.Next(2) == 0)
            take(new Step(StepKind.Burst, random.Next(100_000)));
        // What it is given now no cut may take.
        subject.Follower?.Read(subject);
        subject.Kill(subject.Disks.Image(kind), kind);
        subject.OpenAfterCrash([(History.Head, History.Durable)]);
    }

    /// <summary>In the middle of another step: what that does may have happened or not.</summary>
    public void CrashDuring(Random random)
    {
        StepKind cut = _cut[random.Next(_cut.Length)];
        CrashImageKind kind = Kind(random);
        CombinedDisks? image = null;
        Moment head = History.Head;
        Moment durable = History.Durable;
        Lsn? given = subject.Follower?.Position;
        CombinedDisks disks = subject.Disks;
        disks.CallAfter(random.Next(random.Next(2) == 0 ? 20 : 150), () => (image, head, durable, given) = (disks.Image(kind), History.Head, History.Durable, subject.Follower?.Position));
        try
        {
            take(new Step(cut, random.Next(100_000)));
        }
        finally
        {
            disks.CallNoMore();
        }

        if (image is null)
            (image, head, durable, given) = (subject.Disks.Image(kind), History.Head, History.Durable, subject.Follower?.Position);
        // What it was given since was given by disks that are no more.
        if (subject.Follower?.Position != given)
            StopFollowing();
        subject.Kill(image, kind);
        List<(Moment, Moment)> possible = [(head, durable)];
        if (History.Head != head)
            possible.Add((History.Head, durable.IsOnPathOf(History.Head) ? durable : History.Head));
        History.ForgetSince(durable);
        subject.OpenAfterCrash(possible);
    }

    private static CrashImageKind Kind(Random random) => random.Next(2) == 0 ? CrashImageKind.KeepEverything : CrashImageKind.DropPending;

    public void GoBack(Random random)
    {
        if (random.Next(4) == 0)
            subject.Kill(subject.Disks.Image(CrashImageKind.KeepEverything), CrashImageKind.KeepEverything);
        else
            subject.Close();
        (RecoveryTarget target, Moment wanted, bool isPromised) = _targets.Draw(random);
        subject.OpenAt(target, wanted, isPromised);
        subject.Follower?.GoOn(subject);
    }

    public void FollowAnew(Random random)
    {
        StopFollowing();
        subject.Follower = Follower.Begin(subject, random.Next(2) == 0 && !History.Durable.IsBeginning ? History.Durable : null);
    }

    public void GoOnRestored(Random random)
    {
        if (shelf.Restore(random) is not (CombinedDisks disks, ImmutableSortedDictionary<string, string> state))
            return;
        subject.Close();
        StopFollowing();
        subject.Adopt(disks, state);
    }

    public void StopFollowing()
    {
        subject.Follower?.Dispose();
        subject.Follower = null;
    }
}
