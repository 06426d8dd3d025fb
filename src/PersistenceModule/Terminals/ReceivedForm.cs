namespace PersistenceModule;

/// <summary>What output is received as.</summary>
internal enum ReceivedForm
{
    /// <summary>Lines without their ends.</summary>
    Lines,

    /// <summary>Text, as much at once as there is.</summary>
    Text,

    /// <summary>Bytes as they were written.</summary>
    Bytes,
}
