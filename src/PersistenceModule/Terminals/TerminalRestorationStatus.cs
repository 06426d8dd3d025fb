namespace PersistenceModule;

/// <summary>What became of a pane when it was to be restored.</summary>
public enum TerminalRestorationStatus
{
    /// <summary>Its program was started again.</summary>
    Restored,

    /// <summary>A program runs in it already.</summary>
    Running,

    /// <summary>Its program had ended by itself, and was not started again.</summary>
    Exited,

    /// <summary>Its program could not be started.</summary>
    Failed,
}
