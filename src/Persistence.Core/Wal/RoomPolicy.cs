namespace Persistence.Wal;

/// <summary>By what means room is made in the log for a commit.</summary>
/// <param name="MayFlush">Whether on the caller's thread; else the flusher makes it.</param>
/// <param name="OnlyRemoves">Whether what is held for a full disk may be used.</param>
internal readonly record struct RoomPolicy(bool MayFlush, bool OnlyRemoves);
