namespace Persistence.CrashKit.Exploration;

/// <summary>Something to explore, in pieces that follow from a seed and their number alone, so that any thread may take any of them.</summary>
internal interface IExploration
{
    /// <summary>The verb.</summary>
    string Name { get; }

    /// <summary>How many pieces there are; null when it does not end by itself.</summary>
    long? PieceCount { get; }

    /// <summary>Explores one piece.</summary>
    /// <param name="piece">Its number, from 0.</param>
    /// <param name="stop">When to give up and return what has been found by then.</param>
    ExplorationFigures Explore(long piece, CancellationToken stop);

    /// <summary>Why what was explored does not prove anything; empty when it does.</summary>
    IEnumerable<string> FindVacuity(ExplorationFigures figures);
}
