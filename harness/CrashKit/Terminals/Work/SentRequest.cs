using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request that was sent.</summary>
/// <param name="Number">Which request of its host it is.</param>
/// <param name="Request">The request.</param>
/// <param name="Error">The error it has to be refused with, or null.</param>
/// <param name="After">The tree after it.</param>
internal sealed record SentRequest(long Number, HostRequest Request, string? Error, TreeModel After)
{
    public override string ToString() => $"{Number} {Request}{(Error is null ? "" : $" (to be refused: {Error})")}";
}
