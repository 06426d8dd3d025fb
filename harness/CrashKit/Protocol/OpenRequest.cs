using System.Text.Json;

namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"open":{"dir":"…","epoch":3,"seed":1,…}}</c>: open the store in a directory, creating it where there is none, and get ready to run a workload on it.</summary>
internal sealed record OpenRequest
{
    /// <summary>The store's directory.</summary>
    public required string Directory { get; init; }

    /// <summary>How often the store was opened before: makes values unique across processes.</summary>
    public int Epoch { get; init; }

    /// <summary>Where the worker's random choices come from.</summary>
    public long Seed { get; init; }

    /// <summary>Where the store's options come from: the same in all its epochs.</summary>
    public long ProfileSeed { get; init; }

    /// <summary>How many threads write.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>The workload's name.</summary>
    public string Workload { get; init; } = "mixed";

    /// <summary>Whether clients beside the workload append to lists and read them.</summary>
    public bool HasLists { get; init; }

    /// <summary>Sync, Batch or None.</summary>
    public string Durability { get; init; } = "Sync";

    /// <summary>Where to die, or null to wait for the signal.</summary>
    public KillOrder? Kill { get; init; }

    /// <summary>As one line of the protocol, without the line end.</summary>
    public byte[] ToLine()
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("open");
            writer.WriteString("dir", Directory);
            writer.WriteNumber("epoch", Epoch);
            writer.WriteNumber("seed", Seed);
            writer.WriteNumber("profile", ProfileSeed);
            writer.WriteNumber("writers", Writers);
            writer.WriteString("workload", Workload);
            writer.WriteString("durability", Durability);
            if (HasLists)
                writer.WriteBoolean("lists", true);
            if (Kill is not null)
                Write(writer, Kill);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return line.ToArray();
    }

    public static OpenRequest Read(JsonElement body) => new()
    {
        Directory = body.GetProperty("dir").GetString() ?? throw new ProtocolException("'dir' is null."),
        Epoch = body.TryGetProperty("epoch", out JsonElement epoch) ? epoch.GetInt32() : 0,
        Seed = body.TryGetProperty("seed", out JsonElement seed) ? seed.GetInt64() : 0,
        ProfileSeed = body.TryGetProperty("profile", out JsonElement profile) ? profile.GetInt64() : 0,
        Writers = body.TryGetProperty("writers", out JsonElement writers) ? writers.GetInt32() : 1,
        Workload = body.TryGetProperty("workload", out JsonElement workload) ? workload.GetString() ?? "" : "mixed",
        HasLists = body.TryGetProperty("lists", out JsonElement lists) && lists.GetBoolean(),
        Durability = body.TryGetProperty("durability", out JsonElement durability) ? durability.GetString() ?? "" : "Sync",
        Kill = body.TryGetProperty("kill", out JsonElement kill) ? ReadKill(kill) : null,
    };

    private static void Write(Utf8JsonWriter writer, KillOrder kill)
    {
        writer.WriteStartObject("kill");
        writer.WriteString("point", KillPoints.NameOf(kill.Point));
        writer.WriteNumber("skip", kill.Skip);
        writer.WriteNumber("cut", kill.CutFraction);
        writer.WriteBoolean("garbage", kill.LeavesGarbage);
        writer.WriteEndObject();
    }

    private static KillOrder ReadKill(JsonElement body) => new(
        KillPoints.Parse(body.GetProperty("point").GetString() ?? ""),
        body.GetProperty("skip").GetInt32(),
        body.GetProperty("cut").GetDouble(),
        body.GetProperty("garbage").GetBoolean());
}
