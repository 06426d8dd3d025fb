using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>A component: whose something is.</summary>
internal readonly record struct Owner(EntityId Of, int Rank);
