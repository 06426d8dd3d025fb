using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Persistence.Tests.Storage;

namespace Persistence.Tests.Configuration;

/// <summary>A store opened as its <c>persistence.toml</c> says, on a simulated file system, with small segments and otherwise nothing in the background.</summary>
internal sealed class ConfiguredStore : IDisposable
{
    private static readonly Dictionary<string, string> Quiet = new()
    {
        ["log.segment_bytes"] = "65536",
        ["log.sector_bytes"] = "512",
        ["log.spare_segments"] = "0",
        ["log.marker_delay_ms"] = "0",
        ["log.retain_bytes"] = "0",
        ["checkpoint.log_bytes"] = "0",
        ["reserve.ballast_bytes"] = "0",
        ["checkpoint.close_bytes"] = $"{long.MaxValue}",
    };

    private ConfiguredStore(StoreHost host, OptionOverrides? given)
    {
        Host = host;
        KeyValue = new KeyValueState();
        Terminals = new TerminalState();
        Store = PersistenceStore.OpenConfigured(host, [KeyValue, Terminals], given);
    }

    public StoreHost Host { get; }

    public PersistenceStore Store { get; }

    public KeyValueState KeyValue { get; }

    public TerminalState Terminals { get; }

    public static ConfiguredStore Create(Told told, params (string Key, object Value)[] settings) => Create(TestStore.HostFor(new SimulatedFileSystem()), told, settings);

    /// <summary>A store that is told these settings, beside the quiet ones, before or after it is opened.</summary>
    public static ConfiguredStore Create(StoreHost host, Told told, params (string Key, object Value)[] settings)
    {
        WriteFile(host.Files, told == Told.AtOpening ? TextOf(settings) : TextOf());
        PersistenceStore.Create(host, ConfigurationFile.Load(host).Options);
        ConfiguredStore store = new(host, given: null);
        if (told == Told.WhileOpen)
        {
            WriteFile(host.Files, TextOf(settings));
            store.Store.ReloadConfiguration();
        }

        return store;
    }

    public static ConfiguredStore Open(StoreHost host, OptionOverrides? given = null) => new(host, given);

    /// <summary>The quiet settings with others in their place.</summary>
    public static string TextOf(params (string Key, object Value)[] settings)
    {
        Dictionary<string, string> all = new(Quiet);
        foreach ((string key, object value) in settings)
            all[key] = ConfigurationKeys.Find(key)!.Format(ConfigurationKeys.Find(key)!.Accept(value));
        StringBuilder text = new("# Written by a test.\n");
        foreach (IGrouping<string, KeyValuePair<string, string>> section in all.GroupBy(setting => setting.Key.Split('.')[0]))
        {
            text.Append($"[{section.Key}]\n");
            foreach ((string key, string value) in section)
                text.Append($"{key.Split('.')[1]} = {value}\n");
        }

        return text.ToString();
    }

    /// <summary>As an editor does that knows nothing of stores: over the old content.</summary>
    public static void WriteFile(IFileSystem files, string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        using IFile file = files.FindText(ConfigurationFile.Name) is null ? files.Open(ConfigurationFile.Name, FileIntent.CreateNew) : files.Open(ConfigurationFile.Name, FileIntent.ReadWrite);
        file.SetLength(0);
        file.Write(content, 0);
    }

    public CommitResult Set(string key, string value) => KeyValue.Set(key, TestStore.Encode(value));

    /// <summary>Names in <c>wal/</c>, without those of spares.</summary>
    public string[] Segments() => [.. Host.Files.List("wal").Select(entry => entry.Name).Where(name => !name.StartsWith("spare-", StringComparison.Ordinal))];

    public void Dispose() => Store.Dispose();
}
