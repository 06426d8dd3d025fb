using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>One change of the hierarchy: what its record says, and what it does.</summary>
internal abstract record TerminalCommand
{
    /// <summary>Its record's kind.</summary>
    public abstract TerminalRecordKind Kind { get; }

    /// <summary>How many fields its payload has.</summary>
    public abstract int FieldCount { get; }

    /// <summary>Writes the payload.</summary>
    public void Write(MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        WriteFields(writer);
    }

    /// <summary>Writes the payload's fields.</summary>
    protected abstract void WriteFields(MessagePackWriter writer);

    /// <summary>Decides what depends on what was there when it came.</summary>
    public virtual TerminalCommand Resolve(TerminalTree tree) => this;

    /// <summary>Writes what <see cref="Resolve"/> has decided.</summary>
    public virtual void WriteTail(MessagePackWriter writer)
    {
    }

    /// <summary>Reads it.</summary>
    public virtual TerminalCommand ReadTail(ref MessagePackReader reader) => this;

    /// <summary>The pane that it creates, or none.</summary>
    public virtual PaneId Creates => PaneId.None;

    /// <summary>The panes that it destroys.</summary>
    /// <param name="tree">The hierarchy before it, in which it can be done.</param>
    public virtual IEnumerable<PaneId> FindDestroyed(TerminalTree tree) => [];

    /// <summary>The hierarchy after it.</summary>
    /// <param name="tree">The hierarchy before it.</param>
    /// <param name="time">When it came.</param>
    /// <exception cref="StoreException">It cannot be done: what it is about is not there, or what it makes is there already.</exception>
    public abstract TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time);
}
