namespace Persistence.Tests.Entities.Model;

/// <summary>One step of a run. What the numbers choose depends on what there is when it is taken, so that any list of steps can be gone through, and any part of one too.</summary>
internal sealed record EntityStep(EntityStepKind Kind, int A, int B, int C)
{
    public override string ToString() => $"new({nameof(EntityStepKind)}.{Kind}, {A}, {B}, {C})";
}
