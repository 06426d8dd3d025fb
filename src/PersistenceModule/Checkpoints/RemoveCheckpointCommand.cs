using System.Management.Automation;
using Persistence.Checkpoints;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>Remove-Checkpoint: removes checkpoints and the increments that build on them.</summary>
[Cmdlet(VerbsCommon.Remove, "Checkpoint", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveCheckpointCommand : ChosenCheckpointsCmdlet
{
    private protected override void Process()
    {
        if (Id is null && Name is null)
            throw ErrorRecords.CheckpointNotChosen();
        // Which they are is looked up before anybody is asked, and before the store is opened for writing.
        List<(StoreTarget Target, IReadOnlyList<CheckpointInfo> Chosen)> all = [];
        ForEachStore(StoreAccess.Read, store => all.Add((new StoreTarget(store), Choose(store.Engine.GetCheckpoints(), static one => one.Id, static one => one.Name, store.Path))));
        foreach ((StoreTarget target, IReadOnlyList<CheckpointInfo> chosen) in all)
            ForOne(target.Directory, target.Directory, () => Remove(target, [.. chosen.Where(one => ShouldProcess($"Checkpoint {one.Id} of '{target.Directory}'", "Remove checkpoint")).Select(static one => one.Id)]));
    }

    private void Remove(StoreTarget target, long[] ids)
    {
        if (ids.Length == 0)
            return;
        using StoreLease lease = LeaseWriter(target.Store is { IsReadOnly: false, IsOpen: true } ? target : new StoreTarget(target.Directory, null), OptionOverrides.None);
        lease.Store.RequireOpen(StoreAccess.Write);
        IReadOnlyList<long> removed = lease.Store.Engine.RemoveCheckpoints(ids);
        foreach (long id in removed.Except(ids))
            WriteVerbose($"Checkpoint {id} was built on one of them and was removed too.");
        lease.Close();
    }
}
