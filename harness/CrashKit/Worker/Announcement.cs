using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>Says what an operation is about to do: at once, or, where the store gives out ids for it first, when these are known.</summary>
internal sealed class Announcement
{
    private readonly WorkerChannel _channel;
    private readonly long _number;
    private readonly PlannedOperation _operation;
    private bool _isSaid;

    public Announcement(WorkerChannel channel, long number, PlannedOperation operation, EntityTurn? turn)
    {
        _channel = channel;
        _number = number;
        _operation = operation;
        Turn = turn;
        if (turn is null)
            SayOnce();
        else
            turn.Announce = SayWithEffects;
    }

    /// <summary>What the operation does to entities, or null.</summary>
    public EntityTurn? Turn { get; }

    /// <summary>Says it, unless it was said: then it did not come to its effects on entities.</summary>
    public void SayOnce()
    {
        if (!_isSaid)
            Say(_operation.DescribeWrites());
    }

    private void SayWithEffects() => Say([.. _operation.DescribeWrites(), .. Turn!.DescribeEffects()]);

    private void Say(IReadOnlyList<KeyWrite> writes)
    {
        _isSaid = true;
        // What is done to one entity is as many writes as there is to be seen of it.
        bool isBatch = Turn is not null && _operation.Kind is OperationKind.Put or OperationKind.Delete;
        _channel.Intent(_number, isBatch ? OperationKind.Batch : _operation.Kind, writes, _operation.DescribeRecord());
    }
}
