using System.CommandLine;
using System.CommandLine.Parsing;
using Persistence.CrashKit.Worker;
using Persistence.Harness.Bench;
using Persistence.Harness.Bench.Entities;
using Persistence.Harness.Commands;

namespace Persistence.Harness;

/// <summary>The crash harness' command line.</summary>
internal static class Program
{
    private const string WorkerVerb = "worker";

    private static int Main(string[] args)
    {
        // Before anything else is loaded: a worker's start is most of its life.
        if (args is [WorkerVerb])
            return BuiltInWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
        if (args is [LockWorker.Verb, string directory, string name])
            return LockWorker.Run(directory, name, Console.In, Console.OpenStandardOutput());
        if (args is [RecoveryBench.OpenVerb, string opened, string model])
            return RecoveryBench.OpenOnce(opened, model, Console.Out);
        if (args is [TerminalsBench.OpenVerb, string path])
            return TerminalsBench.OpenOnce(path, Console.Out);
        if (args is [TerminalsBench.FillVerb, string filled, string panes, string lines])
            return TerminalsBench.FillOnce(filled, panes, lines, Console.Out);
        if (args is [EntityRestoreBench.OpenVerb, string entities])
            return EntityRestoreBench.OpenOnce(entities, Console.Out);
        try
        {
            return args.Length == 0 ? DemoJob.Run() : RunCommand(args);
        }
#pragma warning disable CA1031 // Whatever it is, it must not end as the exit code that means "convicted".
        catch (Exception e)
        {
            Console.Error.WriteLine($"Could not run: {e}");
            return ExitCodes.CouldNotRun;
        }
#pragma warning restore CA1031
    }

    private static int RunCommand(string[] args)
    {
        RootCommand root = new("Kills and restarts programs that keep data, and proves what they kept. Without arguments: a demonstration of half a minute.");
        root.Subcommands.Add(CrashCommand.Create());
        root.Subcommands.Add(PowerLossCommand.Create());
        root.Subcommands.Add(CorruptCommand.Create());
        root.Subcommands.Add(FaultsCommand.Create());
        root.Subcommands.Add(MutantsCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        root.Subcommands.Add(SoakCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        root.Subcommands.Add(new Command(LockWorker.Verb, "A process that contends for a store's lock, taking orders on standard input.") { Hidden = true });
        root.Subcommands.Add(new Command(WorkerVerb, "A worker process, taking orders on standard input.") { Hidden = true });
        ParseResult parsed = root.Parse(args);
        return parsed.Errors.Count > 0 ? ExplainErrors(parsed) : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static int ExplainErrors(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors)
            Console.Error.WriteLine(error.Message);
        return ExitCodes.CouldNotRun;
    }
}
