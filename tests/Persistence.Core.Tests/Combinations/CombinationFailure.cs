using System.Globalization;

namespace Persistence.Tests.Combinations;

/// <summary>A run that failed.</summary>
/// <param name="Seed">The run's.</param>
/// <param name="Configuration">The store's, when it failed.</param>
/// <param name="Steps">Up to the one that failed.</param>
/// <param name="Cause">How.</param>
internal sealed record CombinationFailure(int Seed, string Configuration, IReadOnlyList<Step> Steps, Exception Cause)
{
    /// <summary>What makes two failures alike.</summary>
    public string Sign => $"{Cause.GetType().Name} {new string([.. Cause.Message.Where(letter => !char.IsDigit(letter)).Take(40)])}";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"seed {Seed}, {Steps.Count} steps:\n{string.Join(' ', Steps)}\n{Cause}\n{Configuration}");
}
