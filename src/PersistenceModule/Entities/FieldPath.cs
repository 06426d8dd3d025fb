using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A field of a table, written as <c>Process.Name</c>.</summary>
internal static class FieldPath
{
    private const char Separator = '.';

    /// <summary>The field that a text names. Names may have points too: the first split that names one counts.</summary>
    /// <exception cref="WalCommandException">ArgumentInvalid: it names no table.</exception>
    /// <exception cref="Persistence.Diagnostics.StoreException">TableNotFound, FieldNotFound.</exception>
    public static (TableSchema Table, FieldSchema Field) Resolve(EntitySchema schema, string path)
    {
        for (int point = path.IndexOf(Separator); point >= 0; point = path.IndexOf(Separator, point + 1))
        {
            if (schema.Find(path[..point]) is TableSchema table && table.FindField(path[(point + 1)..]) is FieldSchema field)
                return (table, field);
        }

        string[] parts = path.Split(Separator, 2);
        if (parts.Length < 2)
            throw ErrorRecords.ArgumentInvalid($"-Field '{path}' does not say of which table: give table and field, as Process.Name.");
        TableSchema named = schema.Get(parts[0]);
        return (named, named.GetField(parts[1]));
    }
}
