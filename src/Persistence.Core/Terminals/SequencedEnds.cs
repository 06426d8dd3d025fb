namespace Persistence.Terminals;

/// <summary>Where the outputs of panes end with all that is sequenced. Not thread-safe.</summary>
internal sealed class SequencedEnds
{
    private readonly Dictionary<PaneId, long> _ends = [];

    // What the batch being sequenced replaced.
    private readonly List<(PaneId Pane, long? Before)> _undo = [];

    /// <summary>Where an output ends; null: where the applied state says.</summary>
    public long? Find(PaneId pane) => _ends.TryGetValue(pane, out long end) ? end : null;

    /// <summary>The batch at hand has output.</summary>
    public void Set(PaneId pane, long end)
    {
        _undo.Add((pane, Find(pane)));
        _ends[pane] = end;
    }

    /// <summary>Ends the batch: accepted, or withdrawn as if it had never been.</summary>
    public void End(bool accepted)
    {
        for (int i = _undo.Count - 1; i >= 0 && !accepted; i--)
        {
            if (_undo[i].Before is long before)
                _ends[_undo[i].Pane] = before;
            else
                _ends.Remove(_undo[i].Pane);
        }

        _undo.Clear();
    }

    /// <summary>The pane is gone.</summary>
    public void Remove(PaneId pane) => _ends.Remove(pane);

    /// <summary>Everything is as the applied state says.</summary>
    public void Clear()
    {
        _ends.Clear();
        _undo.Clear();
    }
}
