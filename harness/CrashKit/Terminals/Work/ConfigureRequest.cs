using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Says what is to run in a pane when something is started in it next.</summary>
internal sealed class ConfigureRequest(long id, PaneOracle pane, PaneSpecification specification) : PaneRequest("configure-pane", id, pane)
{
    public override bool ChangesTree => true;

    public override TreeModel ApplyTo(TreeModel tree) => tree.ConfigurePane(Pane.Key, specification.ToText());

    protected override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        specification.WriteTo(json);
    }
}
