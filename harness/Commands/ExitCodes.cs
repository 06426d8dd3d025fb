using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>What the process answers where no run could.</summary>
internal static class ExitCodes
{
    public const int CouldNotRun = (int)KillRunVerdict.CouldNotRun;
}
