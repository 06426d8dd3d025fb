using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Which session a command is about: its name, or an object of Get-TerminalSession. A number is a name: sessions that are given none are called "0", "1" and so on.</summary>
public sealed class TerminalSessionReference
{
    /// <summary>The session of a name.</summary>
    public TerminalSessionReference(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Text = name;
    }

    /// <summary>The session whose name is a number.</summary>
    public TerminalSessionReference(long name)
        : this(name.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>A session that was read.</summary>
    public TerminalSessionReference(TerminalSessionInfo session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Text = session.Name;
        Session = session;
    }

    internal string Text { get; }

    internal TerminalSessionInfo? Session { get; }

    internal StoreOrigin? Origin => Session?.Origin;

    /// <summary>The name.</summary>
    public override string ToString() => Text;

    /// <exception cref="StoreException">SessionNotFound.</exception>
    internal TerminalSession Find(TerminalTree tree) => Session is null ? TerminalTargets.FindSession(tree, Text) : tree.GetSession(new SessionId(Session.Id));
}
