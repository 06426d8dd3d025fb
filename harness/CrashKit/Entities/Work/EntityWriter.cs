using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>What one writer believes of its own entities, operation after operation.</summary>
/// <param name="model">What there is to begin with.</param>
/// <param name="given">The ids of all writers.</param>
internal sealed class EntityWriter(WriterModel model, GivenIds given)
{
    private bool _hasWithdrawn;

    /// <summary>What it believes.</summary>
    public WriterModel Model { get; private set; } = model;

    /// <summary>The turn of an operation.</summary>
    /// <returns>Null where it has nothing to do with entities.</returns>
    public EntityTurn? Begin(PlannedOperation operation) => operation.Entities is null ? null : new EntityTurn(operation, Model, given);

    /// <summary>An operation was committed or rolled back, or is on its way.</summary>
    public void Accept(EntityTurn turn)
    {
        turn.NoteEnded();
        Model = turn.After;
    }

    /// <summary>An operation that was on its way has failed, and with it all that came after it: the store has stopped.</summary>
    public void Withdraw(EntityTurn turn)
    {
        if (!_hasWithdrawn)
            Model = turn.Before;
        _hasWithdrawn = true;
    }
}
