using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>A program on a pseudo console, with all that it starts (its job).</summary>
internal sealed unsafe class ConsoleProcess : IDisposable
{
    private const uint UnicodeEnvironment = 0x400;
    private const uint ExtendedStartup = 0x80000;

    // What a shell calls a program that was killed, though Windows has no signals: 128 + 9.
    private const uint KilledCode = 137;

    private readonly KernelHandle _process;
    private readonly KernelHandle _job;

    private ConsoleProcess(KernelHandle process, KernelHandle job, int processId)
    {
        _process = process;
        _job = job;
        ProcessId = processId;
    }

    /// <summary>Its process id, which is no other's as long as this is not disposed of.</summary>
    public int ProcessId { get; }

    /// <summary>Whether any process of the job is left.</summary>
    public bool HasProcesses
    {
        get
        {
            JobAccounting accounting;
            return !Kernel32.QueryJob(_job, JobAccounting.Kind, &accounting, (uint)sizeof(JobAccounting), null) || accounting.ActiveProcesses > 0;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <exception cref="PtySpawnException">It cannot be started.</exception>
    public static ConsoleProcess Start(string program, PtyStart start, PseudoConsole console)
    {
        KernelHandle job = new(Kernel32.CreateJob(null, null));
        try
        {
            if (job.IsInvalid)
                throw WindowsSpawnErrors.ToException(Marshal.GetLastPInvokeError(), start);
            ProcessInformation process = Create(program, start, console, job);
            Kernel32.CloseHandle(process.Thread);
            return new ConsoleProcess(new KernelHandle(process.Process), job, process.ProcessId);
        }
        catch
        {
            job.Dispose();
            throw;
        }
    }

    /// <summary>How the program has ended, or null: it runs.</summary>
    public PtyExit? FindExit()
    {
        if (Kernel32.WaitFor(_process, 0) != 0)
            return null;
        return Kernel32.GetExitCode(_process, out uint code) ? new PtyExit(unchecked((int)code), 0) : PtyExit.Unknown;
    }

    /// <summary>Ends all of the job at once.</summary>
    public void Kill() => _ = Kernel32.TerminateJob(_job, KilledCode);

    public void Dispose()
    {
        _process.Dispose();
        _job.Dispose();
    }

    private static ProcessInformation Create(string program, PtyStart start, PseudoConsole console, KernelHandle job)
    {
        // With a NUL at its end, and in memory of its own: Windows may write into it.
        char[] commandLine = [.. CommandLine.Join(start.Command, start.Arguments), '\0'];
        if (commandLine.Length > CommandLine.CharactersMax)
            throw new PtySpawnException(PtySpawnFault.ArgumentsTooLong, start);
        using AttributeList attributes = new(console.Value, job);
        if (attributes.Error != 0)
            throw WindowsSpawnErrors.ToException(attributes.Error, start);
        StartupInformation startup = new() { Bytes = (uint)sizeof(StartupInformation), Flags = StartupInformation.UseStandardHandles, Attributes = attributes.Pointer };
        ProcessInformation process;
        fixed (char* line = commandLine, environment = EnvironmentBlock.Build(start.Environment))
        {
            return Kernel32.CreateProcess(program, line, null, null, inheritsHandles: false, UnicodeEnvironment | ExtendedStartup, environment, start.WorkingDirectory, &startup, &process)
                ? process
                : throw WindowsSpawnErrors.ToException(Marshal.GetLastPInvokeError(), start);
        }
    }
}
