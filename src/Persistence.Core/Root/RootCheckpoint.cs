using Persistence.State;

namespace Persistence.Root;

/// <summary>A published checkpoint, as ROOT lists it.</summary>
/// <param name="Id">Its number, increasing.</param>
/// <param name="Kind">1 full, 2 increment.</param>
/// <param name="RedoFrom">Where replay starts.</param>
/// <param name="End">From where it is consistent.</param>
/// <param name="FileCrc">CRC-32C of its file's bytes, so that another file under its name is found out.</param>
public sealed record RootCheckpoint(long Id, int Kind, Lsn RedoFrom, Lsn End, uint FileCrc)
{
    /// <summary>Kind: the whole state. On disk, never changes.</summary>
    public const int Full = 1;

    /// <summary>Kind: what has changed since the checkpoint listed before it. On disk, never changes.</summary>
    public const int Increment = 2;

    /// <summary>Whether it only holds what has changed since the checkpoint listed before it.</summary>
    public bool IsIncrement => Kind == Increment;
}
