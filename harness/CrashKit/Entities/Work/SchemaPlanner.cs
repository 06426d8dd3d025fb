using System.Globalization;
using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Simulation;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Decides which change a writer makes of its tables.</summary>
/// <param name="operation">The operation.</param>
/// <param name="model">What there is.</param>
/// <param name="random">Where its choices come from.</param>
internal sealed class SchemaPlanner(EntityOperation operation, WriterModel model, SimulatedRandom random)
{
    private const int TablesMax = 3;
    private const int FieldsMax = 5;
    private const int FieldsAtFirstMax = 3;
    private int _names;

    public SchemaStep Plan()
    {
        if (model.Tables.IsEmpty)
            return CreateTable();
        string key = model.Tables.Keys.ElementAt(random.Next(model.Tables.Count));
        ModelTable table = model.Tables[key];
        return random.Next(12) switch
        {
            0 or 1 when model.Tables.Count < TablesMax => CreateTable(),
            2 => new SchemaStep.RenameTable(key, TableNames.Another(key, operation.Id, table.NextField)),
            3 => new SchemaStep.DropTable(key),
            4 or 5 when FindDroppable(table) is { Length: > 0 } droppable => new SchemaStep.DropField(key, Pick(droppable).Number),
            6 or 7 when FindWidenable(table) is { Length: > 0 } widenable => Widen(key, Pick(widenable)),
            8 or 9 => new SchemaStep.RenameField(key, table.Fields[random.Next(table.Fields.Length)].Number, NextName()),
            _ when table.Fields.Length < FieldsMax => new SchemaStep.AddField(key, DrawField()),
            _ => new SchemaStep.RenameField(key, table.Fields[^1].Number, NextName()),
        };
    }

    private SchemaStep.CreateTable CreateTable()
    {
        List<FieldDefinition> fields = [new(NextName(), new FieldType(FieldKind.String))];
        for (int left = random.Next(FieldsAtFirstMax + 1); left > 0; left--)
            fields.Add(DrawField());
        return new SchemaStep.CreateTable(TableNames.NewKey(operation.Id), [.. fields]);
    }

    /// <summary>Not the first, which each component says something of. The last only when the next number is known without it.</summary>
    private static ModelField[] FindDroppable(ModelTable table) =>
        [.. table.Fields.Skip(1).SkipLast(TableNames.NextFieldOf(table.Name) == table.NextField ? 0 : 1)];

    private static ModelField[] FindWidenable(ModelTable table) => [.. table.Fields.Where(static field => FieldSamples.CanWiden(field.Type))];

    private SchemaStep.WidenField Widen(string key, ModelField field) => new(key, field.Number, FieldSamples.DrawWider(field.Type, random)!.Value);

    private FieldDefinition DrawField()
    {
        FieldType type = FieldSamples.DrawType(random);
        string name = NextName();
        return new FieldDefinition(name, type, FieldSamples.DrawDefault(type, name, random));
    }

    private string NextName() => string.Create(CultureInfo.InvariantCulture, $"f{operation.Id}.{_names++}");

    private ModelField Pick(ModelField[] fields) => fields[random.Next(fields.Length)];
}
