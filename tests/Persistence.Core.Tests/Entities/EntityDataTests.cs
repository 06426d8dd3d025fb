using Persistence.Entities;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityDataTests
{
    private readonly EntityData _data = new();
    private long _commit;

    /// <summary>Tables come and go, and an entity stays: it is not in a set of all the tables that it ever had.</summary>
    [Fact]
    public void Tables_that_were_dropped_do_not_gather_in_what_entities_are()
    {
        EntityId entity = new(0, 1);
        Apply(EntityRecordKind.EntityCreated, commands => EntityCommands.Create(commands, _data.Tables.Schema, entity, []));
        for (int number = 1; number <= 200; number++)
        {
            Apply(EntityRecordKind.TableCreated, commands => EntityCommands.Change(commands, new TableCreated(number, "T", [])));
            Apply(EntityRecordKind.ComponentAdded, commands => EntityCommands.Put(commands, EntityRecordKind.ComponentAdded, _data.Tables.Schema, entity, ComponentData.Of("T")));
            Assert.Equal(number, _data.Archetypes.TablesOf(_data.Registry.ArchetypeOf(0))[^1]);
            Apply(EntityRecordKind.TableDropped, commands => EntityCommands.Change(commands, new TableDropped(number)));
        }

        Assert.InRange(Enumerable.Range(1, _data.Archetypes.Count).Max(archetype => _data.Archetypes.TablesOf(archetype).Length), 1, 2);
        Assert.Empty(EntityInvariants.FindViolations(_data));
    }

    private void Apply(EntityRecordKind kind, Action<CommandBatch> write)
    {
        CommandBatch commands = new();
        write(commands);
        _commit++;
        _data.Begin(new Lsn(_commit - 1));
        _data.Apply(kind, commands.GetPayload(0), _commit, keepsOlder: true);
    }
}
