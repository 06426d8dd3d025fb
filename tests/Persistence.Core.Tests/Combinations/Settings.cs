using System.Globalization;
using System.Text;

namespace Persistence.Tests.Combinations;

/// <summary>How a store of a run is configured: drawn at the beginning, and drawn anew now and then.</summary>
internal sealed class Settings
{
    private const string Unlimited = "9223372036854775807";

    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly int _kept;

    public Settings(Random random)
    {
        // Of every third store all of the log is kept: in the archive, or where it is.
        _kept = random.Next(4);
        _values["durability.mode"] = Of(random, "\"sync\"", "\"sync\"", "\"sync\"", "\"batch\"", "\"none\"");
        _values["log.segment_bytes"] = Of(random, "32768", "32768", "65536");
        _values["log.sector_bytes"] = Of(random, "512", "512", "4096");
        _values["log.frame_bytes"] = Of(random, "4096", "16384", "65536");
        _values["reserve.ballast_bytes"] = Of(random, "0", "262144", "1048576");
        _values["quarantine.files"] = Of(random, "2", "16", "16");
        _values["quarantine.bytes"] = Of(random, "1000000", "67108864");
        foreach (string directory in (string[])["log", "checkpoints", "archive"])
            _values[$"paths.{directory}"] = random.Next(5) == 0 ? $"\"{CombinedDisks.Elsewhere[random.Next(2)]}\"" : "\".\"";
        DrawRest(random);
    }

    /// <summary>Whether every position that was ever part of the history can still be read.</summary>
    public bool KeepsAll => _kept < 2;

    public bool KeepsAllInLog => _kept == 1;

    public bool IsSync => _values["durability.mode"] == "\"sync\"";

    /// <summary>Whether the archive may miss what retention took while it was off.</summary>
    public bool MayArchiveHaveGaps { get; private set; }

    public bool Archives => _values["archive.enabled"] == "true";

    public string this[string key]
    {
        get => _values[key];
        set => _values[key] = value;
    }

    public long Number(string key) => long.Parse(_values[key], CultureInfo.InvariantCulture);

    public string PlaceOf(string directory) => _values[$"paths.{directory}"].Trim('"');

    /// <summary>What can change while a store is open.</summary>
    public void DrawRest(Random random)
    {
        if (random.Next(3) == 0)
            _values["durability.mode"] = Of(random, "\"sync\"", "\"sync\"", "\"batch\"", "\"none\"");
        _values["durability.flush_interval_ms"] = Of(random, "5", "50");
        _values["log.spare_segments"] = Of(random, "0", "1", "2");
        _values["log.marker_delay_ms"] = Of(random, "0", "25");
        _values["log.segment_age_seconds"] = Of(random, "0", "0", "60");
        _values["checkpoint.log_bytes"] = Of(random, "0", "0", "40000", "150000");
        _values["checkpoint.close_bytes"] = Of(random, "0", Unlimited, Unlimited, "20000");
        _values["checkpoint.transactions"] = Of(random, "0", "0", "7");
        _values["checkpoint.interval_seconds"] = Of(random, "0", "0", "100");
        _values["checkpoint.retained"] = Of(random, "1", "2", "2", "3");
        _values["checkpoint.increments"] = Of(random, "0", "2", "5");
        _values["checkpoint.increment_from_bytes"] = Of(random, "0", "0", "3000");
        _values["compaction.size_bytes"] = Of(random, "0", "0", "4000");
        _values["compaction.ratio_percent"] = Of(random, "0", "50");
        _values["compaction.age_seconds"] = Of(random, "0", "0", "200");
        _values["compression.enabled"] = Of(random, "true", "false");
        _values["log.retain_bytes"] = KeepsAllInLog ? Unlimited : Of(random, "0", "0", "100000", "300000");
        _values["log.retain_segments"] = KeepsAllInLog ? "0" : Of(random, "0", "0", "3");
        _values["log.retain_seconds"] = KeepsAllInLog ? "0" : Of(random, "0", "0", "500");
        _values["archive.enabled"] = _kept == 0 ? "true" : Of(random, "true", "false");
        MayArchiveHaveGaps |= !Archives;
        _values["archive.retain_files"] = KeepsAll ? "0" : Of(random, "0", "0", "1", "4");
        _values["archive.retain_seconds"] = KeepsAll ? "0" : Of(random, "0", "0", "800");
        _values["archive.retain_bytes"] = KeepsAll ? "0" : Of(random, "0", "0", "20000");
    }

    /// <summary>As <c>persistence.toml</c> has it.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        foreach (IGrouping<string, KeyValuePair<string, string>> section in _values.GroupBy(setting => setting.Key.Split('.')[0]))
        {
            text.Append(CultureInfo.InvariantCulture, $"[{section.Key}]\n");
            foreach ((string key, string value) in section)
                text.Append(CultureInfo.InvariantCulture, $"{key.Split('.')[1]} = {value}\n");
        }

        return text.ToString();
    }

    /// <summary>In one line.</summary>
    public override string ToString() => string.Join(' ', _values.Select(setting => $"{setting.Key}={setting.Value}"));

    private static string Of(Random random, params string[] values) => values[random.Next(values.Length)];
}
