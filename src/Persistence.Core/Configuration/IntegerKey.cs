using System.Globalization;

namespace Persistence.Configuration;

/// <summary>A key that takes whole numbers.</summary>
internal sealed class IntegerKey : ConfigurationKey
{
    private readonly long _least;
    private readonly long _most;
    private readonly int _multipleOf;
    private readonly long[] _values;

    /// <param name="section">The section.</param>
    /// <param name="name">The key, its unit last.</param>
    /// <param name="property">The option.</param>
    /// <param name="least">The least value.</param>
    /// <param name="most">The greatest.</param>
    /// <param name="multipleOf">What it must be a multiple of.</param>
    public IntegerKey(string section, string name, OptionProperty property, long least, long most, int multipleOf = 1)
        : base(section, name, property, ConfigurationKind.Number, TypeFor(most), Describe(least, most, multipleOf))
    {
        _least = least;
        _most = most;
        _multipleOf = multipleOf;
        _values = [];
    }

    /// <summary>One that takes some numbers only.</summary>
    public IntegerKey(string section, string name, OptionProperty property, params long[] values)
        : base(section, name, property, ConfigurationKind.Number, TypeFor(values.Max()), string.Join(" or ", values))
    {
        _least = values.Min();
        _most = values.Max();
        _multipleOf = 1;
        _values = values;
    }

    /// <summary>The least value it takes.</summary>
    public long Least => _least;

    /// <summary>The greatest value it takes.</summary>
    public long Most => _most;

    public override string Format(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    public override object Accept(object value)
    {
        if (value is not (long or int or short or byte or uint or ushort or sbyte))
            throw Refuse("takes a whole number");
        long number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        bool isIn = number >= _least && number <= _most && number % _multipleOf == 0 && (_values.Length == 0 || _values.Contains(number));
        return isIn ? number : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"is {number}"));
    }

    internal override object Parse(string text)
    {
        if (!TomlInteger.TryParse(text, out long number))
            throw Refuse("takes a whole number");
        return Accept(number);
    }

    private protected override object ToValue(object optionValue) => Convert.ToInt64(optionValue, CultureInfo.InvariantCulture);

    private static Type TypeFor(long most) => most <= int.MaxValue ? typeof(int) : typeof(long);

    private static string Describe(long least, long most, int multipleOf) =>
        string.Create(CultureInfo.InvariantCulture, $"{least} to {most}") + (multipleOf == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", a multiple of {multipleOf}"));
}
