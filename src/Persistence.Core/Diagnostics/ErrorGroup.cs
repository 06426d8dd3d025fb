using System.Globalization;

namespace Persistence.Diagnostics;

/// <summary>Errors with one cause that were recognised as one finding, and those that came since. For one thread.</summary>
internal sealed class ErrorGroup
{
    private const int NamesMax = 8;

    private readonly StoreError _cause;
    private readonly SortedDictionary<StoreError, int> _counts = [];
    private readonly List<string> _stores = [];
    private readonly List<int> _owners = [];
    private readonly SeenError _first;
    private SeenError _last;
    private int _count;

    public ErrorGroup(StoreError cause, IReadOnlyList<SeenError> errors)
    {
        _cause = cause;
        _first = _last = errors[0];
        foreach (SeenError error in errors)
            Add(error);
    }

    public long LastTimestamp => _last.Timestamp;

    public long FirstTimestamp => _first.Timestamp;

    public void Add(SeenError error)
    {
        _count++;
        _counts[error.Error] = _counts.GetValueOrDefault(error.Error) + 1;
        _last = error;
        Note(_stores, error.Store);
        if (error.OwnerProcessId is int owner)
            Note(_owners, owner);
    }

    /// <param name="elapsed">From the first of the errors to the last.</param>
    public ErrorFinding ToFinding(TimeSpan elapsed)
    {
        int symptoms = _count - _counts.GetValueOrDefault(_cause);
        ErrorFindingKind kind = ErrorPatterns.Recognise(_cause, _count, symptoms)!.Value;
        return new ErrorFinding
        {
            Kind = kind,
            Error = _cause,
            Symptoms = _counts.Keys.Where(error => error != _cause).ToArray(),
            Count = _count,
            Stores = _stores.ToArray(),
            OwnerProcessIds = _owners.ToArray(),
            FirstSeen = _first.Time,
            LastSeen = _last.Time,
            Message = Describe(kind, elapsed),
            Suggestion = kind == ErrorFindingKind.LockContention ? ErrorSuggestions.ForLockContention(_owners) : SuggestFor(kind),
        };
    }

    private static void Note<T>(List<T> names, T name)
    {
        if (names.Count < NamesMax && !names.Contains(name))
            names.Add(name);
    }

    private string Describe(ErrorFindingKind kind, TimeSpan elapsed) => kind switch
    {
        ErrorFindingKind.LockContention => $"{_counts[_cause]} lock timeouts{In(elapsed)}{On()}, {HeldBy()}{RefusedAtOnce()}.",
        ErrorFindingKind.CommonCause => $"{_cause}{On()} is the likely cause of {DescribeSymptoms()}{In(elapsed)}.",
        _ => $"{_count} {_cause} errors{In(elapsed)}{On()}.",
    };

    private string DescribeSymptoms() =>
        string.Join(" and ", _counts.Where(pair => pair.Key != _cause).Select(pair => pair.Value == 1 ? $"one {pair.Key} error" : $"{pair.Value} {pair.Key} errors"));

    private static string In(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $" in {Math.Max(1, Math.Ceiling(elapsed.TotalSeconds))} s");

    private string On() => _stores.Count switch
    {
        1 => $" on store '{_stores[0]}'",
        NamesMax => $" on {NamesMax} stores or more",
        _ => $" on {_stores.Count} stores",
    };

    private string HeldBy() => _owners.Count switch
    {
        0 => "held by an unknown process",
        1 => $"held by process {_owners[0]} each time",
        _ => "held by changing processes",
    };

    private string RefusedAtOnce() =>
        _counts.TryGetValue(StoreError.CircuitOpen, out int refused) ? $"; {refused} more were refused at once by the open circuit" : "";

    private string SuggestFor(ErrorFindingKind kind)
    {
        string suggestion = ErrorSuggestions.For(_cause);
        return kind == ErrorFindingKind.CommonCause && _counts.ContainsKey(StoreError.StoreFaulted) ? $"{suggestion} Then open the store again." : suggestion;
    }
}
