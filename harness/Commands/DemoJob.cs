using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Worker;
using Spectre.Console;

namespace Persistence.Harness.Commands;

/// <summary>
/// Half a minute of the harness on a job somebody might do: record every installed package in a store, again and again, and be
/// killed all the time.
/// </summary>
internal static class DemoJob
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineTime = TimeSpan.FromSeconds(3);

    public static int Run()
    {
        using Interruption interruption = new();
        using RunDirectory directory = new(parent: null);
        KillRun run = new(new KillRunOptions
        {
            Worker = HarnessWorker.Command(mutant: null),
            Directory = directory.Path,
            Duration = Duration,
            Seed = Environment.TickCount64,
            Workload = Workloads.Inventory,
            Writers = 2,
        });
        Console.WriteLine("Recording the package inventory into an embedded store, and killing the process that does it.");
        KillRunResult result = Watch(run, interruption.Token);
        directory.KeepWhen(result.Failures.Count > 0);
        foreach (string line in VerdictLine.Explain(result))
            Console.WriteLine(line);
        Console.WriteLine(VerdictLine.Final(result));
        return (int)result.Verdict;
    }

    private static KillRunResult Watch(KillRun run, CancellationToken interrupted)
    {
        Task<KillRunResult> running = Task.Factory.StartNew(() => run.Run(interrupted), TaskCreationOptions.LongRunning);
        if (AnsiConsole.Profile.Capabilities.Interactive)
            ShowTable(run, running);
        else
            ShowLines(run, running);
        return running.GetAwaiter().GetResult();
    }

    private static void ShowLines(KillRun run, Task<KillRunResult> running)
    {
        while (!running.Wait(LineTime))
            Console.WriteLine(VerdictLine.Progress(run.Result));
    }

    private static void ShowTable(KillRun run, Task<KillRunResult> running) => AnsiConsole.Live(ToTable(run.Result)).Start(context =>
    {
        bool ended;
        do
        {
            ended = running.Wait(RefreshTime);
            context.UpdateTarget(ToTable(run.Result));
        }
        while (!ended);
    });

    private static Table ToTable(KillRunResult result)
    {
        int lost = result.Count(DiscrepancyKind.Lost);
        Table table = new Table().RoundedBorder().AddColumns("seconds", "kills", "acknowledged", "recovered", "lost", "in flight at the kill", "mean recovery");
        return table.AddRow(
            $"{result.Elapsed.TotalSeconds:F0}", $"{result.Kills}", $"{result.Acknowledged}", $"{result.Recovered}",
            lost == 0 ? "[green]0[/]" : $"[red]{lost}[/]", $"{result.InFlightShare:P0}", $"{result.RecoveryMsMean:F1} ms");
    }
}
