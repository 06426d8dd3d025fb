namespace Persistence.Terminals;

/// <summary>Whether output comes faster than checkpoints take it out of memory.</summary>
internal enum OutputPressure
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It does: there is twice as much as there should be.</summary>
    High,

    /// <summary>There is four times as much.</summary>
    Extreme,
}
