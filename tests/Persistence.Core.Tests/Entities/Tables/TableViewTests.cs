using System.Collections.Immutable;
using Persistence.Entities;
using Persistence.Serialization;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities.Tables;

public sealed class TableViewTests
{
    private const int Slots = 12;

    /// <summary>Random changes of components and of the schema, with snapshots that come and go: each shows what there was, under the schema of then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Snapshots_show_what_there_was(int part)
    {
        for (int seed = part * 1000; seed < (part * 1000) + 150; seed++)
            new Run(seed).Go(400);
    }

    [Fact]
    public void Nothing_is_kept_that_no_snapshot_can_ask_for()
    {
        Run run = new(7);
        run.Go(2000);
        run.CloseAll();
        Assert.Equal(0, run.View.Rows.OlderCount);
        Assert.InRange(run.View.Rows.Count, 1, 2 * Slots);
    }

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly GrowableBuffer _scratch = new(1 << 16);
        private readonly List<(long At, TableView View, ImmutableDictionary<int, ImmutableArray<object?>> Shown)> _snapshots = [];
        private EntitySchema _schema = new TableCreated(1, "T", [new FieldSchema(1, "A", new FieldType(FieldKind.Int8), (sbyte)3), new FieldSchema(2, "S", new FieldType(FieldKind.String), null)]).ApplyTo(EntitySchema.Empty);
        private ImmutableDictionary<int, ImmutableArray<object?>> _model = ImmutableDictionary<int, ImmutableArray<object?>>.Empty;
        private long _commit = 1;

        public TableView View { get; private set; } = null!;

        public void Go(int steps)
        {
            View ??= TableView.Create(_schema.Get(1));
            for (int i = 0; i < steps; i++)
            {
                Step();
                Check();
            }
        }

        public void CloseAll()
        {
            _snapshots.Clear();
            Prune();
        }

        private void Step()
        {
            switch (_random.Next(12))
            {
                case 0 when _snapshots.Count < 5:
                    _snapshots.Add((_commit, View, _model));
                    break;
                case 1 when _snapshots.Count > 0:
                    _snapshots.RemoveAt(_random.Next(_snapshots.Count));
                    break;
                case 2 when _random.Next(4) == 0:
                    ChangeSchema();
                    break;
                case 3:
                    _commit++;
                    break;
                default:
                    ChangeComponent(_random.Next(Slots));
                    break;
            }

            if (_random.Next(3) == 0)
                Prune();
        }

        /// <summary>Everything up to the last commit but one can be seen, so that the one at hand may have several changes.</summary>
        private void Prune()
        {
            long oldest = _snapshots.Count == 0 ? _commit : _snapshots.Min(static snapshot => snapshot.At);
            View.Prune(new Lsn(oldest));
        }

        private void ChangeComponent(int slot)
        {
            _commit++;
            if (_model.ContainsKey(slot) && _random.Next(3) == 0)
            {
                View.Remove(slot, _commit, keepsOlder: true);
                _model = _model.Remove(slot);
                return;
            }

            // The fields that are written; of a component that is replaced the others have their default.
            bool replaces = !_model.TryGetValue(slot, out ImmutableArray<object?> before) || _random.Next(2) == 0;
            Dictionary<int, object?> written = View.Schema.Fields.Where(_ => _random.Next(3) > 0).ToDictionary(static field => field.Number, MakeValue);
            _model = _model.SetItem(slot, [.. View.Schema.Fields.Select((field, index) => written.TryGetValue(field.Number, out object? value) ? value : replaces ? field.Default : before[index])]);
            _scratch.Reset();
            MessagePackWriter writer = new(_scratch);
            writer.WriteMapHeader(written.Count);
            foreach ((int number, object? value) in written)
            {
                writer.WriteInteger(number);
                FieldCodec.Of(View.Schema.Fields[View.Schema.IndexOf(number)].Type).Write(writer, value);
            }

            MessagePackReader reader = new(_scratch.WrittenSpan);
            View.Set(slot, ref reader, replaces, _commit, keepsOlder: true);
            Assert.True(reader.AtEnd);
        }

        private object? MakeValue(FieldSchema field)
        {
            Assert.True(FieldCodec.Of(field.Type).TryConvert(field.Type.Kind == FieldKind.String ? $"s{_random.Next(100)}" : _random.Next(-100, 100), out object? value));
            return value;
        }

        private void ChangeSchema()
        {
            TableSchema table = View.Schema;
            FieldSchema? field = table.Fields.IsEmpty ? null : table.Fields[_random.Next(table.Fields.Length)];
            SchemaChange? change = _random.Next(4) switch
            {
                0 => new FieldAdded(1, new FieldSchema(table.NextField, $"F{table.NextField}", new FieldType(_random.Next(2) == 0 ? FieldKind.Int8 : FieldKind.String), null)),
                1 when field is not null => new FieldDropped(1, field.Number),
                2 when field is not null => new FieldRenamed(1, field.Number, $"R{_random.Next(1_000_000)}"),
                3 when field is { Type.Kind: FieldKind.Int8 } => new FieldWidened(1, field.Number, new FieldType(FieldKind.Int32)),
                3 when field is { Type.Kind: FieldKind.Int32 } => new FieldWidened(1, field.Number, new FieldType(FieldKind.Float64)),
                _ => null,
            };
            if (change is FieldAdded { Field.Type.Kind: FieldKind.Int8 } added)
                change = added with { Field = added.Field with { Default = (sbyte)9 } };
            if (change is null)
                return;
            _schema = change.ApplyTo(_schema);
            TableView next = View.With(_schema.Get(1));
            _model = _model.ToImmutableDictionary(static pair => pair.Key, pair => (ImmutableArray<object?>)[.. next.Schema.Fields.Select(now => Follow(now, table, pair.Value))]);
            View = next;
        }

        private static object? Follow(FieldSchema now, TableSchema before, ImmutableArray<object?> values)
        {
            int index = before.IndexOf(now.Number);
            if (index < 0)
                return now.Default;
            Assert.True(FieldCodec.Of(now.Type).TryConvert(values[index], out object? value));
            return value;
        }

        private void Check()
        {
            CheckOne(_commit, View, _model);
            foreach ((long at, TableView view, ImmutableDictionary<int, ImmutableArray<object?>> shown) in _snapshots)
                CheckOne(at, view, shown);
            Assert.Equal(_model.Count, View.Rows.Live);
        }

        private void CheckOne(long at, TableView view, ImmutableDictionary<int, ImmutableArray<object?>> shown)
        {
            for (int slot = 0; slot < Slots; slot++)
            {
                int row = view.Rows.Find(slot);
                object?[]? found = row < 0 ? null : view.Read(row, new Lsn(at));
                Assert.True(
                    found is null ? !shown.ContainsKey(slot) : shown.TryGetValue(slot, out ImmutableArray<object?> expected) && expected.SequenceEqual(found),
                    $"Seed {seed}: slot {slot} at {at} of {_commit}: {(found is null ? "nothing" : string.Join(',', found))}, expected {(shown.TryGetValue(slot, out ImmutableArray<object?> there) ? string.Join(',', there) : "nothing")}");
            }
        }
    }
}
