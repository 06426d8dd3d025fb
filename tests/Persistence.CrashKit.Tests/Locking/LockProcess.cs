using System.Diagnostics;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Tests.Runs;
using Xunit;

namespace Persistence.CrashKit.Tests.Locking;

/// <summary>A process that contends for a lock, as it is told.</summary>
internal sealed class LockProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _name;

    private LockProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>Starts one whose words are read here.</summary>
    public static LockProcess Start(string directory, string name)
    {
        ProcessStartInfo start = BuiltHarness.LockWorker(directory, name).ToStartInfo();
        return new LockProcess(Process.Start(start)!, name);
    }

    /// <summary>Starts one whose words are appended to a file, in one write each.</summary>
    public static LockProcess StartAppending(string directory, string name, string file)
    {
        WorkerCommand worker = BuiltHarness.LockWorker(directory, name);
        WorkerCommand shell = worker with { Program = "sh", Arguments = ["-c", "exec \"$@\" >> \"$0\"", file, worker.Program, .. worker.Arguments] };
        return new LockProcess(Process.Start(shell.ToStartInfo())!, name);
    }

    /// <summary>Waits until it takes orders.</summary>
    public void WaitUntilReady() => Assert.Equal("ready", _process.StandardError.ReadLine());

    public void Order(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
    }

    /// <summary>The next thing it says is this.</summary>
    public void Says(string what) => Assert.Equal($"{_name} {what}", _process.StandardOutput.ReadLine());

    /// <summary>No more orders: it ends when it has carried out those it has.</summary>
    public void EndOrders() => _process.StandardInput.Close();

    public async Task<(int ExitCode, string Errors)> WaitForEndAsync(CancellationToken cancellation)
    {
        string errors = await _process.StandardError.ReadToEndAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return (_process.ExitCode, errors);
    }

    /// <summary>Stops it where it is, and waits until none of its threads runs any more. Linux only.</summary>
    public void Stop()
    {
        ProcessSignals.Stop(_process.Id);
        Assert.True(SpinWait.SpinUntil(HasStopped, s_patience), $"{_name} does not stop.");
    }

    public void Continue() => ProcessSignals.Continue(_process.Id);

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>In the system's table of threads, the state follows the name in parentheses.</summary>
    private bool HasStopped()
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Select(thread => File.ReadAllText($"{thread}/stat")).All(line => line[line.LastIndexOf(')') + 2] == 'T');
        }
        catch (IOException)
        {
            // A thread has ended meanwhile.
            return false;
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
