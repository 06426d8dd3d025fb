using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Which window a command is about: its number, <c>session:index</c>, <c>session</c> for the active window of one, or an object of Get-TerminalWindow.</summary>
public sealed class TerminalWindowReference
{
    private readonly long? _id;

    /// <summary>A window by its number or target.</summary>
    public TerminalWindowReference(string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        Text = target;
        _id = TerminalTargets.ToNumber(target);
    }

    /// <summary>The window of a number.</summary>
    public TerminalWindowReference(long id)
    {
        Text = id.ToString(CultureInfo.InvariantCulture);
        _id = id;
    }

    /// <summary>A window that was read.</summary>
    public TerminalWindowReference(TerminalWindowInfo window)
    {
        ArgumentNullException.ThrowIfNull(window);
        Text = window.Target;
        Window = window;
        _id = window.Id;
    }

    internal string Text { get; }

    internal TerminalWindowInfo? Window { get; }

    internal StoreOrigin? Origin => Window?.Origin;

    /// <summary>The number or the target.</summary>
    public override string ToString() => Text;

    /// <exception cref="StoreException">SessionNotFound, WindowNotFound.</exception>
    internal TerminalWindow Find(TerminalTree tree) => _id is long id ? tree.GetWindow(new WindowId(id)) : TerminalTargets.FindWindow(tree, Text);
}
