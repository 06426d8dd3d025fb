using Persistence.Locking;

namespace Persistence.Tests.Locking;

/// <summary>The table of Locking/FORMAT.md §5, told in the plainest way: what happened, and what follows from it.</summary>
/// <param name="failuresToOpen">Lock timeouts in a row that open it.</param>
/// <param name="openMs">How long it stays open.</param>
internal sealed class CircuitModel(int failuresToOpen, int openMs)
{
    private readonly List<string> _changes = ["closed"];
    private int _nowMs;
    private int _openedMs;

    public int Failures { get; private set; }

    public CircuitState State => Now switch
    {
        "closed" => CircuitState.Closed,
        "open" when _nowMs - _openedMs < openMs => CircuitState.Open,
        _ => CircuitState.HalfOpen,
    };

    public int? OpenUntilMs => Now == "closed" ? null : _openedMs + openMs;

    private string Now => _changes[^1];

    public void Pass(int milliseconds) => _nowMs += milliseconds;

    /// <returns>What the attempt has to show when it ends; null when it is not let through.</returns>
    public int? Begin()
    {
        if (Now == "trial" || State == CircuitState.Open)
            return null;
        if (Now == "open")
            _changes.Add("trial");
        return _changes.Count;
    }

    public void End(int? admission, AttemptEnd end)
    {
        if (admission != _changes.Count)
            return;
        if (end == AttemptEnd.Success)
            Failures = 0;
        if (end == AttemptEnd.Success && Now == "trial")
            _changes.Add("closed");
        if (end == AttemptEnd.Timeout)
            Fail();
        if (end == AttemptEnd.Other && Now == "trial")
            _changes.Add("open");
    }

    private void Fail()
    {
        Failures++;
        if (Now == "closed" && Failures < failuresToOpen)
            return;
        _openedMs = _nowMs;
        _changes.Add("open");
    }
}
