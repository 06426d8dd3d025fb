namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One append, where others can find it.</summary>
internal sealed class IndexedAppend(TransactionNode node, KeyIndex key, long value)
{
    public TransactionNode Node { get; } = node;

    public KeyIndex Key { get; } = key;

    public long Value { get; } = value;

    /// <summary>The same transaction's append to the same key before this one, or null.</summary>
    public IndexedAppend? Previous { get; set; }

    /// <summary>The same transaction's append to the same key after this one, or null.</summary>
    public IndexedAppend? Next { get; set; }

    /// <summary>A recovered state lacked it. That is reported once, and then the value counts as not being there in any list.</summary>
    public bool IsMissing { get; set; }

    /// <summary>The life whose recovery showed it last; -1 for none.</summary>
    public int RecoveredIn { get; set; } = -1;

    /// <summary>Place in the order of the key's versions; -1 while it is in no list.</summary>
    public int Position { get; set; } = -1;

    /// <summary>Whether its transaction appended more to this key, as far as that was not lost.</summary>
    public bool IsIntermediate
    {
        get
        {
            for (IndexedAppend? later = Next; later is not null; later = later.Next)
            {
                if (!later.IsMissing)
                    return true;
            }

            return false;
        }
    }
}
