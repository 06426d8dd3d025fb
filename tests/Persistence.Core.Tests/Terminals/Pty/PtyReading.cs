using System.Text;
using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>Starting shells, and waiting for what they say, for as long as a busy machine may take.</summary>
internal static class PtyReading
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>A start of <c>/bin/sh</c> with a script, in a directory.</summary>
    public static PtyStart Shell(string directory, string script, params string[] arguments) => new()
    {
        Command = "/bin/sh",
        Arguments = ["-c", script, .. arguments],
        WorkingDirectory = directory,
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
    };

    /// <summary>Reads until something was said.</summary>
    public static string ReadUntil(this IPty pty, string expected)
    {
        StringBuilder text = new();
        Until(() =>
        {
            Assert.True(ReadOnce(pty, text) != PtyRead.Ended, $"The output ended: {text}");
            return text.ToString().Contains(expected, StringComparison.Ordinal);
        }, () => $"'{expected}' was not said, but: {text}");
        return text.ToString();
    }

    /// <summary>Reads to the end.</summary>
    public static string ReadToEnd(this IPty pty)
    {
        StringBuilder text = new();
        Until(() => ReadOnce(pty, text) == PtyRead.Ended, () => $"There is no end: {text}");
        return text.ToString();
    }

    /// <summary>Reads so many bytes.</summary>
    public static byte[] ReadBytes(this IPty pty, int count)
    {
        byte[] bytes = new byte[count];
        int done = 0;
        Until(() =>
        {
            int read = pty.Read(bytes.AsSpan(done));
            Assert.NotEqual(PtyRead.Ended, read);
            done += read;
            return done == count;
        }, () => $"{done} of {count} bytes came.");
        return bytes;
    }

    /// <summary>Writes all of it.</summary>
    public static void WriteAll(this IPty pty, ReadOnlySpan<byte> bytes)
    {
        byte[] all = bytes.ToArray();
        int done = 0;
        Until(() => (done += pty.Write(all.AsSpan(done))) == all.Length, () => $"{done} of {all.Length} bytes were taken.");
    }

    /// <summary>Waits for the program.</summary>
    public static PtyExit WaitForExit(this IPty pty)
    {
        PtyExit? exit = null;
        Until(() => (exit = pty.FindExit()) is not null, () => "The program runs.");
        return exit!.Value;
    }

    /// <summary>Waits until something holds.</summary>
    public static void Until(Func<bool> holds, Func<string> otherwise)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < s_deadline, otherwise());
            Thread.Sleep(1);
        }
    }

    /// <summary>Whether there is a process of that id, ended or not.</summary>
    public static bool IsThere(int processId) => Directory.Exists($"/proc/{processId}");

    private static int ReadOnce(IPty pty, StringBuilder text)
    {
        byte[] buffer = new byte[4096];
        int count = pty.Read(buffer);
        if (count > 0)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return count;
    }
}
