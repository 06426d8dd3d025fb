namespace Persistence.Terminals;

/// <summary>The lowest ids that were never used.</summary>
internal readonly record struct NextIds(long Session, long Window, long Pane);
