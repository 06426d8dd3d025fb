namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>How many anti-dependencies a walk may take.</summary>
internal enum AntiDependencies
{
    None,
    NoTwoInARow,
    Any,
}
