namespace Persistence.CrashKit.Terminals.Model;

/// <summary>A change cannot be made.</summary>
/// <param name="error">The error that says so.</param>
internal sealed class ModelRefusedException(string error) : Exception($"refused: {error}")
{
    public string Error => error;
}
