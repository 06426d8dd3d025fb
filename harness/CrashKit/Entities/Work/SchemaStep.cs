using System.Collections.Immutable;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>One change of a table of a writer's own.</summary>
/// <param name="Table">The table's key.</param>
internal abstract record SchemaStep(string Table)
{
    /// <summary>It is created.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Fields">Its fields.</param>
    internal sealed record CreateTable(string Table, ImmutableArray<FieldDefinition> Fields) : SchemaStep(Table)
    {
        /// <summary>Its first name.</summary>
        public string Name => TableNames.First(Table, Fields.Length + 1);
    }

    /// <summary>It has another name.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Name">The name.</param>
    internal sealed record RenameTable(string Table, string Name) : SchemaStep(Table);

    /// <summary>It is dropped.</summary>
    /// <param name="Table">The key.</param>
    internal sealed record DropTable(string Table) : SchemaStep(Table);

    /// <summary>It has one more field.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Field">The field.</param>
    internal sealed record AddField(string Table, FieldDefinition Field) : SchemaStep(Table);

    /// <summary>A field has another name.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Field">The field's number.</param>
    /// <param name="Name">The name.</param>
    internal sealed record RenameField(string Table, int Field, string Name) : SchemaStep(Table);

    /// <summary>It has a field less.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Field">The field's number.</param>
    internal sealed record DropField(string Table, int Field) : SchemaStep(Table);

    /// <summary>A field holds more than it did.</summary>
    /// <param name="Table">The key.</param>
    /// <param name="Field">The field's number.</param>
    /// <param name="Type">What it holds then.</param>
    internal sealed record WidenField(string Table, int Field, FieldType Type) : SchemaStep(Table);
}
