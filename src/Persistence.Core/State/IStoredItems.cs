namespace Persistence.State;

/// <summary>
/// The items of one checkpoint file, for states that do not keep all of them in memory. They can be read for as long as the store is open, also once the file
/// was removed. Thread-safe.
/// </summary>
public interface IStoredItems : IDisposable
{
    /// <summary>Whether nothing can be read any more.</summary>
    bool IsClosed { get; }

    /// <summary>Somebody wants to read items again later; while a checkpoint is loaded its file is closed otherwise.</summary>
    void Keep();

    /// <summary>Reads an item again.</summary>
    /// <param name="place">Where it is.</param>
    /// <returns>The item's bytes.</returns>
    /// <exception cref="Diagnostics.StoreException">CheckpointInvalid: what is there is damaged. A failure of the files.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed, or the model has let go of the file.</exception>
    byte[] Read(StoredPlace place);
}
