using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>A table, as it has to be. It never changes; a change makes another one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">How often it was changed, and 1.</param>
/// <param name="Fields">Its fields, in the order of their numbers. The first is a text, and is never dropped; nor is the last, unless the name says what number comes next.</param>
internal sealed record ModelTable(string Name, int Version, ImmutableArray<ModelField> Fields)
{
    /// <summary>The number of the next field.</summary>
    public int NextField => Math.Max(Fields[^1].Number + 1, TableNames.NextFieldOf(Name));

    public static ModelTable Create(string name, IEnumerable<FieldDefinition> fields) =>
        new(name, 1, [.. fields.Select(static (field, index) => ModelField.Create(index + 1, field))]);

    public ModelTable Rename(string name) => Next() with { Name = name };

    public ModelTable Add(FieldDefinition field) => Next() with { Fields = Fields.Add(ModelField.Create(NextField, field)) };

    public ModelTable Drop(int number) => Next() with { Fields = Fields.Remove(Get(number)) };

    public ModelTable RenameField(int number, string name) => Replace(number, field => field with { Name = name });

    public ModelTable Widen(int number, FieldType type) => Replace(number, field => field with { Type = type });

    /// <summary>The field of a number.</summary>
    public ModelField Get(int number) => Fields.First(field => field.Number == number);

    /// <summary>A component in words; <see cref="EntityTexts.OfComponent"/> says the same of one that a store shows.</summary>
    public string Describe(ModelComponent component)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Version}");
        foreach (ModelField field in Fields)
            EntityTexts.Append(text, field.Name, component.Values[field.Number]);
        return text.ToString();
    }

    /// <summary>What <see cref="Describe(ModelComponent)"/> has said.</summary>
    public ModelComponent Read(string text)
    {
        ImmutableSortedDictionary<int, string>.Builder values = ImmutableSortedDictionary.CreateBuilder<int, string>();
        foreach (string part in text.Split(EntityTexts.Separator).Skip(1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            values.Add(Fields.First(field => field.Name == part[..equals]).Number, part[(equals + 1)..]);
        }

        return new ModelComponent(values.ToImmutable());
    }

    /// <inheritdoc/>
    public override string ToString() => EntityTexts.OfTable(Version, Name, Fields.Select(static field => (field.Number, field.Name, field.Type, field.Default)));

    /// <summary>What <see cref="ToString"/> has said.</summary>
    public static ModelTable Parse(string text)
    {
        string[] parts = text.Split(EntityTexts.Separator);
        return new ModelTable(parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture), [.. parts.Skip(2).Select(ParseField)]);
    }

    private static ModelField ParseField(string text)
    {
        string[] parts = text.Split(':', 3);
        int equals = parts[2].IndexOf('=', StringComparison.Ordinal);
        return new ModelField(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], FieldType.Parse(parts[2][..equals]), parts[2][(equals + 1)..]);
    }

    private ModelTable Next() => this with { Version = Version + 1 };

    private ModelTable Replace(int number, Func<ModelField, ModelField> change) => Next() with { Fields = Fields.Replace(Get(number), change(Get(number))) };
}
