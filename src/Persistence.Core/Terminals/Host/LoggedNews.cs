namespace Persistence.Terminals;

/// <summary>What of a pane goes into the log beside its output.</summary>
/// <param name="Title">Its title, or null.</param>
/// <param name="Directory">Where its program is, or null.</param>
/// <param name="IsFinished">Whether its program has ended.</param>
internal sealed record LoggedNews(string? Title, string? Directory, bool IsFinished);
