namespace Persistence.Terminals;

/// <summary>What a checkpoint item is. On disk, never change; the fields are in FORMAT.md.</summary>
internal enum TerminalItemKind : byte
{
    Head = 0,
    Session = 1,
    Window = 2,
    Pane = 3,
    Chunk = 4,
    Tail = 5,
    Metadata = 6,
    Variable = 7,
}
