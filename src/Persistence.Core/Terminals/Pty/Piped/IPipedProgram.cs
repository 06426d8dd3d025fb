namespace Persistence.Terminals.Pty.Piped;

/// <summary>The program behind two pipes, for the thread that writes to it: nobody else calls this.</summary>
internal interface IPipedProgram
{
    /// <summary>Looks whether it has ended, and lets go of what it needs no more. Called now and then while nothing is written.</summary>
    void Look();

    /// <summary>Ends its terminal: after that its output ends. May take as long as the output takes to be read.</summary>
    void HangUp();

    /// <summary>Nothing of it is used any more.</summary>
    void Release();
}
