namespace Persistence.CrashKit.Terminals.Model;

/// <summary>What is said of an environment variable, as a text that can be compared.</summary>
internal static class VariableText
{
    public const string Removed = "removed";
    public const string Withheld = "withheld";

    public static string Set(string value) => $"={value}";

    /// <summary>The value that a program finds which is started by somebody who knows no secrets; null: it finds no such variable.</summary>
    public static string? FindValue(string text) => text is Removed or Withheld ? null : text[1..];
}
