namespace Persistence.Tests.Terminals.Model;

/// <summary>A session and its windows, by index.</summary>
internal sealed class ModelSession
{
    public required long Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Name { get; set; }

    public SortedDictionary<string, string> Metadata { get; private set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Environment { get; private set; } = new(StringComparer.Ordinal);

    public SortedDictionary<int, ModelWindow> Windows { get; private set; } = [];

    public long Active { get; set; }

    public ModelSession Copy()
    {
        ModelSession copy = (ModelSession)MemberwiseClone();
        copy.Metadata = new SortedDictionary<string, string>(Metadata, StringComparer.Ordinal);
        copy.Environment = new SortedDictionary<string, string>(Environment, StringComparer.Ordinal);
        copy.Windows = new SortedDictionary<int, ModelWindow>(Windows.ToDictionary(static window => window.Key, static window => window.Value.Copy()));
        return copy;
    }
}
