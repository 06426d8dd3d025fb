namespace PersistenceModule;

/// <summary>What the commands that change state items have beside the sets of <see cref="ParameterSets"/>.</summary>
internal static class StateItemSets
{
    /// <summary>Objects say which items; the store is told in any way.</summary>
    public const string Item = nameof(Item);
}
