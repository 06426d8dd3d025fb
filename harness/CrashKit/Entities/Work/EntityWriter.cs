using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>What one writer believes of its own entities, operation after operation.</summary>
/// <param name="model">What there is to begin with.</param>
/// <param name="given">The ids of all writers.</param>
internal sealed class EntityWriter(WriterModel model, GivenIds given)
{
    /// <summary>What it believes.</summary>
    public WriterModel Model { get; private set; } = model;

    /// <summary>Whether the store stopped at something it had begun: what it believes may be there, or not.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>The turn of an operation.</summary>
    /// <returns>Null where it has nothing to do with entities.</returns>
    public EntityTurn? Begin(PlannedOperation operation) => operation.Entities is null ? null : new EntityTurn(operation, Model, given);

    /// <summary>An operation was committed or rolled back, or is on its way.</summary>
    public void Accept(EntityTurn turn)
    {
        turn.NoteEnded();
        Model = turn.After;
    }

    /// <summary>The store stopped at an operation, and whatever comes after it fails too.</summary>
    public void Withdraw(EntityTurn turn)
    {
        if (!IsInDoubt)
            Model = turn.Before;
        IsInDoubt = true;
    }
}
