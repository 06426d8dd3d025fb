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

    /// <summary>The bytes of a write.</summary>
    public byte[] DataOf(int micro) => _trace.Operations[_micros[micro].Operation].Data;

    /// <summary>Drops of what is to be kept whatever the profile does not allow without what is missing.</summary>
    public void MakeLegal(List<int> pending, bool[] keeps)
    {
        if (Profile.SizeImpliesData)
            DropSizesWithoutData(pending, keeps);
        bool inOrder = true;
        for (int i = 0; i < pending.Count; i++)
        {
            int micro = pending[i];
            if (!_micros[micro].IsMetadata)
                continue;
            if (Profile.MetadataInOrder)
                keeps[micro] &= inOrder;
            if (Profile.RenameIsOne && i + 1 < pending.Count && _micros[pending[i + 1]].Operation == _micros[micro].Operation && _micros[pending[i + 1]].IsMetadata)
                keeps[micro] = keeps[pending[i + 1]] = keeps[micro] && keeps[pending[i + 1]];
            inOrder &= keeps[micro];
        }
    }

    private void DropSizesWithoutData(List<int> pending, bool[] keeps)
    {
        for (int i = 0; i + 1 < pending.Count; i++)
        {
            bool isExtension = _micros[pending[i]].Kind == MicroOperationKind.Size && _micros[pending[i + 1]].Operation == _micros[pending[i]].Operation;
            if (isExtension)
                keeps[pending[i]] &= keeps[pending[i + 1]];
        }
    }

    /// <summary>The state a choice leaves.</summary>
    public CrashState At(CrashChoice choice) => At(choice.Cut, choice.Keeps, choice.Torn);

    /// <summary>The state at a cut.</summary>
    /// <param name="cut">Everything that began at or after this stamp never happened.</param>
    /// <param name="keeps">For each micro-operation whether it is kept, if it is pending.</param>
    /// <param name="torn">A write that is there in part, or null.</param>
    public CrashState At(long cut, ReadOnlySpan<bool> keeps, TornWrite? torn = null)
    {
        ObjectState[] states = new ObjectState[_trace.Nodes.Count];
        for (int subject = 0; subject < states.Length; subject++)
            states[subject] = torn is not null && _micros[torn.Micro].Subject == subject ? BuildTorn(subject, cut, keeps, torn) : StateOf(subject, cut, keeps);
        return new CrashState(_trace, states);
    }

    private ObjectState BuildTorn(int subject, long cut, ReadOnlySpan<bool> keeps, TornWrite torn)
    {
        ObjectBuilder builder = new(_trace.Nodes[subject]);
        foreach (int micro in _microsOf[subject])
        {
            TraceOperation operation = _trace.Operations[_micros[micro].Operation];
            if (operation.Enter >= cut)
                break;
            if (micro == torn.Micro)
                builder.ApplyTorn(operation, torn);
            else if (_micros[micro].DurableAt <= cut || keeps[micro])
                builder.Apply(operation, _micros[micro].Kind);
        }

        return builder.Finish();
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
