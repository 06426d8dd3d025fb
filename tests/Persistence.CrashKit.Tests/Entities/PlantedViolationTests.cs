using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Simulation;
using Persistence.Entities;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Entities;

/// <summary>Each of these changes something in a store behind the back of those who judge it.</summary>
public sealed class PlantedViolationTests
{
    [Fact]
    public void What_a_run_has_left_is_right()
    {
        using EndedRun run = Rich();
        Assert.Null(run.Judge());
    }

    [Fact]
    public void A_component_that_is_missing_is_seen() => RequireSeen((run, entity) => run.Change(batch => batch.Remove(entity.Id, CommonTables.Note)));

    [Fact]
    public void A_value_of_before_is_seen() =>
        RequireSeen((run, entity) => run.Change(batch => batch.Change(entity.Id, ComponentData.Of(CommonTables.Note, ("count", (int)run.Entities.GetComponent(entity.Id, CommonTables.Note)["count"]! + 1)))));

    [Fact]
    public void Values_that_were_swapped_are_seen() => RequireSeen((run, entity) =>
    {
        ModelEntity other = run.Model.Entities.Values.First(one => one.Id != entity.Id && one.Components.ContainsKey(CommonTables.Note));
        run.Change(batch => Swap(run.Entities, batch, entity.Id, other.Id));
    });

    [Fact]
    public void An_entity_that_is_missing_is_seen() => RequireSeen((run, entity) => run.Change(batch => batch.Delete(entity.Id)));

    [Fact]
    public void An_entity_that_nobody_made_is_seen()
    {
        RequireSeen((run, _) => run.Change(static batch => batch.Create()));
        RequireSeen((run, _) => run.Change(static batch => batch.Create(ComponentData.Of(CommonTables.Note, ("tag", "new|")))));
    }

    [Fact]
    public void The_component_of_an_entity_that_came_later_into_the_same_slot_is_seen() => RequireSeen((run, entity) =>
    {
        IReadOnlyDictionary<string, object?> note = run.Entities.GetComponent(entity.Id, CommonTables.Note).ToDictionary();
        run.Change(batch => batch.Delete(entity.Id));
        run.Change(batch => Assert.Equal(entity.Id.Slot, batch.Create(ComponentData.Of(CommonTables.Note, note)).Slot));
    });

    [Fact]
    public void An_entity_that_comes_back_from_the_dead_is_seen() => RequireSeen((run, _) => run.Change(batch =>
    {
        Component ledger = run.Entities.GetComponent(run.Model.Ledger.Id, CommonTables.Ledger);
        long[] ids = (long[])ledger[CommonTables.Ids]!;
        int dead = run.Model.Ledger.Entries.IndexOf(run.Model.Ledger.Entries.First(static entry => entry.Fate == LedgerEntry.Dead));
        ids[dead] = batch.Create().Value;
        batch.Change(run.Model.Ledger.Id, ComponentData.Of(CommonTables.Ledger, (CommonTables.Ids, ids)));
    }));

    [Theory]
    [InlineData("drop table")]
    [InlineData("rename table")]
    [InlineData("rename table to another's")]
    [InlineData("create table")]
    [InlineData("add field")]
    [InlineData("drop field")]
    [InlineData("rename field")]
    [InlineData("widen field")]
    [InlineData("drop common table")]
    [InlineData("change common table")]
    public void A_table_that_is_another_one_is_seen(string change) => RequireSeen((run, _) => ChangeTable(run, change));

    [Fact]
    public void A_transfer_of_which_a_part_is_missing_is_seen()
    {
        RequireSharedSeen(CommonTables.Owner, static (run, shared) => run.Change(batch => batch.Remove(shared.Id, CommonTables.Owner)));
        RequireSharedSeen(CommonTables.Balance, static (run, shared) => run.Change(batch => batch.Remove(shared.Id, CommonTables.Balance)));
        RequireSharedSeen(CommonTables.Balance, static (run, shared) => run.Change(batch => batch.Delete(shared.Id)));
    }

    [Fact]
    public void An_amount_that_another_one_does_not_make_up_for_is_seen() => RequireSharedSeen(CommonTables.Balance, static (run, shared) =>
        run.Change(batch => batch.Change(shared.Id, ComponentData.Of(CommonTables.Balance, (CommonTables.Amount, (long)shared[CommonTables.Balance][CommonTables.Amount]! + 1)))));

    [Fact]
    public void An_owner_who_did_not_write_it_is_seen() => RequireSharedSeen(CommonTables.Owner, static (run, shared) =>
        run.Change(batch => batch.Change(shared.Id, ComponentData.Of(CommonTables.Owner, (CommonTables.Of, shared.Id)))));

    [Fact]
    public void A_tag_that_nobody_wrote_is_seen() => RequireSharedSeen(CommonTables.Balance, static (run, shared) =>
        run.Change(batch => batch.Change(shared.Id, ComponentData.Of(CommonTables.Balance, (CommonTables.Tag, "0.0.99.1|")))));

    [Fact]
    public void A_shared_entity_that_is_there_twice_is_seen() => RequireSharedSeen(CommonTables.Place, static (run, shared) =>
        run.Change(batch => batch.Create(ComponentData.Of(CommonTables.Place, (CommonTables.Number, shared[CommonTables.Place][CommonTables.Number])))));

    [Fact]
    public void An_id_that_could_be_given_out_again_is_seen()
    {
        using EndedRun run = Rich();
        FoundContents found = run.Read();
        string key = EntityKeys.Ledger(0);
        string text = found.Texts[key];
        Replace(found, key, text, text.Replace(LedgerEntry.Dead, LedgerEntry.Forgotten));
        Assert.NotNull(run.Judge(found));
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        using EndedRun run = Rich();
        run.Change(batch => batch.Remove(run.Model.Entities.Values.First(static one => one.Components.ContainsKey(CommonTables.Note)).Id, CommonTables.Note));
        Assert.Contains("should be '", run.Judge(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_writers_what_one_has_written_last_may_be_there_only_with_all_that_goes_with_it()
    {
        using EndedRun run = EndedRun.Find(static run => run.FindShared(CommonTables.Owner) is not null, writers: 3);
        Assert.Null(run.Judge());
        // The writer's audit is taken away, what it did to others stays.
        Entity owned = run.FindShared(CommonTables.Owner)!;
        EntityId ledger = (EntityId)owned[CommonTables.Owner][CommonTables.Of]!;
        run.Change(batch => batch.Change(ledger, ComponentData.Of(CommonTables.Ledger, (CommonTables.Tag, "0.0.0.0|"))));
        Assert.NotNull(run.Judge());
    }

    /// <summary>Every item of every writer, by itself: a text that is another one, and one that is missing.</summary>
    [Fact]
    public void Whatever_of_a_writers_own_is_another_one_or_missing_is_seen()
    {
        using EndedRun run = EndedRun.Find(static run => run.Read().Texts.Count > 15, writers: 2);
        foreach ((string key, string text) in run.Read().Texts)
        {
            FoundContents changed = run.Read();
            Replace(changed, key, text, text + "x");
            Assert.NotNull(run.Judge(changed));
            FoundContents missing = run.Read();
            Replace(missing, key, text, null);
            Assert.NotNull(run.Judge(missing));
        }
    }

    private static void Replace(FoundContents found, string key, string before, string? after)
    {
        int writer = FoundContents.OwnerOf(key)!.Value;
        found.Own[writer] -= FoundContents.Digest(key, Mixing.Hash(before));
        found.Texts.Remove(key);
        if (after is null)
            return;
        found.Own[writer] += FoundContents.Digest(key, Mixing.Hash(after));
        found.Texts[key] = after;
    }

    private static void Swap(EntityState entities, EntityBatch batch, EntityId left, EntityId right)
    {
        Component ofLeft = entities.GetComponent(left, CommonTables.Note);
        Component ofRight = entities.GetComponent(right, CommonTables.Note);
        // What they refer to may be gone.
        batch.Change(left, ComponentData.Of(CommonTables.Note, ("tag", ofRight["tag"]), ("count", ofRight["count"])));
        batch.Change(right, ComponentData.Of(CommonTables.Note, ("tag", ofLeft["tag"]), ("count", ofLeft["count"])));
    }

    private static void ChangeTable(EndedRun run, string change)
    {
        EntityState entities = run.Entities;
        ModelTable table = run.Model.Tables.Values.First(static table => table.Fields.Length > 2);
        string other = run.Model.Tables.Values.First(one => one != table).Name;
        Action act = change switch
        {
            "drop table" => () => entities.DropTable(table.Name),
            "rename table" => () => entities.RenameTable(table.Name, table.Name + "x"),
            "rename table to another's" => () => Exchange(entities, table.Name, other),
            "create table" => () => entities.CreateTable("t0.0.999"),
            "add field" => () => entities.AddField(table.Name, new FieldDefinition("more", new FieldType(FieldKind.Int32))),
            "drop field" => () => entities.DropField(table.Name, table.Fields[1].Name),
            "rename field" => () => entities.RenameField(table.Name, table.Fields[1].Name, "other"),
            "widen field" => () => Widen(entities),
            "drop common table" => () => entities.DropTable(CommonTables.Owner),
            _ => () => entities.RenameField(CommonTables.Note, "count", "number"),
        };
        act();
    }

    private static void Exchange(EntityState entities, string one, string other)
    {
        entities.RenameTable(one, "between");
        entities.RenameTable(other, one);
        entities.RenameTable("between", other);
    }

    /// <summary>No value changes by it, only what the field can hold.</summary>
    private static void Widen(EntityState entities) => entities.WidenField(CommonTables.Note, "count", new FieldType(FieldKind.Int64));

    /// <summary>One with entities, tables, dead ones, and shared ones.</summary>
    private static EndedRun Rich() => EndedRun.Find(static run =>
        run.Model.Entities.Values.Count(static one => one.Components.ContainsKey(CommonTables.Note)) >= 2
        && run.Model.Tables.Count >= 2 && run.Model.Tables.Values.Any(static table => table.Fields.Length > 2)
        && run.Model.Ledger.Entries.Any(static entry => entry.Fate == LedgerEntry.Dead)
        && run.FindShared(CommonTables.Owner) is not null, firstSeed: 3);

    private static void RequireSeen(Action<EndedRun, ModelEntity> plant)
    {
        using EndedRun run = Rich();
        plant(run, run.Model.Entities.Values.First(static one => one.Components.ContainsKey(CommonTables.Note)));
        Assert.NotNull(run.Judge());
    }

    private static void RequireSharedSeen(string table, Action<EndedRun, Entity> plant)
    {
        using EndedRun run = Rich();
        plant(run, run.FindShared(table)!);
        Assert.NotNull(run.Judge());
    }
}
