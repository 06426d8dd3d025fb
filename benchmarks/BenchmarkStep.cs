namespace Persistence.Benchmarks;

/// <summary>One thing whose time is taken.</summary>
/// <param name="What">Its row.</param>
/// <param name="Target">What it is to stay below, and in brackets what it must, in milliseconds; empty for nothing.</param>
internal sealed record BenchmarkStep(string What, string Target);
