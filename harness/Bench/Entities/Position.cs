namespace Persistence.Harness.Bench.Entities;

/// <summary>A component: where something is.</summary>
internal readonly record struct Position(float X, float Y, float Z);
