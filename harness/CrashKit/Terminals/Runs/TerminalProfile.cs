using System.Globalization;
using Persistence.Configuration;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>The <c>persistence.toml</c> of a store, drawn from a seed: small segments and frequent checkpoints, so that rolls, increments and compactions come all the time and output moves into checkpoints.</summary>
internal static class TerminalProfile
{
    /// <param name="seed">Where the choices come from.</param>
    /// <param name="durability">When a commit is promised.</param>
    public static string Create(long seed, DurabilityMode durability)
    {
        Random random = new(Mixer.Fold(seed));
        string archives = random.Next(3) == 0 ? "true" : "false";
        return string.Create(CultureInfo.InvariantCulture, $"""
            [durability]
            mode = "{durability.ToString().ToLowerInvariant()}"
            flush_interval_ms = {Pick(random, 2, 10, 50)}

            [log]
            segment_bytes = {Pick(random, 128, 256, 1024) << 10}
            sector_bytes = {Pick(random, 512, 512, 4096)}
            frame_bytes = {Pick(random, 32, 4096, 4096) << 10}
            spare_segments = {Pick(random, 0, 1, 2)}
            retain_bytes = {Pick(random, 0, 0, 4 << 20)}
            marker_delay_ms = {Pick(random, 0, 5, 25)}

            [checkpoint]
            log_bytes = {Pick(random, 0, 256, 1024) << 10}
            interval_seconds = {Pick(random, 0, 1, 1)}
            transactions = {Pick(random, 0, 0, 60)}
            retained = {Pick(random, 1, 2, 3)}
            increments = {Pick(random, 1, 2, 8)}
            increment_from_bytes = 0

            [compaction]
            size_bytes = {Pick(random, 0, 64, 1024) << 10}

            [archive]
            enabled = {archives}
            retain_files = 4

            [reserve]
            ballast_bytes = {Pick(random, 0, 65536, 262144)}

            [compression]
            enabled = {(random.Next(3) == 0 ? "false" : "true")}

            [terminals]
            scrollback_memory_bytes = 1048576
            output_batch_bytes = {Pick(random, 1, 16, 64) << 10}
            output_batch_ms = {Pick(random, 0, 2, 10)}
            directory_interval_ms = {Pick(random, 5, 20, 50)}

            """);
    }

    private static int Pick(Random random, int first, int second, int third) => random.Next(3) switch { 0 => first, 1 => second, _ => third };
}
