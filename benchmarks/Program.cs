using System.Globalization;
using Persistence.Benchmarks;

const string usage = "Usage: wal [seconds per round] [rounds] [flush at least, us] | recovery [rounds] | transactions [rounds] [processes] [turns] | locks";
string verb = args.Length > 0 ? args[0] : "wal";
double Argument(int index, double fallback) =>
    args.Length > index ? double.Parse(args[index], CultureInfo.InvariantCulture) : fallback;

switch (args)
{
    case [LockContender.HoldVerb, string held]:
        LockContender.Hold(held);
        return 0;
    case [LockContender.CycleVerb, string contended, string cycles]:
        LockContender.Cycle(contended, int.Parse(cycles, CultureInfo.InvariantCulture));
        return 0;
    case [TransactionBenchmark.ContenderVerb, string wanted, string name, string turns]:
        TransactionBenchmark.RunContender(wanted, name, int.Parse(turns, CultureInfo.InvariantCulture), Console.Out);
        return 0;
    case [RecoveryBenchmark.PeakVerb, string recovered]:
        RecoveryBenchmark.OpenAndTellPeak(recovered, Console.Out);
        return 0;
    default:
        break;
}

string directory = Directory.CreateTempSubdirectory("persistence-bench-").FullName;
try
{
    switch (verb)
    {
        case "wal":
            new LogBenchmark(directory, TimeSpan.FromSeconds(Argument(1, 1)), (int)Argument(2, 5), TimeSpan.FromMicroseconds(Argument(3, 50))).Run(Console.Out);
            return 0;
        case "recovery":
            Console.WriteLine("| state | recovery | plain read + CRC-32C of the same files | ratio | memory of the state | peak of a process that opens it |");
            Console.WriteLine("|---|---|---|---|---|---|");
            foreach (int entries in (int[])[50, 100, 1_000, 10_000, 100_000, 1_000_000])
                new RecoveryBenchmark(directory, (int)Argument(1, 5)).Run(Console.Out, entries, 256);
            return 0;
        case "transactions":
            new TransactionBenchmark(directory, (int)Argument(1, 101)).Run(Console.Out, (int)Argument(2, 8), (int)Argument(3, 50));
            return 0;
        case "locks":
            new LockBenchmark(directory, Console.Out).Run();
            return 0;
        default:
            Console.Error.WriteLine(usage);
            return 2;
    }
}
finally
{
    Directory.Delete(directory, recursive: true);
}
