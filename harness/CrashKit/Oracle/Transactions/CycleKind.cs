namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Names a cycle by its steps.</summary>
internal static class CycleKind
{
    public static AnomalyKind Of(IReadOnlyList<Dependency> steps)
    {
        bool isInRealTime = steps.Any(step => step.Kind == DependencyKind.RealTime);
        return steps.Count(step => step.Kind == DependencyKind.ReadWrite) switch
        {
            0 when steps.Any(step => step.Kind == DependencyKind.WriteRead) => isInRealTime ? AnomalyKind.G1cRealTime : AnomalyKind.G1c,
            0 => isInRealTime ? AnomalyKind.G0RealTime : AnomalyKind.G0,
            1 when IsLostUpdate(steps) => AnomalyKind.P4,
            1 => isInRealTime ? AnomalyKind.GSingleRealTime : AnomalyKind.GSingle,
            _ when HasTwoInARow(steps) => isInRealTime ? AnomalyKind.G2ItemRealTime : AnomalyKind.G2Item,
            _ => isInRealTime ? AnomalyKind.GNonadjacentRealTime : AnomalyKind.GNonadjacent,
        };
    }

    /// <summary>Two appended to one key, and the later one had read it without what the earlier one appended.</summary>
    private static bool IsLostUpdate(IReadOnlyList<Dependency> steps) =>
        steps.Count == 2 && steps[0].Key == steps[1].Key && steps.Any(step => step.Kind == DependencyKind.WriteWrite);

    private static bool HasTwoInARow(IReadOnlyList<Dependency> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].Kind == DependencyKind.ReadWrite && steps[(i + 1) % steps.Count].Kind == DependencyKind.ReadWrite)
                return true;
        }

        return false;
    }
}
