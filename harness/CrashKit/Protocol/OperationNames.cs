using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Protocol;

/// <summary>The protocol's words for operations.</summary>
internal static class OperationNames
{
    public static string Of(OperationKind kind) => kind switch
    {
        OperationKind.Put => "put",
        OperationKind.Delete => "delete",
        OperationKind.Batch => "batch",
        OperationKind.Transaction => "transaction",
        OperationKind.Rollback => "rollback",
        OperationKind.Record => "record",
        OperationKind.Checkpoint => "checkpoint",
        OperationKind.Rotate => "rotate",
        OperationKind.Flush => "flush",
        OperationKind.Compact => "compact",
        OperationKind.Schema => "schema",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static OperationKind Parse(string name) => name switch
    {
        "put" => OperationKind.Put,
        "delete" => OperationKind.Delete,
        "batch" => OperationKind.Batch,
        "transaction" => OperationKind.Transaction,
        "rollback" => OperationKind.Rollback,
        "record" => OperationKind.Record,
        "checkpoint" => OperationKind.Checkpoint,
        "rotate" => OperationKind.Rotate,
        "flush" => OperationKind.Flush,
        "compact" => OperationKind.Compact,
        "schema" => OperationKind.Schema,
        _ => throw new ProtocolException($"There is no operation '{name}'."),
    };
}
