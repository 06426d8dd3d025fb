using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>
/// Durable terminal sessions: windows, panes, what runs in them, and their output. Register it when a store is opened; then read it through this object and change it by batches. It holds what is
/// known of terminals; the pane host runs them. Thread-safe. A change is visible when it is as durable as the store's mode promises.
/// </summary>
public sealed class TerminalState : IStateModel
{
    private const int HighTimes = 2;
    private const int ExtremeTimes = 4;

    private readonly object _lock = new();
    private readonly TerminalIds _ids = new();

    // Under _lock: applied state; versions that are applied and not to be seen yet, with the commit by which they are.
    private readonly Queue<(Lsn Commit, TerminalVersion Version)> _arriving = [];
    private TerminalVersion _applied = TerminalVersion.Empty;
    private TerminalVersion _seen = TerminalVersion.Empty;

    // Under _lock: the hierarchy and the ends of outputs with all that is sequenced.
    private readonly SequencedEnds _ends = new();
    private TerminalTree _sequenced = TerminalTree.Empty;
    private TerminalTree? _beforeBatch;

    // Under _lock: the checkpoint files that chunks are read from, and where replay has found that output is missing.
    private readonly HashSet<IStoredItems> _sources = [];
    private readonly List<string> _gaps = [];

    // Under _lock, while checkpoints are loaded.
    private TerminalLoader? _loader;

    private long _unstoredBytes;
    private volatile bool _isDrained;
    private ICommandSink? _sink;
    private SnapshotHorizon? _horizon;

    /// <inheritdoc/>
    public StateModelId Id => StateModelId.Terminals;

    /// <inheritdoc/>
    public byte SnapshotVersion => 1;

    /// <summary>The sessions, windows and panes there are.</summary>
    public TerminalTree Tree
    {
        get
        {
            lock (_lock)
                return SeeNeedsLock().Tree;
        }
    }

    /// <summary>
    /// Bytes of output in memory that are in no checkpoint, those of pieces under construction aside. When they exceed <c>terminals.scrollback_memory_bytes</c> a checkpoint is taken in the background.
    /// Whoever appends output faster than that goes, and is no <see cref="PaneHost"/>, which slows down by itself, waits for it now and then.
    /// </summary>
    public long UnstoredBytes => Volatile.Read(ref _unstoredBytes);

    /// <summary>Whether output comes faster than checkpoints take it.</summary>
    internal OutputPressure Pressure
    {
        get
        {
            long allowed = _sink?.Options.TerminalScrollbackMemoryBytes ?? long.MaxValue;
            // Where nobody takes checkpoints there is no use in waiting for one.
            return !_isDrained || UnstoredBytes / HighTimes <= allowed ? OutputPressure.None : UnstoredBytes / ExtremeTimes <= allowed ? OutputPressure.High : OutputPressure.Extreme;
        }
    }

    /// <summary>A batch of changes, empty.</summary>
    /// <exception cref="InvalidOperationException">The state is not registered with an open store.</exception>
    public TerminalBatch CreateBatch()
    {
        RequireSink();
        return new TerminalBatch(_ids);
    }

    /// <summary>Commits a batch as one atomic step and empties it.</summary>
    /// <exception cref="ArgumentException">The batch is empty, or another state's.</exception>
    /// <exception cref="StoreException">
    /// SessionNotFound, SessionExists, WindowNotFound, WindowExists, PaneNotFound, LayoutInvalid: one of the changes cannot be made, and none was. Or why nothing could be committed.
    /// </exception>
    public CommitResult Commit(TerminalBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        CommitResult result = RequireSink().Commit(CommandsOf(batch), durability);
        batch.Clear();
        return result;
    }

    /// <summary>As <see cref="Commit"/>, without blocking on the flush; the batch is empty when this returns its task.</summary>
    public ValueTask<CommitResult> CommitAsync(TerminalBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ValueTask<CommitResult> task = RequireSink().CommitAsync(CommandsOf(batch), durability);
        batch.Clear();
        return task;
    }

    /// <summary>What is kept of a pane's output.</summary>
    /// <returns>Null when there is no such pane.</returns>
    public PaneOutput? FindOutput(PaneId pane)
    {
        TerminalVersion version;
        ICommandSink? store = _sink;
        lock (_lock)
            version = SeeNeedsLock();
        return version.Output.TryGetValue(pane, out Scrollback? output)
            ? new PaneOutput(output, version.Tree.LimitsOf(version.Tree.Panes[pane]), () => store is null or { IsClosed: true })
            : null;
    }

    bool IStateModel.IsInUse => _sink is { IsClosed: false };

    bool IStateModel.ReadsStored => true;

    bool IStateModel.IsRemoval(RecordType type) => (TerminalRecordKind)type.Kind is TerminalRecordKind.SessionDestroyed or TerminalRecordKind.SessionMetadataUnset
        or TerminalRecordKind.SessionEnvironmentUnset or TerminalRecordKind.WindowDestroyed or TerminalRecordKind.PaneDestroyed or TerminalRecordKind.PaneState;

    void IStateModel.Attach(ICommandSink sink)
    {
        _sink = sink;
        lock (_lock)
        {
            EndLoadingNeedsLock();
            _horizon = sink.Horizon;
            _seen = _applied;
            _sequenced = _applied.Tree;
            _ids.Reset(_applied.Tree.Next);
        }
    }

    void IStateModel.Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (!IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"There is no terminal record of kind {type.Kind}, version {version}.");
        lock (_lock)
        {
            _beforeBatch ??= _sequenced;
            if ((TerminalRecordKind)type.Kind == TerminalRecordKind.PaneOutput)
                SequenceOutputNeedsLock(payload, tail);
            else
                SequenceNeedsLock(TerminalCommands.Read((TerminalRecordKind)type.Kind, payload, hasTail: false), tail);
        }
    }

    void IStateModel.EndSequence(bool accepted)
    {
        lock (_lock)
        {
            if (!accepted && _beforeBatch is TerminalTree before)
                _sequenced = before;
            _beforeBatch = null;
            _ends.End(accepted);
        }
    }

    void IStateModel.ForgetSequenced()
    {
        lock (_lock)
        {
            _sequenced = _applied.Tree;
            _beforeBatch = null;
            _ends.Clear();
        }
    }

    void IStateModel.Apply(in LogRecord record)
    {
        if (!IsKnown(record.Type, record.Version))
        {
            if (record.IsSkippable)
                return;
            throw new StoreException(
                StoreError.UnsupportedFormatVersion, $"The terminal record of kind {record.Type.Kind}, version {record.Version}, at LSN {record.Lsn} is newer than this program.")
            { Position = record.Lsn.Value };
        }

        lock (_lock)
        {
            EndLoadingNeedsLock();
            TerminalVersion next = (TerminalRecordKind)record.Type.Kind == TerminalRecordKind.PaneOutput ? ApplyOutputNeedsLock(record) : ApplyNeedsLock(record);
            ShowNeedsLock(next, record.CommitLsn);
        }

        AskForCheckpoint();
    }

    IStateCapture IStateModel.Capture(Lsn since)
    {
        lock (_lock)
            return new TerminalCapture(this, _applied, isWhole: since == Lsn.None, RequireSink().Options);
    }

    void IStateModel.Reset()
    {
        lock (_lock)
        {
            _sink = null;
            _horizon = null;
            _applied = _seen = TerminalVersion.Empty;
            _sequenced = TerminalTree.Empty;
            _beforeBatch = null;
            _arriving.Clear();
            _ends.Clear();
            _sources.Clear();
            _gaps.Clear();
            _loader = null;
            Volatile.Write(ref _unstoredBytes, 0);
        }
    }

    void IStateModel.ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion) => throw new InvalidOperationException("Items of terminals are read with their places.");

    void IStateModel.ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion, IStoredItems items, StoredPlace place)
    {
        lock (_lock)
        {
            _loader ??= new TerminalLoader();
            if (!_loader.Read(item, new StoredChunk(items, place)))
                return;
            items.Keep();
            _sources.Add(items);
        }
    }

    IReadOnlyList<string> IStateModel.FindViolations()
    {
        lock (_lock)
        {
            EndLoadingNeedsLock();
            return (string[])[.. _gaps, .. TerminalInvariants.FindViolations(_applied)];
        }
    }

    /// <summary>Chunks are in a checkpoint that is published: their bytes are forgotten.</summary>
    /// <param name="stored">The chunks, and where they are.</param>
    /// <param name="items">The checkpoint.</param>
    /// <param name="isWhole">Whether it has all chunks there are: the other checkpoints are no longer needed.</param>
    internal void NoteStored(IReadOnlyList<(ScrollbackChunk Chunk, StoredPlace Place)> stored, IStoredItems items, bool isWhole)
    {
        lock (_lock)
        {
            foreach ((ScrollbackChunk chunk, StoredPlace place) in stored)
            {
                bool wasInMemory = !chunk.IsStored;
                chunk.Store(new StoredChunk(items, place));
                // One that was dropped meanwhile is not counted any more.
                if (wasInMemory && _applied.Output.TryGetValue(chunk.Pane, out Scrollback? output) && output.Begin <= chunk.Position)
                    _unstoredBytes -= chunk.Length;
            }
        }

        if (isWhole)
            CloseSources();
        lock (_lock)
            _sources.Add(items);
    }

    /// <summary>No chunk is read from the checkpoints that were published so far.</summary>
    internal void CloseSources()
    {
        IStoredItems[] sources;
        lock (_lock)
        {
            sources = [.. _sources];
            _sources.Clear();
        }

        foreach (IStoredItems source in sources)
            source.Dispose();
    }

    /// <summary>Has a checkpoint taken if there is more output in memory than there should be. Who waits for one asks again and again: one that was under way has answered an earlier call, and has not all of it.</summary>
    internal void AskForCheckpoint()
    {
        if (UnstoredBytes > _sink?.Options.TerminalScrollbackMemoryBytes)
            _isDrained = _sink.RequestCheckpoint();
    }

    /// <summary>The checkpoints are loaded: what follows is replayed on top.</summary>
    private void EndLoadingNeedsLock()
    {
        if (_loader is not TerminalLoader loader)
            return;
        _applied = loader.Version;
        _gaps.AddRange(loader.FindMissing());
        _loader = null;
    }

    private static bool IsKnown(RecordType type, byte version) => version == TerminalBatch.Version && Enum.IsDefined((TerminalRecordKind)type.Kind);

    private void SequenceNeedsLock(TerminalCommand command, GrowableBuffer tail)
    {
        command = command.Resolve(_sequenced);
        _sequenced = command.ApplyTo(_sequenced, DateTimeOffset.UnixEpoch);
        command.WriteTail(new MessagePackWriter(tail));
    }

    private void SequenceOutputNeedsLock(ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        (PaneId pane, ReadOnlySpan<byte> bytes, _) = OutputRecord.Read(payload, hasTail: false);
        _sequenced.GetPane(pane);
        long position = _ends.Find(pane) ?? (_applied.Output.TryGetValue(pane, out Scrollback? output) ? output.End : 0);
        new MessagePackWriter(tail).WriteInteger(position);
        _ends.Set(pane, position + bytes.Length);
    }

    private TerminalVersion ApplyNeedsLock(in LogRecord record)
    {
        TerminalCommand command = TerminalCommands.Read((TerminalRecordKind)record.Type.Kind, record.Payload, hasTail: true);
        try
        {
            TerminalTree tree = command.ApplyTo(_applied.Tree, Timestamps.ToInstant(record.Timestamp));
            ImmutableDictionary<PaneId, Scrollback> output = FollowNeedsLock(command);
            bool changesLimits = command.Kind is TerminalRecordKind.PaneConfigured or TerminalRecordKind.ScrollbackLimits;
            return new TerminalVersion(tree, changesLimits ? TrimNeedsLock(output, _applied.Tree, tree) : output);
        }
        catch (StoreException e) when (e is not MalformedDataException)
        {
            throw new MalformedDataException($"A terminal record of kind {command.Kind} cannot be applied: {e.Message}", 0);
        }
    }

    /// <summary>Output goes with its pane, and begins with it.</summary>
    private ImmutableDictionary<PaneId, Scrollback> FollowNeedsLock(TerminalCommand command)
    {
        ImmutableDictionary<PaneId, Scrollback> output = _applied.Output;
        if (command.Creates != PaneId.None)
            output = output.Add(command.Creates, new Scrollback { Pane = command.Creates });
        foreach (PaneId pane in command.FindDestroyed(_applied.Tree))
        {
            ForgetNeedsLock(output[pane]);
            output = output.Remove(pane);
        }

        return output;
    }

    /// <summary>With other limits there is less to keep.</summary>
    private ImmutableDictionary<PaneId, Scrollback> TrimNeedsLock(ImmutableDictionary<PaneId, Scrollback> output, TerminalTree before, TerminalTree tree)
    {
        foreach (TerminalPane pane in tree.Panes.Values)
        {
            if (before.Panes.TryGetValue(pane.Id, out TerminalPane? old) && tree.LimitsOf(pane) != before.LimitsOf(old))
                output = output.SetItem(pane.Id, TrimNeedsLock(output[pane.Id], tree.LimitsOf(pane)));
        }

        return output;
    }

    private Scrollback TrimNeedsLock(Scrollback output, ScrollbackLimits limits)
    {
        Scrollback trimmed = output.Trim(limits, out long unstoredBytes);
        _unstoredBytes -= unstoredBytes;
        return trimmed;
    }

    private void ForgetNeedsLock(Scrollback output)
    {
        _unstoredBytes -= output.Chunks.Where(static chunk => !chunk.IsStored).Sum(static chunk => (long)chunk.Length);
        _ends.Remove(output.Pane);
    }

    private TerminalVersion ApplyOutputNeedsLock(in LogRecord record)
    {
        (PaneId pane, ReadOnlySpan<byte> bytes, long position) = OutputRecord.Read(record.Payload, hasTail: true);
        if (!_applied.Output.TryGetValue(pane, out Scrollback? output) || position < output.End)
            throw new MalformedDataException($"Output is for pane {pane} at {position}, where it has no place.", 0);
        if (position > output.End)
            _gaps.Add($"the output of pane {pane} from {output.End} to {position} is missing before the record at LSN {record.Lsn}");
        Scrollback next = output.Append(position, bytes, out long sealedBytes);
        _unstoredBytes += sealedBytes;
        next = TrimNeedsLock(next, _applied.Tree.LimitsOf(_applied.Tree.Panes[pane]));
        return _applied with { Output = _applied.Output.SetItem(pane, next) };
    }

    /// <summary>While the state is rebuilt nobody looks.</summary>
    private void ShowNeedsLock(TerminalVersion next, Lsn commit)
    {
        _applied = next;
        if (_horizon is null)
            return;
        SeeNeedsLock();
        _arriving.Enqueue((commit, next));
    }

    /// <summary>What the horizon has passed is seen from now on.</summary>
    private TerminalVersion SeeNeedsLock()
    {
        Lsn visible = _horizon?.Visible ?? Lsn.Max;
        while (_arriving.TryPeek(out (Lsn Commit, TerminalVersion Version) next) && next.Commit <= visible)
            _seen = _arriving.Dequeue().Version;
        return _horizon is null ? _applied : _seen;
    }

    private CommandBatch CommandsOf(TerminalBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.IsOf(_ids) ? batch.Commands : throw new ArgumentException("The batch is another state's.", nameof(batch));
    }

    private ICommandSink RequireSink() =>
        _sink ?? throw new InvalidOperationException("The state is not registered with an open store.");
}
