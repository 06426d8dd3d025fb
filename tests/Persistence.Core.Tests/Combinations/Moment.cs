using System.Collections.Immutable;
using Persistence.State;

namespace Persistence.Tests.Combinations;

/// <summary>A commit and the state with it, as the model has them.</summary>
/// <param name="Number">The how-manieth of the run.</param>
/// <param name="Parent">The commit before it in its history; null for the beginning of a store.</param>
/// <param name="First">Where its first record starts.</param>
/// <param name="End">Behind its last record.</param>
/// <param name="Time">When it was sequenced, 100 ns units since 1970-01-01 UTC.</param>
/// <param name="State">Every key with its value.</param>
/// <param name="Note">The application record it has, or null.</param>
internal sealed record Moment(int Number, Moment? Parent, Lsn First, Lsn End, long Time, ImmutableSortedDictionary<string, string> State, string? Note)
{
    /// <summary>Whether it is known that its frame has nothing behind it.</summary>
    public bool EndsFrame { get; set; }

    /// <summary>Whether it was durable once.</summary>
    public bool WasDurable { get; set; }

    /// <summary>A position inside its last record: as a target, the state with it.</summary>
    public Lsn Target => new(End.Value - 1);

    public bool IsBeginning => Parent is null;

    /// <summary>This one and those before it, newest first.</summary>
    public IEnumerable<Moment> Path()
    {
        for (Moment? moment = this; moment is not null; moment = moment.Parent)
            yield return moment;
    }

    public bool IsOnPathOf(Moment other) => other.Path().TakeWhile(moment => moment.Number >= Number).Contains(this);

    /// <summary>The newest of this history that ends at or below a position.</summary>
    public Moment? At(Lsn end) => Path().FirstOrDefault(moment => moment.End <= end);

    public bool Equals(Moment? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Number;

    public override string ToString() => $"commit {Number} [{First}..{End})";
}
