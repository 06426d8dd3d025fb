using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Verifies checkpoints from their first byte to their last, and what they build on. Beside a writer what is found while ROOT moves on is looked at again.</summary>
internal sealed class CheckpointVerifier
{
    private const int AttemptsMax = 8;

    private readonly IFileSystem _files;
    private readonly RootRecord _root;
    private readonly Dictionary<long, string?> _problems = [];
    private readonly Dictionary<long, string?> _names = [];

    private CheckpointVerifier(IFileSystem files, RootRecord root)
    {
        _files = files;
        _root = root;
    }

    public static IReadOnlyList<CheckpointVerification> Verify(StoreHost host, Action<int, int>? progress)
    {
        StoreReader.RequireStore(host.Files, RecoveryMode.Strict);
        host = StorePlacement.ForReading(host);
        for (int attempt = 1; ; attempt++)
        {
            RootRecord root = RootFile.Read(host.Files).Believed ?? throw StoreCreator.RootLost();
            IReadOnlyList<CheckpointVerification> found = new CheckpointVerifier(host.Files, root).Verify(progress);
            if (attempt == AttemptsMax || found.All(static one => one.IsUsable) || RootFile.Read(host.Files).Believed?.Generation == root.Generation)
                return found;
        }
    }

    private List<CheckpointVerification> Verify(Action<int, int>? progress)
    {
        IReadOnlyList<RootCheckpoint> listed = _root.Checkpoints;
        RecoveryPlan? plan = TryPlan(out string? noLog);
        List<CheckpointVerification> found = [];
        for (int i = 0; i < listed.Count; i++)
        {
            progress?.Invoke(i + 1, listed.Count);
            IReadOnlyList<RootCheckpoint> chain = CheckpointChains.To(listed, i) ?? (RootCheckpoint[])[listed[i]];
            _problems[listed[i].Id] = VerifyFile(listed[i], i == 0 || !listed[i].IsIncrement ? null : listed[i - 1]);
            string? problem = chain.Select(checkpoint => _problems[checkpoint.Id]).FirstOrDefault(static why => why is not null)
                ?? plan?.StartingPoints.First(point => point.Checkpoint == listed[i]).Refusal?.Message ?? noLog;
            found.Add(new CheckpointVerification(listed[i].Id, _names.GetValueOrDefault(listed[i].Id), !listed[i].IsIncrement, chain.Select(static checkpoint => checkpoint.Id).ToArray(), problem));
        }

        return [.. found.Select(one => IsSoundPartOfUsable(one, found) ? one with { Problem = null } : one)];
    }

    /// <summary>The log behind what an increment builds on may have gone, since replay starts at the increment: it still counts, with it.</summary>
    private bool IsSoundPartOfUsable(CheckpointVerification one, List<CheckpointVerification> all) =>
        !one.IsUsable && _problems[one.Id] is null && all.Exists(other => other.IsUsable && other.Chain.Contains(one.Id));

    private RecoveryPlan? TryPlan(out string? why)
    {
        why = null;
        try
        {
            SegmentCatalog catalog = SegmentCatalog.Read(_files, _root.StoreId);
            RecoveryPlan plan = RecoveryPlan.Decide(_root, catalog, RecoveryMode.Strict);
            // As recovery does: what the log does not lead to any more, with the archive it may.
            return plan.StartingPoints.All(static point => point.Checkpoint is null || point.Refusal is null)
                ? plan
                : RecoveryPlan.Decide(_root, ArchiveCatalog.AddTo(catalog, _files, _root.StoreId), RecoveryMode.Strict);
        }
        catch (StoreException e)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>Whether a chain can be loaded: every byte of its files, from the full checkpoint to the last increment.</summary>
    public static bool IsWhole(IFileSystem files, Guid storeId, IReadOnlyList<RootCheckpoint> chain)
    {
        for (int i = 0; i < chain.Count; i++)
        {
            if (FindProblem(files, storeId, chain[i], i == 0 ? null : chain[i - 1], out _) is not null)
                return false;
        }

        return chain.Count > 0;
    }

    private string? VerifyFile(RootCheckpoint listed, RootCheckpoint? parent)
    {
        string? problem = FindProblem(_files, _root.StoreId, listed, parent, out string? name);
        if (name is not null)
            _names[listed.Id] = name;
        return problem;
    }

    private static string? FindProblem(IFileSystem files, Guid storeId, RootCheckpoint listed, RootCheckpoint? parent, out string? name)
    {
        name = null;
        string path = CheckpointNames.Path(listed);
        try
        {
            using IFile file = files.Open(path, FileIntent.Read);
            CheckpointReader reader = CheckpointReader.Open(file, storeId, listed.Id);
            name = reader.Footer.Name;
            if (reader.FileCrc != listed.FileCrc || reader.Footer.Parent != (parent is null ? null : new CheckpointParent(parent.Id, parent.FileCrc)))
                throw CheckpointErrors.Invalid(path, 0, "it is not the checkpoint ROOT lists");
            reader.ReadItems(static (_, _, _) => { });
            return null;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return $"Checkpoint '{path}' is missing.";
        }
        catch (StoreException e) when (e is not StorageException { Fault: not StorageFault.Failed })
        {
            return e.Message;
        }
    }
}
