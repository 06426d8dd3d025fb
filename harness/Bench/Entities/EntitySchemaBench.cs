using System.Globalization;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>Changes of a table that has a row for each of many entities: nobody commits or begins to read while one is carried out. Medians count.</summary>
/// <param name="state">The entities.</param>
/// <param name="rows">How many of them have a component of the table.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class EntitySchemaBench(EntityState state, int rows, int rounds)
{
    private const string Table = nameof(Owner);
    private const string Added = "Weight";

    /// <summary>Measures.</summary>
    public BenchRow Measure()
    {
        List<double> add = [];
        List<double> widen = [];
        List<double> drop = [];
        // The first warms up.
        for (int round = 0; round <= rounds; round++)
        {
            add.Add(Figures.Time(() => state.AddField(Table, new FieldDefinition(Added, new FieldType(FieldKind.Int32)) { Default = round })));
            widen.Add(Figures.Time(() => state.WidenField(Table, Added, new FieldType(FieldKind.Int64))));
            drop.Add(Figures.Time(() => state.DropField(Table, Added)));
        }

        double added = 1000 * Figures.Median(add[1..]);
        double widened = 1000 * Figures.Median(widen[1..]);
        double dropped = 1000 * Figures.Median(drop[1..]);
        return new BenchRow(
            string.Create(CultureInfo.InvariantCulture, $"a table of {rows:N0} rows: a field added in {added:F2} ms, widened in {widened:F1} ms, dropped in {dropped:F2} ms"),
            json =>
            {
                json.WriteString("measure", "schema");
                json.WriteNumber("rows", rows);
                json.WriteNumber("add_ms", Math.Round(added, 3));
                json.WriteNumber("widen_ms", Math.Round(widened, 3));
                json.WriteNumber("drop_ms", Math.Round(dropped, 3));
            });
    }
}
