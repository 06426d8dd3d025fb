using Xunit;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>Tests that count what the whole process has, or take it away: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PtyLeaks
{
    public const string Name = "Pseudo-terminals, alone";
}
