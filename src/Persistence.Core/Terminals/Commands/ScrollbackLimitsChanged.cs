using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>More or less output is kept of panes that say nothing else.</summary>
internal sealed record ScrollbackLimitsChanged(ScrollbackLimits Limits) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.ScrollbackLimits;

    public static ScrollbackLimitsChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadLimits(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        TerminalCodec.WriteLimits(writer, Limits);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree with { Scrollback = Limits };
}
