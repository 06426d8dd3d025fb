using Persistence.Serialization;

namespace Persistence.State;

/// <summary>A captured state, or what has changed in it, streamed into a checkpoint while the live state goes on.</summary>
public interface IStateCapture
{
    /// <summary>Whether it holds the whole state; else it holds what has changed since the position it was asked for.</summary>
    bool IsWhole => true;

    /// <summary>How much there is to go through, in items; what has not changed is counted too.</summary>
    long Count { get; }

    /// <summary>How much of <see cref="Count"/> has been gone through.</summary>
    long Done => 0;

    /// <summary>Appends the next item to <paramref name="item"/>, which is empty.</summary>
    /// <returns>False after the last item.</returns>
    bool TryWriteNext(GrowableBuffer item);

    /// <summary>Whether the state wants to read items that were written again from the checkpoint, instead of keeping them.</summary>
    bool ReadsStored => false;

    /// <summary>The item made last will be there, once the checkpoint is published.</summary>
    void NoteWritten(StoredPlace place)
    {
    }

    /// <summary>The checkpoint is published, and this is how to read the items of it, from now on the model's to dispose of. Before <see cref="End"/>; not called when <see cref="ReadsStored"/> says no, or the file cannot be opened.</summary>
    void TakeStored(IStoredItems items)
    {
    }

    /// <summary>
    /// Ends it, once. Only when the checkpoint is durable and named by ROOT may the model forget what the next increment would otherwise have to repeat
    /// (what was deleted, say).
    /// </summary>
    /// <param name="published">Whether that is so.</param>
    void End(bool published)
    {
    }
}
