using System.Text.RegularExpressions;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Which entity a command is about: its id, as a value or as text (<c>17.2</c>), or an object that a command has returned.</summary>
public sealed class EntityReference
{
    /// <summary>The entity of an id, as text.</summary>
    public EntityReference(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        Text = id;
    }

    /// <summary>The entity of an id.</summary>
    public EntityReference(EntityId id) => Text = id.ToString();

    /// <summary>An entity that was read.</summary>
    public EntityReference(EntityInfo entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        Text = entity.ToString();
        Origin = entity.Origin;
    }

    /// <summary>The entity of a component that was read.</summary>
    public EntityReference(EntityComponentInfo component)
    {
        ArgumentNullException.ThrowIfNull(component);
        Text = component.Entity.ToString();
        Origin = component.Origin;
    }

    internal string Text { get; }

    internal StoreOrigin? Origin { get; }

    /// <summary>Whether it was given as a number, which may have lost the id: as numbers 5.1 and 5.10 are the same.</summary>
    internal bool IsNumber { get; init; }

    /// <summary>The id.</summary>
    public override string ToString() => Text;

    /// <summary>The id.</summary>
    /// <param name="statement">The statement that the command stands in: a number that was typed there has not lost anything.</param>
    /// <exception cref="WalCommandException">ArgumentInvalid: it is none.</exception>
    internal EntityId Resolve(string statement)
    {
        if (IsNumber && !Regex.IsMatch(statement, $@"(?<![\w.$-]){Regex.Escape(Text)}(?![\w.])"))
            throw ErrorRecords.EntityIdIsNumber(Text);
        return EntityId.TryParse(Text, null, out EntityId id) && !id.IsNone ? id : throw ErrorRecords.EntityIdInvalid(Text);
    }
}
