using System.Globalization;
using System.Text;
using Persistence.CrashKit.Terminals.Output;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>
/// What shells are told to do, so that each byte they write is known beforehand: no echo, no prompt, nothing that the terminal makes of it. Every command first writes a line of its own that comes once in a
/// run and begins with the byte 1E, which nothing else writes.
/// </summary>
/// <param name="random">Where choices come from.</param>
internal sealed class ShellCommands(Random random)
{
    private const int FloodLines = 400_000;
    private const int FirstNumberMax = 999_999_999;
    private const string Missing = "none";

    // No line feed, no 1E, and no ']', with which an escape begins a title.
    private static readonly byte[] Bytes = [0x00, 0x01, 0x7F, 0x80, 0xFF, 0xC3, 0x1B, 0x07, (byte)'A', 0xE2];

    private long _token;

    /// <summary>The script that a pane's shell begins with.</summary>
    /// <param name="greeting">The word it says first.</param>
    public static string Script(string greeting) => $@"stty -echo -opost noflsh; printf '\036{greeting} %d\n' $$; exec /bin/sh";

    /// <summary>What a shell says first.</summary>
    /// <param name="greeting">As in its script.</param>
    /// <param name="processId">Its process id.</param>
    public static OutputPart Greeting(string greeting, int processId) => new LiteralPart(string.Create(CultureInfo.InvariantCulture, $"\u001E{greeting} {processId}\n"));

    public ShellCommand Echo() => Say("");

    /// <summary>The program tells what it finds.</summary>
    /// <param name="columns">How wide its terminal must be.</param>
    /// <param name="rows">How high its terminal must be.</param>
    /// <param name="variables">What it must have in its environment: null for a variable that must not be there.</param>
    public ShellCommand Describe(int columns, int rows, IReadOnlyCollection<KeyValuePair<string, string?>> variables)
    {
        string asked = string.Concat(variables.Select(static one => $@" ""${{{one.Key}-{Missing}}}"""));
        string told = string.Concat(variables.Select(static one => $"{one.Value ?? Missing};"));
        return Say($@"; stty size; printf '%s;'{asked}; printf '\n'", new LiteralPart(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{rows} {columns}\n{told}\n"))));
    }

    public ShellCommand Numbers(long bytes) => Write(bytes, null);

    /// <summary>Bytes that are no text: NUL, escapes, invalid UTF-8.</summary>
    public ShellCommand Binary(long bytes)
    {
        byte[] digits = [.. Bytes];
        random.Shuffle(digits);
        return Write(bytes, digits);
    }

    /// <summary>Very many numbers, as fast as they go, until they are interrupted.</summary>
    public ShellCommand Flood()
    {
        long first = FirstNumber();
        SequencePart numbers = new(first, SequencePart.BytesOf(FloodLines)) { IsInterruptible = true };
        // An interactive shell begins a line of its own when what it runs is interrupted.
        return Say(string.Create(CultureInfo.InvariantCulture, $"; seq {first} {first + FloodLines - 1}"), numbers, new LiteralPart("\n") { IsOptional = true }) with { IsFlood = true };
    }

    public ShellCommand Title()
    {
        string title = string.Create(CultureInfo.InvariantCulture, $"title {_token + 1}");
        return Say($@"; printf '\033]2;{title}\007'", new LiteralPart($"\u001B]2;{title}\u0007")) with { Title = title };
    }

    /// <param name="path">Without quotes in it.</param>
    public ShellCommand ChangeDirectory(string path) => Say($"; cd '{path}'") with { Directory = path };

    public ShellCommand Exit(int code) => Say(string.Create(CultureInfo.InvariantCulture, $"; exit {code}")) with { ExitCode = code };

    private ShellCommand Write(long bytes, byte[]? digits)
    {
        long first = FirstNumber();
        string translated = digits is null ? "" : $" | tr 0-9 '{string.Concat(digits.Select(static one => $@"\{Convert.ToString(one, 8).PadLeft(3, '0')}"))}'";
        string numbers = string.Create(CultureInfo.InvariantCulture, $"; seq {first} {first + SequencePart.LinesIn(bytes) - 1}{translated} | head -c {bytes}");
        return Say(numbers, new SequencePart(first, bytes, digits));
    }

    private ShellCommand Say(string then, params IEnumerable<OutputPart> parts)
    {
        string token = string.Create(CultureInfo.InvariantCulture, $"t{++_token}");
        return new ShellCommand($@"printf '\036{token}\n'{then}", [new LiteralPart($"\u001E{token}\n"), .. parts]);
    }

    private long FirstNumber() => SequencePart.FirstMin + random.Next(FirstNumberMax);
}
