namespace Persistence.CrashKit.Terminals.Output;

/// <summary>What a program writes from its start on, as far as it was told to: it may be cut short at any byte.</summary>
internal sealed class ProgramLife
{
    private readonly List<OutputPart> _parts = [];

    public IReadOnlyList<OutputPart> Parts => _parts;

    public void Add(OutputPart part) => _parts.Add(part);
}
