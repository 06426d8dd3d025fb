namespace Persistence.Terminals.Pty.Piped;

/// <summary>A terminal that says itself what can be done with it.</summary>
internal interface IPipedPty : IPty
{
    /// <summary>One of the following may have changed. From any thread.</summary>
    event Action? Changed;

    /// <summary>There is output, or it has ended.</summary>
    bool CanRead { get; }

    /// <summary>There is room for input.</summary>
    bool CanWrite { get; }

    /// <summary>The program has ended.</summary>
    bool HasExited { get; }
}
