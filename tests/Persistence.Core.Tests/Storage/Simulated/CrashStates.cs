using System.Text;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage.Simulated;

/// <summary>A recorded disk of a few small operations, and every state a cut may leave of it, in words.</summary>
internal sealed class CrashStates
{
    public SimulatedFileSystem Disk { get; } = new();

    public TraceRecorder Recorder { get; private set; } = null!;

    /// <summary>Prepares what is durable before recording starts.</summary>
    public static CrashStates On(Action<SimulatedFileSystem> prepare)
    {
        CrashStates states = new();
        prepare(states.Disk);
        states.Recorder = states.Disk.StartRecording();
        return states;
    }

    /// <summary>All legal states at a cut: of every subset of what is pending what the profile makes of it.</summary>
    /// <param name="profile">What the disk promises.</param>
    /// <param name="cut">When; by default after everything.</param>
    /// <param name="staleBytes">Whether what was never written reads as garbage.</param>
    public SortedSet<string> All(CrashProfile profile, long? cut = null, bool staleBytes = false)
    {
        DiskTrace trace = Recorder.ToTrace();
        CrashStateSpace space = new(trace, profile);
        long at = cut ?? trace.End;
        IReadOnlyList<int> pending = space.PendingAt(at);
        SortedSet<string> states = new(StringComparer.Ordinal);
        for (long subset = 0; subset < 1L << pending.Count; subset++)
        {
            CrashChoice choice = new(space.Micros.Count) { Cut = at, StaleBytes = staleBytes };
            for (int i = 0; i < pending.Count; i++)
                choice.Keeps[pending[i]] = (subset & (1L << i)) != 0;
            space.MakeLegal(choice);
            states.Add(Describe(space.At(choice).ToFileSystem()));
        }

        return states;
    }

    /// <summary>The states of the tiers as they are enumerated.</summary>
    public SortedSet<string> Enumerated(CrashProfile profile, int tier, int max = 1000, int sectorBytes = 512)
    {
        DiskTrace trace = Recorder.ToTrace();
        CrashStateSpace space = new(trace, profile);
        SortedSet<string> states = new(StringComparer.Ordinal);
        foreach (CrashChoice choice in new CrashStateEnumerator(space, 0, trace.End, seed: 1, sectorBytes).Enumerate(tier).Take(max))
            states.Add(Describe(space.At(choice).ToFileSystem()));
        return states;
    }

    public static string Describe(SimulatedFileSystem disk)
    {
        StringBuilder text = new();
        foreach (FileEntry entry in disk.List(""))
            Describe(disk, entry, entry.Name, text);
        return text.ToString().TrimEnd();
    }

    private static void Describe(SimulatedFileSystem disk, FileEntry entry, string path, StringBuilder text)
    {
        if (entry.Kind == FileEntryKind.Directory)
        {
            text.Append(path).Append("/ ");
            foreach (FileEntry inside in disk.List(path))
                Describe(disk, inside, $"{path}/{inside.Name}", text);
            return;
        }

        using IFile file = disk.Open(path, FileIntent.Read);
        byte[] bytes = new byte[file.GetLength()];
        _ = file.Read(bytes, 0);
        text.Append(path).Append('=').Append(Shorten(bytes)).Append(' ');
    }

    /// <summary>Letters as they are, zeros as dots, anything else as a question mark; repetitions once with their count.</summary>
    private static string Shorten(byte[] bytes)
    {
        StringBuilder text = new();
        for (int i = 0; i < bytes.Length;)
        {
            char shown = Show(bytes[i]);
            int run = 1;
            while (i + run < bytes.Length && Show(bytes[i + run]) == shown)
                run++;
            text.Append(shown);
            if (run > 1)
                text.Append(run);
            i += run;
        }

        return text.ToString();
    }

    private static char Show(byte value) => value is >= (byte)'a' and <= (byte)'f' ? (char)value : value == 0 ? '.' : '?';
}
