#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// A sync that more than one has a use for. The system reports a failed write-back once, to whichever sync comes first, and later ones "succeed": so they go one
/// after the other, and after a failure none is believed.
/// </summary>
/// <param name="gate">Held during the sync.</param>
/// <param name="sync">The sync itself.</param>
/// <param name="operation">What errors call it.</param>
/// <param name="path">What is synced.</param>
internal sealed class GuardedSync(IGate gate, Action sync, string operation, string path)
{
    private bool _hasFailed;

    /// <exception cref="StorageException">It failed, or did so before.</exception>
    public void Run()
    {
        gate.Enter();
        try
        {
            if (_hasFailed)
                throw new StorageException(StorageFault.Failed, operation, path, "an earlier sync of it failed");
            _hasFailed = true;
            sync();
            _hasFailed = false;
        }
#if MUTANTS
        catch (StorageException e) when (Mutants.Is(Mutants.FlushErrorIgnored) || (Mutants.Is(Mutants.ReadOnlyStillAcks) && e.Fault == StorageFault.ReadOnly))
        {
            _hasFailed = false;
        }
        catch (StorageException) when (Mutants.Is(Mutants.FlushRetriedAndBelieved))
        {
            sync();
            _hasFailed = false;
        }
#endif
        finally
        {
            gate.Exit();
        }
    }
}
