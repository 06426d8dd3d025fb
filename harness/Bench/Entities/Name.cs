namespace Persistence.Harness.Bench.Entities;

/// <summary>A component: what something is called.</summary>
internal readonly record struct Name(string Text);
