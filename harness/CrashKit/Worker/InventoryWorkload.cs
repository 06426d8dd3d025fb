using System.Globalization;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>A job somebody might do: record every installed package, pass after pass, each writer its share of them.</summary>
internal sealed class InventoryWorkload(int epoch, int writer, int writers) : IWorkload
{
    private const int CheckpointEvery = 400;

    private readonly IReadOnlyList<KeyValuePair<string, string>> _inventory = Inventory.Read();
    private int _count;

    public PlannedOperation Next()
    {
        _count++;
        if (writer == 0 && _count % CheckpointEvery == 0)
            return new PlannedOperation(OperationKind.Checkpoint, []);
        int place = (int)((((long)_count * writers) + writer) % _inventory.Count);
        (string name, string version) = _inventory[place];
        string id = string.Create(CultureInfo.InvariantCulture, $"{epoch}.{writer}.{_count}");
        return new PlannedOperation(OperationKind.Put, [new KeyWrite($"package/{name}", $"{id}|{version}")]);
    }
}
