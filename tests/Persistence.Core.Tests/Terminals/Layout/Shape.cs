using Persistence.Terminals;

namespace Persistence.Tests.Terminals.Layout;

/// <summary>A layout whose panes have no numbers yet: a pane, or parts and their weights.</summary>
internal sealed record Shape(SplitDirection Direction, (Shape, int)[] Parts);
