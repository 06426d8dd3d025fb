using System.Text;

namespace Persistence.Configuration;

/// <summary>The document of all keys, made from their table: <c>docs/configuration.md</c>.</summary>
public static class ConfigurationReference
{
    private const string Introduction = """
        # Configuration

        <!-- Made from the table of keys: change ConfigurationKeys.cs or ConfigurationReference.cs, and run build.ps1 -Task Docs. -->

        A store is configured by the file `persistence.toml` in its directory, which need not be there. Each key has a default. A later source overrides those before it:

        | source | how | counts for |
        |---|---|---|
        | the file | `persistence.toml`, written by hand or by `Set-WalConfiguration` | whoever opens the store, and those who have it open |
        | the environment | `PERSISTENCE_<SECTION>_<KEY>`, for example `PERSISTENCE_LOG_SEGMENT_BYTES=65536`; a variable without content is not set. The items of a list are separated by commas or semicolons; one of these alone is the empty list | stores that a process opens from then on |
        | a parameter | of `Open-WalStore`, `New-WalStore`, `Use-WalStore` and the commands that open a store, or `OptionOverrides` of `PersistenceStore.OpenConfigured` | that opening |

        `Get-WalConfiguration` shows each key's value and who said so, `Set-WalConfiguration` writes keys into the file and keeps everything else in it, `Reset-WalConfiguration` takes
        them out. Those who change the file at the same time wait for each other, by a lock on `persistence.toml.lock`, an empty file that stays beside it; an editor does not. A program that calls `PersistenceStore.Open` with `StoreOptions` gets exactly these: neither the file nor the environment counts.

        ```toml
        # persistence.toml
        [durability]
        mode = "batch"
        flush_interval_ms = 20

        [checkpoint]
        interval_seconds = 3_600

        [terminals]
        secret_patterns = [
            "*PASSWORD*", "*TOKEN*",  # and whatever else they are called here
            "ACME_*",
        ]
        ```

        ## What the file may hold

        The part of TOML 1.0 that is needed: comments, sections in brackets, keys that are bare or in quotes, strings of one line in `"` or `'`, decimal integers with or without underscores, `true` and
        `false`, and lists of these in brackets, over several lines and with comments if need be. Dotted keys, nested tables, arrays of tables, lists in
        lists, inline tables, floating-point numbers, dates, strings of several lines and integers of other bases are refused. The file is UTF-8, with at most 64 KiB.

        Everything that is wrong is the error `ConfigurationInvalid`, with file, line and column, the key and what it takes; or with the environment variable. A section or key that is not known is refused, with the
        one that may have been meant. Nothing is repeated of a text that stands where a value should: it may be a secret that got there by mistake.

        A file that is wrong keeps a store from being opened for writing, before anything is changed. Reading needs none of it and goes on; `Get-WalStore -Health` says that the file is wrong.

        ## While a store is open

        A writer that was opened by the module, or by `PersistenceStore.OpenConfigured`, looks at the file about once a second. A change counts once it has been seen twice, so that no editor is caught in the middle of
        writing; `Set-WalConfiguration` in the same process, and `ReloadConfiguration`, make it count at once. Keys marked *yes* below take their new value then. The others keep the one they have until the store is opened again:
        `Get-WalConfiguration` shows what is pending, and health has a finding. The environment and parameters are those of the opening for as long as the store is open.

        A file that becomes wrong while the store is open changes nothing: the store goes on with what it had, its health is `Degraded` with the error, and it is well again once the file is mended.

        ## The keys

        The unit is the last word of a key: `_bytes`, `_ms` (milliseconds), `_seconds`. A pattern matches a whole name: `*` stands for any characters or none, `?` for exactly one, and every other
        character for itself, in whatever case. A list takes the place of the default, and does not add to it.

        """;

    /// <summary>The document, in Markdown.</summary>
    public static string ToMarkdown()
    {
        StringBuilder text = new(Introduction.ReplaceLineEndings("\n"));
        foreach (string section in ConfigurationKeys.Sections)
        {
            text.Append($"\n### [{section}]\n\n| key | takes | default | while open | what it does |\n|---|---|---|---|---|\n");
            foreach (ConfigurationKey key in ConfigurationKeys.All.Where(key => key.Section == section))
                text.Append($"| `{key.Name}` | {key.Allowed} | `{key.Format(key.Default)}` | {(key.CanChangeWhileOpen ? "yes" : "at the next opening")} | {key.Description} |\n");
        }

        return text.ToString();
    }
}
