using System.Collections.Immutable;
using Persistence.State;

namespace Persistence.Tests.Entities.Model;

/// <summary>A capture that is under way.</summary>
/// <param name="capture">The capture.</param>
/// <param name="before">The items that it builds on.</param>
/// <param name="at">It has what was committed below.</param>
/// <param name="model">What it is to show.</param>
internal sealed class CaptureRun(IStateCapture capture, ImmutableList<byte[]> before, Lsn at, ModelState model)
{
    public IStateCapture Capture => capture;

    public Lsn At => at;

    public ModelState Model => model;

    /// <summary>Those it builds on, and its own by now.</summary>
    public ImmutableList<byte[]> Items { get; set; } = before;
}
