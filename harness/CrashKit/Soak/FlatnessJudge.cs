namespace Persistence.CrashKit.Soak;

/// <summary>Holds a run's samples against its rules: the worker's memory over the run and in the longest life, the harness' memory, the disk.</summary>
internal static class FlatnessJudge
{
    public static IReadOnlyList<Flatness> Judge(SoakOptions options, IReadOnlyList<SoakSample> samples)
    {
        // A young worker's memory says how long ago it was started.
        SoakSample[] grown = [.. samples.Where(sample => sample.Age >= options.Memory.WarmUp)];
        SoakSample[] oldest = grown.Length == 0 ? [] : [.. grown.Where(sample => sample.Life == grown.MaxBy(other => other.Age).Life)];
        return
        [
            options.Memory.Judge("worker memory", [.. grown.Select(sample => (sample.At, sample.WorkerBytes))]),
            options.Memory.Judge("memory of the longest-lived worker", [.. oldest.Select(sample => (sample.At, sample.WorkerBytes))]),
            options.Memory.Judge("harness memory", [.. samples.Select(sample => (sample.At, sample.HarnessBytes))]),
            options.Disk.Judge("disk", [.. samples.Select(sample => (sample.At, sample.DiskBytes))]),
        ];
    }
}
