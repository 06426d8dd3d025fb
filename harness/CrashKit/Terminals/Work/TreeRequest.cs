using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request that changes the tree.</summary>
/// <param name="name">Its name.</param>
/// <param name="write">Writes its fields.</param>
/// <param name="change">What it does.</param>
internal class TreeRequest(string name, Action<Utf8JsonWriter> write, Func<TreeModel, TreeModel> change) : HostRequest(name)
{
    public override bool ChangesTree => true;

    public override TreeModel ApplyTo(TreeModel tree) => change(tree);

    protected override void Write(Utf8JsonWriter json) => write(json);
}
