using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Persistence.Tests.Configuration;

/// <summary>Runs a theory for a store that is told before, and for one that is told after it was opened.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialToldAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow(Told.AtOpening), new TheoryDataRow(Told.WhileOpen)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
