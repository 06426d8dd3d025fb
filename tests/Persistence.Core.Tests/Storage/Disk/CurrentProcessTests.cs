using System.Diagnostics;
using Persistence.Platform;
using Persistence.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Storage.Disk;

public sealed class CurrentProcessTests
{
    [Fact]
    public void This_process_is_alive_and_known()
    {
        ProcessIdentity identity = CurrentProcess.Identify();
        Assert.Equal(Environment.ProcessId, identity.ProcessId);
        Assert.Equal(Environment.MachineName, identity.HostName);
        Assert.True(CurrentProcess.IsAlive(identity.ProcessId, identity.StartTime));
        using Process process = Process.GetCurrentProcess();
        Assert.InRange((identity.StartTime - process.StartTime).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_boot_id_is_the_system_s()
    {
        Command.Require();
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), CurrentProcess.Identify().BootId);
    }

    [Fact]
    public void A_reused_process_id_is_told_from_the_original()
    {
        ProcessIdentity identity = CurrentProcess.Identify();
        Assert.False(CurrentProcess.IsAlive(identity.ProcessId, identity.StartTime.AddMinutes(-1)));
        Assert.False(CurrentProcess.IsAlive(identity.ProcessId, identity.StartTime.AddMinutes(1)));
    }

    [Fact]
    public void A_killed_process_is_not_alive_even_before_it_was_waited_for()
    {
        Command.Require("sh", "cat", "sleep");
        // The shell never waits for its child, so the killed child stays behind as a zombie until the shell ends.
        using Process parent = Command.Start("sh", "-c", "sleep 1000 & echo $!; read line; kill -9 $!; echo killed; exec cat");
        int child = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        DateTimeOffset startTime;
        using (Process process = Process.GetProcessById(child))
            startTime = process.StartTime;
        Assert.True(CurrentProcess.IsAlive(child, startTime));
        parent.StandardInput.WriteLine();
        Assert.Equal("killed", parent.StandardOutput.ReadLine());
        SpinWait.SpinUntil(() => !CurrentProcess.IsAlive(child, startTime));
        parent.Kill();
        parent.WaitForExit();
        Assert.False(CurrentProcess.IsAlive(parent.Id, startTime));
    }
}
