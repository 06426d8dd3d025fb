using Persistence.Compression;
using Persistence.Configuration;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>The state of one moment on its way into a checkpoint: the hierarchy whole, of the output the chunks that are in no checkpoint of the chain, or all of them. Nothing has to be copied, since nothing of it changes.</summary>
internal sealed class TerminalCapture : IStateCapture
{
    private readonly TerminalState _state;
    private readonly ICompressor? _compressor;
    private readonly GrowableBuffer _scratch = new(ScrollbackChunk.BytesMax * 2);
    private readonly IEnumerator<Action<GrowableBuffer>> _items;
    private readonly List<(ScrollbackChunk Chunk, StoredPlace Place)> _written = [];
    private ScrollbackChunk? _writing;
    private long _done;

    /// <param name="state">The state.</param>
    /// <param name="version">The moment.</param>
    /// <param name="isWhole">Whether all chunks are wanted.</param>
    /// <param name="options">How they are compressed.</param>
    public TerminalCapture(TerminalState state, TerminalVersion version, bool isWhole, StoreOptions options)
    {
        _state = state;
        _compressor = options.Compress ? Compressors.CreateDefault(options.CompressionLevel) : null;
        IsWhole = isWhole;
        TerminalTree tree = version.Tree;
        Count = 1L + tree.Sessions.Values.Sum(static session => 1L + session.Metadata.Count + session.Environment.Count) + tree.Windows.Count + tree.Panes.Count + version.Output.Values.Sum(static output => output.Chunks.Count + 1L);
        _items = Enumerate(version).GetEnumerator();
    }

    public bool IsWhole { get; }

    public bool ReadsStored => _written.Count > 0;

    public long Count { get; }

    public long Done => Math.Min(_done, Count);

    public bool TryWriteNext(GrowableBuffer item)
    {
        _writing = null;
        if (!_items.MoveNext())
            return false;
        _items.Current(item);
        _done++;
        return true;
    }

    public void NoteWritten(StoredPlace place)
    {
        if (_writing is not null)
            _written.Add((_writing, place));
    }

    public void TakeStored(IStoredItems items) => _state.NoteStored(_written, items, IsWhole);

    public void End(bool published)
    {
        _items.Dispose();
        if (published && IsWhole && _written.Count == 0)
            _state.CloseSources();
    }

    private IEnumerable<Action<GrowableBuffer>> Enumerate(TerminalVersion version)
    {
        TerminalTree tree = version.Tree;
        // Of a store that has never had terminals there is nothing to say. One whose limits were changed and changed back is another object, though it is equal.
        if (ReferenceEquals(tree, TerminalTree.Empty))
            yield break;
        yield return item => TerminalItems.WriteHead(item, tree);
        foreach (TerminalSession session in tree.Sessions.Values)
        {
            yield return item => TerminalItems.Write(item, session);
            foreach ((string key, string value) in session.Metadata)
                yield return item => TerminalItems.WriteMetadata(item, session.Id, key, value);
            foreach (EnvironmentEntry variable in session.Environment.Values)
                yield return item => TerminalItems.WriteVariable(item, session.Id, variable);
        }

        foreach (TerminalWindow window in tree.Windows.Values)
            yield return item => TerminalItems.Write(item, window);
        foreach (TerminalPane pane in tree.Panes.Values)
            yield return item => TerminalItems.Write(item, pane, version.Output[pane.Id]);
        foreach (TerminalPane pane in tree.Panes.Values)
        {
            Scrollback output = version.Output[pane.Id];
            foreach (ScrollbackChunk chunk in output.Chunks)
            {
#if MUTANTS
                if (!IsWhole && Mutants.Is(Mutants.IncrementLeavesOutputOut))
                    continue;
#endif
                if (IsWhole || !chunk.IsStored)
                    yield return item => Write(item, chunk);
                else
                    _done++;
            }

            if (output.TailLength > 0)
                yield return item => TerminalItems.WriteTail(item, output);
            else
                _done++;
        }
    }

    /// <summary>One that is in an older checkpoint is copied as it is there.</summary>
    private void Write(GrowableBuffer item, ScrollbackChunk chunk)
    {
        _writing = chunk;
        if (chunk.InMemory is byte[] bytes)
            ChunkItem.Write(new MessagePackWriter(item), chunk, bytes, _compressor, _scratch);
        else
            item.Write(chunk.ReadItem());
    }
}
