namespace Persistence.Harness.Bench.Entities;

/// <summary>An entity to be inserted.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Owner">Which of the entities inserted before it is the owner; null: none.</param>
/// <param name="Rank">Some number.</param>
internal readonly record struct EntitySample(Position Position, Name Name, int? Owner, int Rank);
