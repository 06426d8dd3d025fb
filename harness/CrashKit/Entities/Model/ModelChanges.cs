using System.Collections.Immutable;
using Persistence.CrashKit.Entities.Work;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>What a writer's own is after an operation.</summary>
internal static class ModelChanges
{
    /// <summary>Applies what an operation comes to.</summary>
    /// <param name="model">What there was.</param>
    /// <param name="plan">The operation.</param>
    /// <param name="created">The ids that were given out for it, in their order.</param>
    public static WriterModel Apply(WriterModel model, EntityPlan plan, IReadOnlyList<EntityId> created)
    {
        if (plan.Schema is SchemaStep change)
            return Apply(model, change);
        int next = 0;
        List<(int Place, EntityId Id)> unnoted = [];
        foreach (EntityStep step in plan.Steps)
        {
            model = step switch
            {
                EntityStep.Create create => Create(model, create, Give(create.Place)),
                EntityStep.Delete delete => Delete(model, delete.Place),
                EntityStep.Put put => Put(model, put),
                EntityStep.Remove remove => Change(model, remove.Place, entity => entity.Without(remove.Table)),
                EntityStep.Note note => Note(model, note),
                _ => throw new ArgumentOutOfRangeException(nameof(plan)),
            };
        }

        return model;

        EntityId Give(int place)
        {
            unnoted.Add((place, created[next]));
            return created[next++];
        }

        WriterModel Note(WriterModel before, EntityStep.Note note)
        {
            if (!before.Ledger.IsThere)
            {
                Give(Ledger.OwnPlace);
                unnoted.Insert(0, unnoted[^1]);
                unnoted.RemoveAt(unnoted.Count - 1);
            }

            Ledger ledger = before.Ledger.With(EntityTexts.Of(note.Tag), unnoted);
            return before with { Ledger = unnoted.Where(one => one.Place != Ledger.OwnPlace && !IsThere(before, one)).Aggregate(ledger, static (buried, one) => buried.Bury(one.Id)) };
        }
    }

    /// <summary>One that was created and deleted by the same operation is noted all the same.</summary>
    private static bool IsThere(WriterModel model, (int Place, EntityId Id) created) => model.Entities.TryGetValue(created.Place, out ModelEntity? entity) && entity.Id == created.Id;

    private static WriterModel Create(WriterModel model, EntityStep.Create create, EntityId id)
    {
        ModelEntity entity = new(id);
        foreach (PlannedComponent component in create.Components)
            entity = entity.With(component.Table, Make(model, component, before: null));
        return model with { Entities = model.Entities.Add(create.Place, entity) };
    }

    private static WriterModel Delete(WriterModel model, int place) =>
        model with { Entities = model.Entities.Remove(place), Ledger = model.Ledger.Bury(model.Entities[place].Id) };

    private static WriterModel Put(WriterModel model, EntityStep.Put put) => Change(
        model, put.Place, entity => entity.With(put.Component.Table, Make(model, put.Component, put.How == PutKind.Change ? entity.Components[put.Component.Table] : null)));

    private static WriterModel Change(WriterModel model, int place, Func<ModelEntity, ModelEntity> change) =>
        model with { Entities = model.Entities.SetItem(place, change(model.Entities[place])) };

    private static ModelComponent Make(WriterModel model, PlannedComponent planned, ModelComponent? before) =>
        (before ?? ModelComponent.Blank(model.TableOf(planned.Table))).With(planned.Values.Select(value => KeyValuePair.Create(value.Field, value.Describe(place => model.Entities[place].Id))));

    private static WriterModel Apply(WriterModel model, SchemaStep change) => change switch
    {
        SchemaStep.CreateTable create => model with { Tables = model.Tables.Add(create.Table, ModelTable.Create(create.Name, create.Fields)) },
        SchemaStep.RenameTable rename => Replace(model, change, table => table.Rename(rename.Name)),
        SchemaStep.DropTable => ChangeComponents(model with { Tables = model.Tables.Remove(change.Table) }, change, static (_, _) => null),
        SchemaStep.AddField add => ChangeComponents(Replace(model, change, table => table.Add(add.Field)), change, static (table, component) => component.Add(table!.Fields[^1])),
        SchemaStep.RenameField rename => Replace(model, change, table => table.RenameField(rename.Field, rename.Name)),
        SchemaStep.DropField drop => ChangeComponents(Replace(model, change, table => table.Drop(drop.Field)), change, (_, component) => component.Drop(drop.Field)),
        SchemaStep.WidenField widen => Replace(model, change, table => table.Widen(widen.Field, widen.Type)),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private static WriterModel Replace(WriterModel model, SchemaStep change, Func<ModelTable, ModelTable> replace) =>
        model with { Tables = model.Tables.SetItem(change.Table, replace(model.Tables[change.Table])) };

    /// <summary>Each component of a table that was changed.</summary>
    private static WriterModel ChangeComponents(WriterModel model, SchemaStep change, Func<ModelTable?, ModelComponent, ModelComponent?> replace)
    {
        ModelTable? table = model.Tables.GetValueOrDefault(change.Table);
        foreach ((int place, ModelEntity entity) in model.Entities)
        {
            if (!entity.Components.TryGetValue(change.Table, out ModelComponent? component))
                continue;
            ModelEntity changed = replace(table, component) is ModelComponent next ? entity.With(change.Table, next) : entity.Without(change.Table);
            model = model with { Entities = model.Entities.SetItem(place, changed) };
        }

        return model;
    }
}
