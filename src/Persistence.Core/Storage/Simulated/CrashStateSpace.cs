using System.Runtime.InteropServices;

namespace Persistence.Storage.Simulated;

/// <summary>
/// The states a disk may be in after a power cut somewhere in a recorded run: at a cut everything durable, and of what is pending
/// what a choice keeps. Objects that several choices leave alike are built once and shared. Not thread-safe: one for each thread.
/// </summary>
public sealed class CrashStateSpace
{
    private const int BuiltMax = 20_000;

    private readonly DiskTrace _trace;
    private readonly MicroOperation[] _micros;
    private readonly long[] _enters;
    private readonly int[][] _microsOf;
    private readonly Dictionary<(int Subject, ulong Choice), ObjectState> _built = [];
    private readonly Dictionary<long, CutParts> _cuts = [];
    private readonly Dictionary<ulong, ulong> _hashes = [];

    /// <param name="trace">The recorded run.</param>
    /// <param name="profile">What the disk promises.</param>
    public CrashStateSpace(DiskTrace trace, CrashProfile profile)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(profile);
        _trace = trace;
        Profile = profile;
        _micros = MicroOperations.Split(trace, profile);
        _enters = [.. _micros.Select(micro => trace.Operations[micro.Operation].Enter)];
        List<int>[] bySubject = [.. trace.Nodes.Select(_ => new List<int>())];
        for (int i = 0; i < _micros.Length; i++)
            bySubject[_micros[i].Subject].Add(i);
        _microsOf = [.. bySubject.Select(list => list.ToArray())];
    }

    /// <summary>What the disk promises.</summary>
    public CrashProfile Profile { get; }

    /// <summary>The parts of the run's operations, in the order in which they take effect.</summary>
    public IReadOnlyList<MicroOperation> Micros => _micros;

    /// <summary>The operation a part belongs to.</summary>
    public TraceOperation OperationOf(int micro) => _trace.Operations[_micros[micro].Operation];

    /// <summary>What has begun at a cut and may be missing after it, in the order it takes effect.</summary>
    public IReadOnlyList<int> PendingAt(long cut) => FindParts(cut).Pending;

    /// <summary>Drops of what a choice keeps whatever the profile does not allow without what is missing.</summary>
    public void MakeLegal(CrashChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        int[] pending = FindParts(choice.Cut).Pending;
        bool[] keeps = choice.Keeps;
        if (Profile.SizeImpliesData)
            DropSizesWithoutData(pending, choice);
        bool inOrder = true;
        for (int i = 0; i < pending.Length; i++)
        {
            int micro = pending[i];
            if (!_micros[micro].InOrder)
                continue;
            if (Profile.MetadataInOrder)
                keeps[micro] &= inOrder;
            if (Profile.DelaysAllocation && keeps[micro] && OperationOf(micro).Replaces)
                keeps[micro] = HasAllOf(OperationOf(micro).Node, pending.AsSpan(0, i), choice);
            if (Profile.RenameIsOne && i + 1 < pending.Length && _micros[pending[i + 1]].Operation == _micros[micro].Operation && _micros[pending[i + 1]].InOrder)
                keeps[micro] = keeps[pending[i + 1]] = keeps[micro] && keeps[pending[i + 1]];
            inOrder &= keeps[micro];
        }

        choice.Torn.RemoveAll(torn => !keeps[torn.Micro]);
    }

    /// <summary>The hash of the state a choice leaves, as <see cref="CrashState.Hash"/> has it; the state is built only where another choice has not left the same parts.</summary>
    public ulong HashAt(CrashChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        CutParts cut = FindParts(choice.Cut);
        ulong parts = cut.Durable + (choice.StaleBytes ? 2UL : 1UL);
        foreach (int micro in cut.Pending)
        {
            if (choice.Keeps[micro])
                parts += HashOf(micro);
        }

        foreach (TornWrite torn in choice.Torn)
            parts = Mixing.Mix(parts, HashOf(torn));
        ref ulong hash = ref CollectionsMarshal.GetValueRefOrAddDefault(_hashes, parts, out bool isKnown);
        if (!isKnown)
            hash = At(choice).Hash;
        return hash;
    }

    /// <summary>The state a choice leaves.</summary>
    public CrashState At(CrashChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        if (_built.Count > BuiltMax)
            _built.Clear();
        ObjectState[] states = new ObjectState[_microsOf.Length];
        for (int subject = 0; subject < states.Length; subject++)
            states[subject] = StateOf(subject, choice);
        return new CrashState(states);
    }

    /// <summary>One part's share of the sum over all that are there.</summary>
    private static ulong HashOf(int micro) => Mixing.Mix(0x9A12, (ulong)micro);

    private static ulong HashOf(TornWrite torn)
    {
        ulong hash = Mixing.Mix(torn.Garbage ? 2UL : 1UL, (ulong)torn.Micro);
        hash = Mixing.Mix(hash, ((ulong)torn.Spoiled.Before << 32) + (ulong)torn.Spoiled.After);
        foreach ((int start, int length) in torn.Kept)
            hash = Mixing.Mix(hash, ((ulong)start << 32) + (ulong)length);
        return hash;
    }

    private CutParts FindParts(long cut)
    {
        ref CutParts? parts = ref CollectionsMarshal.GetValueRefOrAddDefault(_cuts, cut, out _);
        if (parts is null)
        {
            List<int> pending = [];
            ulong durable = 0;
            for (int i = 0; i < _micros.Length; i++)
            {
                if (_enters[i] >= cut)
                    continue;
                if (_micros[i].DurableAt < cut)
                    durable += HashOf(i);
                else if (_micros[i].GoneAt >= cut)
                    pending.Add(i);
            }

            parts = new CutParts([.. pending], durable);
        }

        return parts;
    }

    // A write's size precedes its bytes.
    private void DropSizesWithoutData(int[] pending, CrashChoice choice)
    {
        for (int i = 0; i + 1 < pending.Length; i++)
        {
            int data = pending[i + 1];
            if (_micros[pending[i]].Kind == MicroOperationKind.Size && _micros[data].Operation == _micros[pending[i]].Operation)
                choice.Keeps[pending[i]] &= choice.Keeps[data] && !IsTorn(choice, data);
        }
    }

    private bool HasAllOf(int node, ReadOnlySpan<int> earlier, CrashChoice choice)
    {
        foreach (int micro in earlier)
        {
            if (_micros[micro].Subject == node && (!choice.Keeps[micro] || IsTorn(choice, micro)))
                return false;
        }

        return true;
    }

    private static bool IsTorn(CrashChoice choice, int micro)
    {
        foreach (TornWrite torn in choice.Torn)
        {
            if (torn.Micro == micro)
                return true;
        }

        return false;
    }

    private bool IsThere(int micro, CrashChoice choice) =>
        _enters[micro] < choice.Cut && (_micros[micro].DurableAt < choice.Cut || (choice.Keeps[micro] && _micros[micro].GoneAt >= choice.Cut));

    private ObjectState StateOf(int subject, CrashChoice choice)
    {
        int[] micros = _microsOf[subject];
        foreach (TornWrite torn in choice.Torn)
        {
            if (_micros[torn.Micro].Subject == subject)
                return Build(subject, micros, choice);
        }

        ulong kept = choice.StaleBytes ? 2UL : 1UL;
        for (int i = 0; i < micros.Length; i++)
        {
            if (IsThere(micros[i], choice))
                kept = Mixing.Mix(kept, (ulong)i);
        }

        ref ObjectState? state = ref CollectionsMarshal.GetValueRefOrAddDefault(_built, (subject, kept), out _);
        return state ??= Build(subject, micros, choice);
    }

    private ObjectState Build(int subject, int[] micros, CrashChoice choice)
    {
        ObjectBuilder builder = new(_trace.Nodes[subject], choice.StaleBytes);
        foreach (int micro in micros)
        {
            if (!IsThere(micro, choice))
                continue;
            TraceOperation operation = _trace.Operations[_micros[micro].Operation];
            if (choice.Torn.Find(torn => torn.Micro == micro) is TornWrite torn)
                builder.ApplyTorn(operation, torn);
            else
                builder.Apply(operation, _micros[micro].Kind);
        }

        return builder.Finish();
    }

    /// <summary>At a cut.</summary>
    /// <param name="Pending">What may be there or not.</param>
    /// <param name="Durable">The sum over what is there for certain.</param>
    private sealed record CutParts(int[] Pending, ulong Durable);
}
