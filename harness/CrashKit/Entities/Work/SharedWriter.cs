using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Entities;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>
/// What an operation does to shared entities, in its transaction: it moves an amount from one to another and says that the first is its writer's; or it deletes one, whose amount another one gets. Which tags that leaves is known beforehand, how
/// much each has is not.
/// </summary>
internal sealed class SharedWriter
{
    private const int AmountMax = 1000;

    private readonly EntityTransaction _entities;
    private readonly EntityId _ledger;
    private readonly List<(EntityRecordKind Kind, EntityId Entity)> _logged;

    // What the next balance that is written gets, and whether it comes from an entity that is deleted.
    private long _carried;
    private bool _deletes;

    private SharedWriter(EntityTransaction entities, EntityId ledger, List<(EntityRecordKind Kind, EntityId Entity)> logged)
    {
        _entities = entities;
        _ledger = ledger;
        _logged = logged;
    }

    /// <summary>Carries them out.</summary>
    /// <param name="entities">The transaction.</param>
    /// <param name="writes">The operation's writes; those of other things are passed over.</param>
    /// <param name="ledger">The entity with the writer's ledger.</param>
    /// <param name="logged">Gets the records that were made.</param>
    public static void WriteAll(EntityTransaction entities, IReadOnlyList<KeyWrite> writes, EntityId ledger, List<(EntityRecordKind Kind, EntityId Entity)> logged)
    {
        SharedWriter writer = new(entities, ledger, logged);
        foreach (KeyWrite write in writes)
        {
            if (EntityKeys.TryParseShared(write.Key, out int number, out string table))
                writer.Write(number, table, write.Value);
        }
    }

    private void Write(int number, string table, string? tag)
    {
        EntityId? entity = Find(number);
        _deletes |= tag is null;
        if (tag is not null)
            Set(entity ?? Create(number), table, tag);
        else if (entity is EntityId gone)
            Delete(gone);
    }

    private EntityId? Find(int number)
    {
        foreach (Entity entity in _entities.Query().Where(CommonTables.Place, CommonTables.Number, FieldTest.Equal, number).Read())
            return entity.Id;
        return null;
    }

    private EntityId Create(int number)
    {
        EntityId id = _entities.Create(ComponentData.Of(CommonTables.Place, (CommonTables.Number, number)));
        _logged.Add((EntityRecordKind.EntityCreated, id));
        return id;
    }

    /// <summary>Once for the entity, whichever of its components it is said of first.</summary>
    private void Delete(EntityId entity)
    {
        _carried += AmountOf(entity);
        _entities.Delete(entity);
        _logged.Add((EntityRecordKind.EntityDeleted, entity));
    }

    private void Set(EntityId entity, string table, string tag)
    {
        ComponentData component = table == CommonTables.Owner
            ? ComponentData.Of(table, (CommonTables.Tag, tag), (CommonTables.Of, _ledger))
            : ComponentData.Of(table, (CommonTables.Tag, tag), (CommonTables.Amount, AmountOf(entity) + Move(tag)));
        _entities.Set(entity, component);
        _logged.Add((EntityRecordKind.ComponentSet, entity));
    }

    /// <summary>What a balance gets: what is carried, or, where nothing is, less than nothing, which the next one gets back.</summary>
    private long Move(string tag)
    {
        long amount = _deletes || _carried != 0 ? _carried : -(long)(1 + (Mixing.Hash(ValueText.Encode(tag)) % AmountMax));
        _carried = _deletes || _carried != 0 ? 0 : -amount;
        return amount;
    }

    private long AmountOf(EntityId entity) => _entities.FindComponent(entity, CommonTables.Balance) is Component balance ? (long)balance[CommonTables.Amount]! : 0;
}
