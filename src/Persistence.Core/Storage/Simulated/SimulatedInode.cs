namespace Persistence.Storage.Simulated;

/// <summary>A file apart from its names: its content as processes see it and as it is on the medium, and who has it open.</summary>
internal sealed class SimulatedInode(PagedContent content, PagedContent durable) : SimulatedNode
{
    private readonly List<SimulatedFile> sharedHolders = [];
    private SimulatedFile? exclusiveHolder;

    public SimulatedInode()
        : this(new PagedContent(), new PagedContent())
    {
    }

    public override FileEntryKind Kind => FileEntryKind.File;

    /// <summary>The bytes any handle reads.</summary>
    public PagedContent Content { get; } = content;

    /// <summary>The bytes as of the last sync.</summary>
    public PagedContent Durable { get; } = durable;

    public int NameCount { get; set; }

    public int HandleCount { get; set; }

    /// <summary>Without a name and a handle a file's space is free again.</summary>
    public bool IsGone => NameCount == 0 && HandleCount == 0;

    public long UsedBytes => (long)Content.PageCount * Page.Size;

    /// <summary>How many syncs have failed.</summary>
    public int FailedSyncs { get; private set; }

    /// <summary>Whether a handle opened now is told of the last one.</summary>
    public bool IsFailureNews { get; set; }

    /// <summary>Whether the next sync fails for what an earlier one found out too late.</summary>
    public bool NextSyncFails { get; set; }

    public void Sync() => Content.CopyChangesTo(Durable);

    public void FailSync(bool reverts, bool isHeardLater)
    {
        FailedSyncs++;
        IsFailureNews = isHeardLater;
        if (reverts)
            Content.RevertTo(Durable);
        else
            Content.ForgetChanges();
    }

    /// <summary>Gives up what the handle holds, then takes the lock unless another handle's conflicts.</summary>
    public bool TryLock(SimulatedFile handle, FileLockKind kind)
    {
        Unlock(handle);
        if (exclusiveHolder is not null || (kind == FileLockKind.Exclusive && sharedHolders.Count > 0))
            return false;
        if (kind == FileLockKind.Exclusive)
            exclusiveHolder = handle;
        else
            sharedHolders.Add(handle);
        return true;
    }

    public void Unlock(SimulatedFile handle)
    {
        if (ReferenceEquals(exclusiveHolder, handle))
            exclusiveHolder = null;
        sharedHolders.Remove(handle);
    }
}
