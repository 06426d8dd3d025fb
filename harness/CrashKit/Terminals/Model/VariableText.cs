namespace Persistence.CrashKit.Terminals.Model;

/// <summary>What is said of an environment variable, as a text that can be compared.</summary>
internal static class VariableText
{
    public const string Removed = "removed";
    public const string Withheld = "withheld";

    public static string Set(string value) => $"={value}";
}
