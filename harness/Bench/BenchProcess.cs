using System.Diagnostics;
using System.Globalization;
using Persistence.CrashKit.Processes;

namespace Persistence.Harness.Bench;

/// <summary>A process of its own for a measurement: this program once more, with a verb that does one thing and prints figures.</summary>
internal static class BenchProcess
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="arguments">The verb and what it wants to know.</param>
    /// <returns>The figures it has printed, between which there were spaces.</returns>
    public static double[] Run(params string[] arguments)
    {
        ProcessStartInfo start = new(DotNetHost.Find()) { RedirectStandardOutput = true };
        foreach (string argument in arguments.Prepend(typeof(BenchProcess).Assembly.Location))
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. told.Split(' ').Select(static figure => double.Parse(figure, CultureInfo.InvariantCulture))];
    }

    /// <summary>The most memory that the process had so far, in bytes.</summary>
    public static long MeasurePeak()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
