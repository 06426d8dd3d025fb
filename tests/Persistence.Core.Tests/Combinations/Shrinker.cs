namespace Persistence.Tests.Combinations;

/// <summary>Leaves out steps for as long as the run goes on failing in the same way.</summary>
internal static class Shrinker
{
    public static CombinationFailure Shrink(CombinationFailure failure, int runsMax)
    {
        for (int piece = failure.Steps.Count / 2; piece > 0; piece = piece == 1 ? 0 : Math.Max(piece / 2, 1))
        {
            for (int from = 0; from < failure.Steps.Count && runsMax > 0;)
            {
                runsMax--;
                Step[] fewer = [.. failure.Steps.Take(from), .. failure.Steps.Skip(from + piece)];
                if (CombinationRun.Run(failure.Seed, fewer) is CombinationFailure again && again.Sign == failure.Sign)
                    failure = again;
                else
                    from += piece;
            }
        }

        return failure;
    }
}
