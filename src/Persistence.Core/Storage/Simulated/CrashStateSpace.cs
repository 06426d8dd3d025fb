using System.Runtime.InteropServices;

namespace Persistence.Storage.Simulated;

/// <summary>
/// The states a disk may be in after a power cut somewhere in a recorded run: at a cut everything durable, and of what is pending
/// what a choice keeps. Objects that a choice leaves alike are built once and shared. Not thread-safe; one space for a thread.
/// </summary>
internal sealed class CrashStateSpace
{
    private readonly DiskTrace _trace;
    private readonly MicroOperation[] _micros;
    private readonly int[][] _microsOf;
    private readonly Dictionary<(int Subject, int Durable, ulong Choice), ObjectState> _built = [];

    public CrashStateSpace(DiskTrace trace, CrashProfile profile)
    {
        _trace = trace;
        Profile = profile;
        _micros = [.. MicroOperations.Split(trace, profile)];
        List<int>[] bySubject = [.. trace.Nodes.Select(_ => new List<int>())];
        for (int i = 0; i < _micros.Length; i++)
            bySubject[_micros[i].Subject].Add(i);
        _microsOf = [.. bySubject.Select(list => list.ToArray())];
    }

    public CrashProfile Profile { get; }

    public IReadOnlyList<MicroOperation> Micros => _micros;

    /// <summary>What may be missing at a cut, in the order it was done.</summary>
    public List<int> PendingAt(long cut)
    {
        List<int> pending = [];
        for (int i = 0; i < _micros.Length; i++)
        {
            if (_trace.Operations[_micros[i].Operation].Enter < cut && _micros[i].DurableAt > cut)
                pending.Add(i);
        }

        return pending;
    }

    /// <summary>The state at a cut.</summary>
    /// <param name="cut">Everything that began at or after this stamp never happened.</param>
    /// <param name="keeps">For each micro-operation whether it is kept, if it is pending.</param>
    public CrashState At(long cut, ReadOnlySpan<bool> keeps)
    {
        ObjectState[] states = new ObjectState[_trace.Nodes.Count];
        for (int subject = 0; subject < states.Length; subject++)
            states[subject] = StateOf(subject, cut, keeps);
        return new CrashState(_trace, states);
    }

    private ObjectState StateOf(int subject, long cut, ReadOnlySpan<bool> keeps)
    {
        int done = 0;
        ulong choice = 14695981039346656037;
        foreach (int micro in _microsOf[subject])
        {
            MicroOperation part = _micros[micro];
            if (_trace.Operations[part.Operation].Enter >= cut)
                break;
            bool isThere = part.DurableAt <= cut || keeps[micro];
            choice = (choice ^ (isThere ? 2UL : 1UL)) * 1099511628211;
            done++;
        }

        ref ObjectState? state = ref CollectionsMarshal.GetValueRefOrAddDefault(_built, (subject, done, choice), out _);
        return state ??= Build(subject, done, cut, keeps);
    }

    private ObjectState Build(int subject, int done, long cut, ReadOnlySpan<bool> keeps)
    {
        TraceNode node = _trace.Nodes[subject];
        ObjectBuilder builder = new(node);
        for (int i = 0; i < done; i++)
        {
            int micro = _microsOf[subject][i];
            if (_micros[micro].DurableAt <= cut || keeps[micro])
                builder.Apply(_trace.Operations[_micros[micro].Operation], _micros[micro].Kind);
        }

        return builder.Finish();
    }
}
