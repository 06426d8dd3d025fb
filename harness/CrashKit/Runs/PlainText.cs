namespace Persistence.CrashKit.Runs;

/// <summary>What strangers said, fit for a terminal and for a report.</summary>
internal static class PlainText
{
    /// <summary>The text with a dot for whatever would control a terminal or is no character of XML; line ends and tabs stay.</summary>
    public static string Of(string text) => string.Create(text.Length, text, static (plain, source) =>
    {
        for (int i = 0; i < plain.Length; i++)
            plain[i] = IsPlain(source[i]) ? source[i] : '.';
    });

    private static bool IsPlain(char c) => c is '\n' or '\t' || !(char.IsControl(c) || c is '\ufffe' or '\uffff');
}
