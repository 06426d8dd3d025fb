using Persistence.CrashKit.Entities.Model;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.State;
using Persistence.Transactions;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Carries out what operations come to. Thread-safe.</summary>
/// <param name="store">The store.</param>
/// <param name="entities">Its entities.</param>
internal sealed class EntityPerformer(PersistenceStore store, EntityState entities)
{
    /// <summary>Carries out a turn that is one batch.</summary>
    public CommitResult Commit(EntityTurn turn, CommitDurability durability) => WithBatch(turn, batch => entities.Commit(batch, durability));

    /// <summary>The same without blocking on the flush.</summary>
    public ValueTask<CommitResult> CommitAsync(EntityTurn turn, CommitDurability durability) => WithBatch(turn, batch => entities.CommitAsync(batch, durability));

    /// <summary>Carries out a turn that changes a table.</summary>
    public void ChangeSchema(EntityTurn turn)
    {
        turn.Announce();
        Change(turn.Plan.Schema!, key => turn.Before.TableOf(key));
    }

    /// <summary>Tries what cannot be.</summary>
    /// <exception cref="ContradictionException">It is not refused as it must be.</exception>
    public void Refuse(EntityTurn turn)
    {
        Ensure();
        turn.Announce();
        Refusal refused = turn.Plan.Refused!;
        EntityBatch batch = entities.CreateBatch();
        try
        {
            if (refused.IsOfSchema)
                ChangeWrongly(refused, turn.Before.TableOf(refused.Table));
            else
                CommitWrongly(batch, refused, turn);
        }
        catch (StoreException e) when (e.Error == refused.Error)
        {
            return;
        }
        finally
        {
            batch.Clear();
        }

        throw new ContradictionException($"what had to be refused with {refused.Error} was accepted");
    }

    /// <summary>Does all that a turn is in a transaction, but ends it not.</summary>
    public void Prepare(EntityTurn turn, Transaction transaction)
    {
        Undo(turn, transaction);
        EntityTransaction own = entities.In(transaction);
        StepWriter writer = new(own, turn);
        int half = turn.Plan.Steps.Length / 2;
        writer.WriteAll(turn.Plan.Steps.Take(half));
        using (Transaction nested = transaction.Begin())
        {
            new StepWriter(entities.In(nested), writer).WriteAll(turn.Plan.Steps.Skip(half));
            nested.Commit();
        }

        Require(own, turn);
        SharedWriter.WriteAll(own, turn.Operation.Writes, writer.LedgerId, turn.Logged);
        turn.Announce();
    }

    /// <summary>Makes what a transaction needs, before it begins.</summary>
    public void Ensure() => CommonTables.Ensure(store, entities);

    private T WithBatch<T>(EntityTurn turn, Func<EntityBatch, T> commit)
    {
        Ensure();
        EntityBatch batch = entities.CreateBatch();
        try
        {
            new StepWriter(batch, turn).WriteAll(turn.Plan.Steps);
            turn.Announce();
            return commit(batch);
        }
        catch
        {
            batch.Clear();
            throw;
        }
    }

    /// <summary>Something else is done in a nested transaction, and rolled back.</summary>
    private void Undo(EntityTurn turn, Transaction transaction)
    {
        EntityOperation undone = turn.Operation.Entities!.Undone;
        EntityTurn other = new(turn.Operation with { Entities = undone }, turn.Before, new GivenIds());
        using Transaction nested = transaction.Begin();
        new StepWriter(entities.In(nested), other).WriteAll(other.Plan.Steps);
        nested.Rollback();
    }

    /// <summary>A transaction reads what it has written.</summary>
    private static void Require(EntityTransaction own, EntityTurn turn)
    {
        WriterModel after = ModelChanges.Apply(turn.Before, turn.Plan, turn.Created);
        foreach (ModelEntity entity in after.Entities.Values)
        {
            foreach ((string table, ModelComponent component) in entity.Components)
            {
                string wanted = after.TableOf(table).Describe(component);
                string found = own.FindComponent(entity.Id, after.TableOf(table).Name) is Component shown ? EntityTexts.OfComponent(shown) : EntityTexts.None;
                if (found != wanted)
                    throw new ContradictionException($"a transaction reads '{found}' of the component '{table}' of {entity.Id}, and has written '{wanted}'");
            }
        }
    }

    private void CommitWrongly(EntityBatch batch, Refusal refused, EntityTurn turn)
    {
        StepWriter writer = new(batch, turn);
        writer.WriteAll(turn.Plan.Steps);
        ComponentData component = ComponentData.Of(turn.Before.TableOf(refused.Table).Name);
        switch (refused.Error)
        {
            case StoreError.ComponentExists:
                batch.Add(writer.Find(refused.Place), component);
                break;
            case StoreError.ComponentNotFound:
                batch.Remove(writer.Find(refused.Place), component.Table);
                break;
            case StoreError.StaleEntity:
                batch.Delete(refused.Stale);
                break;
            default:
                batch.Set(writer.Find(refused.Place), ComponentData.Of(CommonTables.Note, ("at", refused.Stale)));
                break;
        }

        entities.Commit(batch);
    }

    private void ChangeWrongly(Refusal refused, ModelTable table)
    {
        if (refused.Error == StoreError.TableExists)
            entities.CreateTable(table.Name.ToUpperInvariant());
        else
            entities.WidenField(table.Name, table.Fields[0].Name, new FieldType(FieldKind.Int8));
    }

    private void Change(SchemaStep change, Func<string, ModelTable> tableOf)
    {
        switch (change)
        {
            case SchemaStep.CreateTable create:
                entities.CreateTable(create.Name, [.. create.Fields]);
                break;
            case SchemaStep.RenameTable rename:
                entities.RenameTable(tableOf(rename.Table).Name, rename.Name);
                break;
            case SchemaStep.DropTable:
                entities.DropTable(tableOf(change.Table).Name);
                break;
            case SchemaStep.AddField add:
                entities.AddField(tableOf(add.Table).Name, add.Field);
                break;
            case SchemaStep.RenameField rename:
                entities.RenameField(tableOf(rename.Table).Name, tableOf(rename.Table).Get(rename.Field).Name, rename.Name);
                break;
            case SchemaStep.DropField drop:
                entities.DropField(tableOf(drop.Table).Name, tableOf(drop.Table).Get(drop.Field).Name);
                break;
            case SchemaStep.WidenField widen:
                entities.WidenField(tableOf(widen.Table).Name, tableOf(widen.Table).Get(widen.Field).Name, widen.Type);
                break;
        }
    }
}
