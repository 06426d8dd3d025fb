using Persistence.Entities;
using Persistence.Serialization;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities.Commands;

public sealed class EntitySequencerTests
{
    /// <summary>While a batch is sequenced, what was accepted before it is applied; then the batch is withdrawn. Nothing is outstanding any more.</summary>
    [Fact]
    public void A_change_of_the_schema_that_is_withdrawn_leaves_none_outstanding()
    {
        EntitySequencer sequencer = new(new EntityData(), new EntityIds());
        Sequence(sequencer, new TableCreated(1, "First", []));
        sequencer.End(accepted: true);
        Sequence(sequencer, new TableCreated(2, "Second", []));
        Sequence(sequencer, new TableCreated(3, "Third", []));
        Assert.True(sequencer.IsSchemaChanging);
        sequencer.NoteApplied(EntityId.None);
        sequencer.End(accepted: false);
        Assert.False(sequencer.IsSchemaChanging);
        Assert.Equal("First", Assert.Single(sequencer.Schema.Tables.Values).Name);
    }

    private static void Sequence(EntitySequencer sequencer, SchemaChange change)
    {
        CommandBatch commands = new();
        EntityCommands.Change(commands, change);
        sequencer.Sequence(change.Kind, commands.GetPayload(0), new GrowableBuffer(1 << 10));
    }
}
