using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// Any program at all: every line it prints is something it promises to keep. It is killed at random, and another program is
/// given the directory and all the lines, and answers by its exit code: 0 when everything promised is there.
/// </summary>
internal sealed class CheckerLane
{
    private const int RunningMsMax = 500;
    private static readonly TimeSpan CheckTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DieTime = TimeSpan.FromMinutes(1);

    private readonly KillRunOptions _options;
    private readonly RunBudget _budget;
    private readonly KillRunFigures _figures;
    private readonly Random _random;
    private readonly string _directory;
    private readonly string _promises;
    private int _epoch;

    public CheckerLane(KillRunOptions options, RunBudget budget, KillRunFigures figures, int lane)
    {
        _options = options;
        _budget = budget;
        _figures = figures;
        _random = new Random(Mixer.Fold(Mixer.Combine(options.Seed, lane)));
        _directory = Path.Combine(options.Directory, $"lane-{lane}");
        _promises = _directory + ".acknowledged.txt";
    }

    public void Run()
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllBytes(_promises, []);
        _figures.AddStore();
        try
        {
            while (!_figures.HasStopped && _budget.TryTakeKill())
            {
                int acknowledged = KillOnce();
                Check(acknowledged);
                _epoch++;
            }
        }
        catch (Exception e) when (e is WorkerFailedException or System.ComponentModel.Win32Exception or IOException)
        {
            _figures.CouldNotRun(e.Message);
        }
    }

    private int KillOnce()
    {
        IReadOnlyDictionary<string, string> environment = WorkerEnvironment.For(_directory, _options.Seed, _epoch);
        using ChildProcess worker = ChildProcess.Start(_options.Worker.With([], environment), hasChildren: true);
        // Time counts from the first sign of life, so that the start of the program is not all that is ever killed.
        byte[]? first = worker.Receive(DieTime);
        if (!worker.WaitForExit(TimeSpan.FromMilliseconds(1 + _random.Next(RunningMsMax))))
            worker.Kill();
        if (!worker.WaitForExit(DieTime) || !worker.Drain(DieTime, out IReadOnlyList<byte[]> lines))
            throw new WorkerFailedException("The worker does not die, or something it started holds its pipe open.");
        if (!worker.WasKilled)
            throw new WorkerFailedException($"The worker was to be killed and ended by itself, exit code {worker.ExitCode}: {worker.Errors.Trim()}");
        byte[][] promised = first is null ? [.. lines] : [first, .. lines];
        using (FileStream file = new(_promises, FileMode.Append))
        {
            foreach (byte[] line in promised)
                file.Write([.. line, (byte)'\n']);
        }

        _figures.AddKill(worker.WasKilled, operationsInFlight: 0);
        return promised.Length;
    }

    private void Check(int acknowledged)
    {
        IReadOnlyDictionary<string, string> environment = WorkerEnvironment.For(_directory, _options.Seed, _epoch);
        using ChildProcess checker = ChildProcess.Start(_options.Checker!.With([_directory, _promises], environment), hasChildren: true);
        if (!checker.WaitForExit(CheckTime))
            throw new WorkerFailedException($"The checker gave no answer within {CheckTime.TotalSeconds} s.");
        _ = checker.Drain(DieTime, out IReadOnlyList<byte[]> said);
        if (checker.ExitCode == 0)
        {
            _figures.AddChecked(acknowledged);
            return;
        }

        string words = string.Join(" ", said.TakeLast(5).Select(System.Text.Encoding.UTF8.GetString)) + checker.Errors;
        Discrepancy discrepancy = new(DiscrepancyKind.Lost, $"the checker says no (exit code {checker.ExitCode}): {words.Trim()}");
        _figures.Add(new Failure(discrepancy, _directory, _promises));
    }
}
