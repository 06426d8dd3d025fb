using System.Text.Json;

namespace Persistence.Harness.Bench;

/// <summary>One row of a benchmark's table.</summary>
/// <param name="Line">As a line for people.</param>
/// <param name="WriteJson">Writes its fields into a JSON object that is begun and ended elsewhere.</param>
internal sealed record BenchRow(string Line, Action<Utf8JsonWriter> WriteJson);
