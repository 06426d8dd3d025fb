using Persistence.CrashKit.Terminals.Model;
using Persistence.Storage.Simulated;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>What was done to terminals and what programs have written, by the stamps at which it was begun and promised; and what a store may have of it after a cut.</summary>
internal sealed class TerminalHistory
{
    private readonly ScriptedPtySystem _ptys;
    private readonly Dictionary<PaneId, FoundOutput> _found = [];

    // One for each change, and the beginning: what there is after it; when it was begun, and promised.
    private readonly List<TreeModel> _trees = [];
    private readonly List<FactSheet> _facts = [];
    private readonly List<long> _begun = [];
    private readonly List<long> _promised = [];

    // Ends of outputs that were seen, and from when on they are promised.
    private readonly List<(Dictionary<PaneId, long> Ends, long Promised)> _outputs = [];

    /// <param name="state">What was found when the store was opened.</param>
    /// <param name="tree">The tree that was found, as the changes until then have made it.</param>
    /// <param name="ptys">The programs.</param>
    public TerminalHistory(TerminalState state, TreeModel tree, ScriptedPtySystem ptys)
    {
        _ptys = ptys;
        foreach (TerminalPane pane in state.Tree.Panes.Values)
        {
            PaneOutput output = state.FindOutput(pane.Id)!;
            OutputPiece[] pieces = [.. output.Read(0)];
            _found.Add(pane.Id, new FoundOutput(output.End, pieces.Length == 0 ? output.End : pieces[0].Position, [.. pieces.SelectMany(static piece => piece.Bytes.ToArray())], pane.State));
        }

        Add(tree);
        _begun.Add(long.MinValue);
        _promised.Add(long.MinValue);
        _outputs.Add((_found.ToDictionary(static found => found.Key, static found => found.Value.End), long.MinValue));
    }

    /// <summary>What there is just now.</summary>
    public TreeModel Tree => _trees[^1];

    /// <summary>When the store was open.</summary>
    public required long OpenedAt { get; init; }

    /// <summary>How many changes have come back.</summary>
    public int Returned { get; private set; }

    /// <summary>How many bytes of output were promised, all panes together.</summary>
    public long PromisedBytes => _outputs[^1].Ends.Values.Sum();

    /// <summary>A change is begun.</summary>
    public void Begin(long stamp, Func<TreeModel, TreeModel> change)
    {
        _begun.Add(stamp);
        _promised.Add(long.MaxValue);
        Add(change(Tree));
    }

    /// <summary>It has come back.</summary>
    public void Return(long stamp, bool isPromised)
    {
        Returned++;
        if (isPromised)
            _promised[^1] = stamp;
    }

    /// <summary>The first changes are promised.</summary>
    public void Promise(int count, long stamp)
    {
        for (int i = 0; i <= count; i++)
            _promised[i] = Math.Min(_promised[i], stamp);
    }

    /// <summary>Somebody has seen outputs: that is not yet a promise.</summary>
    public void NoteOutput(TerminalState state) =>
        _outputs.Add((state.Tree.Panes.Keys.ToDictionary(static pane => pane, pane => state.FindOutput(pane)?.End ?? 0), long.MaxValue));

    /// <summary>What was seen is promised.</summary>
    public void PromiseOutput(long stamp)
    {
        for (int i = 0; i < _outputs.Count; i++)
            _outputs[i] = (_outputs[i].Ends, Math.Min(_outputs[i].Promised, stamp));
    }

    /// <summary>The store was closed: everything is.</summary>
    public void PromiseEverything(long stamp)
    {
        Promise(Returned, stamp);
        PromiseOutput(stamp);
    }

    /// <summary>What may be demanded after a cut, as a number: equal where the judgement of equal contents is equal.</summary>
    public ulong WindowAt(long cut) =>
        Mixing.Mix(Mixing.Mix(Mixing.Mix(cut <= OpenedAt ? 1UL : 0, (ulong)PromisedBefore(cut)), (ulong)BegunBefore(cut)), (ulong)_outputs.Count(output => output.Promised < cut));

    /// <summary>Holds what a store has against what it may have after a cut.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Judge(TerminalState state, StoreLimits limits, long cut)
    {
        FactSheet found = FactsOf(state.Tree);
        if (FindChange(found, cut) < 0)
            return $"{PromisedBefore(cut)} changes were promised and {BegunBefore(cut)} begun, and the hierarchy is {Explain(found, cut)}";
        return state.Tree.Panes.Values.Select(pane => Judge(state, limits, pane, cut)).FirstOrDefault(static objection => objection is not null);
    }

    /// <summary>The tree that a store has after a cut, of those that it may have; null: it has none of them.</summary>
    public TreeModel? FindTree(TerminalTree found, long cut) => FindChange(FactsOf(found), cut) is int change and >= 0 ? _trees[change] : null;

    private void Add(TreeModel tree)
    {
        _trees.Add(tree);
        _facts.Add(ModelFacts.OfNumbered(tree));
    }

    /// <summary>After which change there is what was found; less than 0: after none that may be the last.</summary>
    private int FindChange(FactSheet found, long cut)
    {
        int promised = PromisedBefore(cut);
        return _facts.FindIndex(promised, BegunBefore(cut) - promised + 1, found.Agrees);
    }

    /// <summary>Titles are not among them: programs may say any.</summary>
    private static FactSheet FactsOf(TerminalTree tree) => StateFacts.Of(tree, static _ => false);

    private int PromisedBefore(long cut) => _promised.FindLastIndex(stamp => stamp < cut);

    private int BegunBefore(long cut) => _begun.FindLastIndex(stamp => stamp < cut);

    private string Explain(FactSheet found, long cut)
    {
        int change = _facts.FindLastIndex(found.Agrees);
        return change >= 0 ? $"that after {change}" : $"what it never was; beside the newest that it may be: {string.Join("; ", found.FindDifferences(_facts[BegunBefore(cut)]))}";
    }

    private string? Judge(TerminalState state, StoreLimits limits, TerminalPane pane, long cut)
    {
        PaneOutput output = state.FindOutput(pane.Id)!;
        long promised = _outputs.Where(seen => seen.Promised < cut).Max(seen => seen.Ends.GetValueOrDefault(pane.Id));
        if (output.End < promised)
            return $"pane {pane.Id} has {output.End} bytes of output, and {promised} were promised";
        FoundOutput found = _found.GetValueOrDefault(pane.Id) ?? new FoundOutput(0, 0, [], PaneState.New);
        ScriptedPty? pty = _ptys.Started.Find(started => started.Argument == pane.Configuration.Arguments[0]);
        return JudgeBytes(output, found, pty) ?? JudgeKept(output, limits) ?? JudgeState(pane, output, found, pty);
    }

    private static string? JudgeBytes(PaneOutput output, FoundOutput found, ScriptedPty? pty)
    {
        long position = -1;
        foreach (OutputPiece piece in output.Read(0))
        {
            if (position >= 0 && piece.Position != position)
                return $"the output of pane {output.Pane} has a gap from {position} to {piece.Position}";
            position = piece.End;
            byte[] expected = new byte[piece.Bytes.Length];
            found.Fill(piece.Position, expected, pty?.Program);
            int differs = piece.Bytes.Span.CommonPrefixLength(expected);
            if (differs < expected.Length)
                return $"the output of pane {output.Pane} is not what was written at {piece.Position + differs}";
        }

        return position == output.End || (position < 0 && output.End == 0) ? null : $"the output of pane {output.Pane} ends at {output.End} and can be read up to {position}";
    }

    /// <summary>As much is there as the limits ask for.</summary>
    private static string? JudgeKept(PaneOutput output, StoreLimits limits)
    {
        bool holds = output.KeptBytes == output.End || (limits.Lines > 0 && output.KeptLineFeeds >= limits.Lines) || output.KeptBytes >= limits.Bytes;
        return holds ? null : $"of {output.End} bytes of output of pane {output.Pane} only {output.KeptBytes} are kept";
    }

    private static string? JudgeState(TerminalPane pane, PaneOutput output, FoundOutput found, ScriptedPty? pty)
    {
        PaneState state = pane.State;
        bool isOld = state.Status == found.State.Status && state.Process?.Id == found.State.Process?.Id;
        if (isOld)
            return null;
        if (pty is null || state.Process?.Id != pty.ProcessId)
            return $"pane {pane.Id} says that process {state.Process?.Id} is {state.Status}, which was never started in it";
        if (state.Status != PaneStatus.Exited)
            return null;
        if (pty.ExitCode != state.ExitCode)
            return $"pane {pane.Id} says that its program ended with {state.ExitCode}, and it was {pty.ExitCode?.ToString() ?? "running"}";
        return output.End == found.End + pty.GivenBytes ? null : $"the program of pane {pane.Id} has ended, and of {pty.GivenBytes} bytes that it wrote {output.End - found.End} are there";
    }

    /// <summary>Output that was there when the store was opened.</summary>
    private sealed record FoundOutput(long End, long Begin, byte[] Bytes, PaneState State)
    {
        /// <summary>What there has to be at a position: what was found, and then what the program writes.</summary>
        public void Fill(long position, Span<byte> target, ScriptedProgram? program)
        {
            int old = (int)Math.Clamp(End - position, 0, target.Length);
            if (old > 0 && position >= Begin)
                Bytes.AsSpan((int)(position - Begin), old).CopyTo(target);
            if (program is not null)
                program.Fill(position + old - End, target[old..]);
        }
    }
}
