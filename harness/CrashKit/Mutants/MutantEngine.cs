using System.Reflection;
using Persistence.Engine;

namespace Persistence.CrashKit.Mutants;

/// <summary>
/// The engine in this process, if it is the one with deliberate mistakes: that one is a second compilation of the same sources under the same
/// name, put in its place in a directory of its own. The engine as it is shipped knows nothing of all this.
/// </summary>
internal static class MutantEngine
{
    private static readonly PropertyInfo? ActiveProperty =
        typeof(PersistenceStore).Assembly.GetType("Persistence.Diagnostics.Mutants")?.GetProperty("Active", BindingFlags.Static | BindingFlags.Public);

    /// <summary>Whether it is.</summary>
    public static bool IsPresent => ActiveProperty is not null;

    /// <summary>The mistake it makes, or null.</summary>
    /// <exception cref="InvalidOperationException">Set where the engine makes no mistakes.</exception>
    public static string? Active
    {
        get => (string?)ActiveProperty?.GetValue(null);
        set => (ActiveProperty ?? throw new InvalidOperationException("The engine in this process makes no mistakes.")).SetValue(null, value);
    }
}
