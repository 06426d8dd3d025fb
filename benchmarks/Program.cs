using System.Globalization;
using Persistence.Benchmarks;

// Usage: wal [seconds per round] [rounds] [flush at least, us] | recovery [rounds]
string verb = args.Length > 0 ? args[0] : "wal";
double Argument(int index, double fallback) =>
    args.Length > index ? double.Parse(args[index], CultureInfo.InvariantCulture) : fallback;

string directory = Directory.CreateTempSubdirectory("persistence-bench-").FullName;
try
{
    switch (verb)
    {
        case "wal":
            new LogBenchmark(directory, TimeSpan.FromSeconds(Argument(1, 1)), (int)Argument(2, 5), TimeSpan.FromMicroseconds(Argument(3, 50))).Run(Console.Out);
            return 0;
        case "recovery":
            Console.WriteLine("| state | recovery | plain read + CRC-32C of the same files | ratio |");
            Console.WriteLine("|---|---|---|---|");
            foreach (int entries in (int[])[50, 1_000, 10_000, 100_000, 1_000_000])
                new RecoveryBenchmark(directory, (int)Argument(1, 5)).Run(Console.Out, entries, 256);
            return 0;
        default:
            Console.Error.WriteLine("Usage: wal [seconds per round] [rounds] [flush at least, us] | recovery [rounds]");
            return 2;
    }
}
finally
{
    Directory.Delete(directory, recursive: true);
}
