namespace Persistence.Tests.Combinations;

/// <summary>The store is not what the model says.</summary>
internal sealed class CombinationException(string message) : Exception(message)
{
    public static void Require(bool holds, FormattableString otherwise)
    {
        if (!holds)
            throw new CombinationException(FormattableString.Invariant(otherwise));
    }
}
