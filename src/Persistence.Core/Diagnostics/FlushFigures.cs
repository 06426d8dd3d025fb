namespace Persistence.Diagnostics;

/// <summary>What one flush did, gathered while it goes on and measured when nobody waits for it any more.</summary>
internal struct FlushFigures
{
    /// <summary>Bytes of the frame written; 0 when none was.</summary>
    public long FrameBytes;

    /// <summary>Records in it; 0 in a marker.</summary>
    public int FrameRecords;

    /// <summary>Data syncs that succeeded: none, one, or two when a segment was begun.</summary>
    public int Syncs;

    /// <summary>How long the first sync took.</summary>
    public TimeSpan FirstSync;

    /// <summary>How long the second sync took.</summary>
    public TimeSpan SecondSync;

    /// <summary>Whether a segment was begun.</summary>
    public bool BeganSegment;

    /// <summary>Asynchronous commits it acknowledged.</summary>
    public int Commits;

    /// <summary>Records of these.</summary>
    public int Records;

    /// <summary>When each of these was handed over; null unless somebody listens.</summary>
    public long[]? CommitsStarted;

    /// <summary>A sync took so long.</summary>
    public void AddSync(TimeSpan time)
    {
        if (Syncs++ == 0)
            FirstSync = time;
        else
            SecondSync = time;
    }
}
