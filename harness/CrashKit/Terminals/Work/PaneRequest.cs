using System.Globalization;
using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request about what runs in a pane.</summary>
/// <param name="name">Its name.</param>
/// <param name="id">The host's number of the pane.</param>
/// <param name="pane">The pane.</param>
internal abstract class PaneRequest(string name, long id, PaneOracle pane) : HostRequest(name)
{
    protected PaneOracle Pane => pane;

    protected string Place => string.Create(CultureInfo.InvariantCulture, $"pane {id}");

    protected override void Write(Utf8JsonWriter json) => json.WriteNumber("pane", id);
}
