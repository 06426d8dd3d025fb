using System.Text;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// Any program at all: every line it prints is something it promises to keep. It is killed at random, and another program is
/// given the directory and all the lines, and answers by its exit code: 0 when everything promised is there.
/// </summary>
internal sealed class CheckerLane
{
    private const int RunningMsMax = 500;
    private const int LinesShown = 5;

    private readonly KillRunOptions _options;
    private readonly RunProcesses _processes;
    private readonly RunBudget _budget;
    private readonly KillRunFigures _figures;
    private readonly Random _random;
    private readonly int _lane;
    private readonly string _directory;
    private readonly string _promises;
    private int _epoch;

    public CheckerLane(KillRunOptions options, RunProcesses processes, RunBudget budget, KillRunFigures figures, int lane)
    {
        _options = options;
        _processes = processes;
        _budget = budget;
        _figures = figures;
        _lane = lane;
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
        catch (Exception e) when (e is WorkerFailedException or ProtocolException or IOException)
        {
            _figures.CouldNotRun($"{e.Message} (lane {_lane})");
        }
    }

    private int KillOnce()
    {
        IReadOnlyDictionary<string, string> environment = WorkerEnvironment.For(_directory, _options.Seed, _epoch);
        using ChildProcess worker = _processes.Start(_options.Worker.With([], environment), hasChildren: true);
        byte[][] promised = [ReceiveFirst(worker), .. KillAndDrain(worker)];
        using (FileStream file = new(_promises, FileMode.Append))
        {
            foreach (byte[] line in promised)
                file.Write([.. line, (byte)'\n']);
        }

        _figures.AddKill(worker.WasKilled, wasRunning: true, operationsInFlight: 0);
        return promised.Length;
    }

    /// <summary>Time counts from the first sign of life, so that the start of the program is not all that is ever killed.</summary>
    private byte[] ReceiveFirst(ChildProcess worker)
    {
        Deadline deadline = Deadline.After(_options.AnswerTime);
        if (worker.Receive(deadline.Left) is byte[] first)
            return first;
        if (worker.WaitForExit(deadline.Left))
            throw EndedByItself(worker);
        throw new WorkerFailedException(worker.HasClosedOutput
            ? "The worker closed its standard output before it printed a line, and lives on."
            : $"The worker printed no line within {_options.AnswerTime.TotalSeconds} s.");
    }

    private IReadOnlyList<byte[]> KillAndDrain(ChildProcess worker)
    {
        if (!worker.WaitForExit(TimeSpan.FromMilliseconds(1 + _random.Next(RunningMsMax))))
            worker.Kill();
        if (!worker.WaitForExit(_options.AnswerTime))
            throw new WorkerFailedException("The worker does not die.");
        if (!worker.WasKilled)
            throw EndedByItself(worker);
        return worker.Drain(_options.AnswerTime, out IReadOnlyList<byte[]> lines)
            ? lines
            : throw new WorkerFailedException("The worker is dead, and something it started still holds its pipe open.");
    }

    private static WorkerFailedException EndedByItself(ChildProcess worker) =>
        new($"The worker was to be killed and ended by itself, exit code {worker.ExitCode}: {worker.Errors}");

    private void Check(int acknowledged)
    {
        IReadOnlyDictionary<string, string> environment = WorkerEnvironment.For(_directory, _options.Seed, _epoch);
        using ChildProcess checker = _processes.Start(_options.Checker!.With([_directory, _promises], environment), hasChildren: true);
        string words = ReadToEnd(checker);
        // One that ended because the run did has answered nothing.
        if (_figures.HasStopped)
            return;
        if (checker.ExitCode == 0)
        {
            _figures.AddChecked(acknowledged);
            return;
        }

        Discrepancy discrepancy = new(DiscrepancyKind.Lost, $"the checker says no (exit code {checker.ExitCode}): {words}");
        _figures.Add(new Failure(discrepancy, _directory, _promises));
    }

    /// <returns>What it said last.</returns>
    private string ReadToEnd(ChildProcess checker)
    {
        Deadline deadline = Deadline.After(_options.AnswerTime);
        Queue<string> last = [];
        while (checker.Receive(deadline.Left) is byte[] line)
        {
            last.Enqueue(Encoding.UTF8.GetString(line));
            if (last.Count > LinesShown)
                last.Dequeue();
        }

        return checker.WaitForExit(deadline.Left)
            ? $"{string.Join(" ", last)} {checker.Errors}".Trim()
            : throw new WorkerFailedException($"The checker gave no answer within {_options.AnswerTime.TotalSeconds} s.");
    }
}
