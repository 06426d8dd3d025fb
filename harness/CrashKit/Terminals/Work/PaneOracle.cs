using System.Globalization;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Output;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>What one pane must be: its output, what runs in it, its title and its directory; from what was asked of the host and what it has told.</summary>
internal sealed class PaneOracle
{
    private const int KillSignal = 9;
    private const int ExitedByKill = 128 + KillSignal;

    private readonly KeptOutput _kept;
    private readonly List<ShellCommand> _titles = [];

    // Where its programs have been told to be since the store was judged last, in that order; and which of these the host has told that one was in, at least, and promised to know: less than 0 for none.
    private readonly List<string> _directories = [];
    private readonly HashSet<int> _exits = [];

    // Since the host promised something last: what went on in it, and how its programs may have ended.
    private readonly List<ProgramState> _states = [ProgramState.New];
    private readonly HashSet<int> _earlierExits = [];
    private string _title = "";
    private int _heardDirectory = -1;
    private int _promisedDirectory = -1;
    private ShellCommand? _exit;
    private OutputPart? _greeting;
    private int? _lifeOf;
    private bool _isBeingStarted;
    private bool _isBeingRestored;

    /// <param name="key">The harness' number of the pane.</param>
    /// <param name="specification">What runs in it.</param>
    /// <param name="saysTitles">Whether its programs say its title; else requests do.</param>
    public PaneOracle(int key, PaneSpecification specification, bool saysTitles)
    {
        Key = key;
        Specification = specification;
        SaysTitles = saysTitles;
        _kept = new KeptOutput(specification.Lines, specification.Bytes);
        StartedIn(specification.Directory);
    }

    public int Key { get; }

    /// <summary>What runs in it at first; later its secrets and its restore command may be others.</summary>
    public PaneSpecification Specification { get; }

    public bool SaysTitles { get; }

    /// <summary>Whether a read may come too late for what it asks for: then nothing may be typed of which nobody can tell how long it is.</summary>
    public bool IsSmall => Specification.Bytes is > 0 and < 1 << 20 || Specification.Lines > 0;

    public OutputOracle Output { get; } = new();

    /// <summary>What goes on in it, as far as it is certain.</summary>
    public ProgramState State { get; private set; } = ProgramState.New;

    /// <summary>Up to where the host has told that there is durable output; and up to where that was promised to last.</summary>
    public long Heard { get; private set; }

    public long Promised { get; private set; }

    /// <summary>Whether a program of the host runs in it, as far as is known.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whether it was told to end, or was killed.</summary>
    public bool IsEnding => _exits.Count > 0;

    /// <summary>Whether a program is being started in it.</summary>
    public bool IsBeingStarted => _isBeingStarted;

    /// <summary>Whether what floods it, if anything does, has begun to: only then an interruption finds it.</summary>
    public bool CanBeInterrupted => Flood is not null && Output.HasBegun(Flood.Parts[1]);

    /// <summary>Whether the program has said its first word, and takes input from then on.</summary>
    public bool IsReady => IsLive && !IsEnding && !_isBeingStarted && _greeting is not null && Output.HasSeen(_greeting);

    /// <summary>Where its program is once it has done all that it was told.</summary>
    public string Directory => _directories[^1];

    /// <summary>Whether the host knows that its program is there.</summary>
    public bool IsKnownToBeThere => _heardDirectory >= 0 && _directories[_heardDirectory] == Directory;

    /// <summary>What floods it, until that is interrupted.</summary>
    public ShellCommand? Flood { get; private set; }

    /// <summary>Whether a read of it is on its way.</summary>
    public bool IsBeingRead { get; set; }

    /// <summary>A request to start its program is on its way.</summary>
    public void BeginStart()
    {
        _isBeingStarted = true;
        StartedIn(Specification.Directory);
    }

    /// <summary>A host is being started that will restore it.</summary>
    public void BeginRestore()
    {
        _isBeingStarted = _isBeingRestored = State.Status != PaneStatus.Exited;
        // Where it was may be gone.
        StartedIn(Specification.Directory);
    }

    /// <summary>Its program was started.</summary>
    public void Started(int processId, bool byRestoreCommand)
    {
        BeginLife(processId, byRestoreCommand);
        Note(new ProgramState(PaneStatus.Running, null, processId));
        IsLive = true;
        _isBeingStarted = _isBeingRestored = false;
        _earlierExits.UnionWith(_exits);
        _exits.Clear();
        (Flood, _exit) = (null, null);
    }

    /// <summary>Its program was not started: it is as it was.</summary>
    public void NotStarted() => _isBeingStarted = _isBeingRestored = false;

    /// <summary>It starts somewhere.</summary>
    public void StartedIn(string? directory)
    {
        if (directory is not null && (_directories.Count == 0 || Directory != directory))
            _directories.Add(directory);
    }

    /// <summary>Something is typed into it.</summary>
    public void Typed(ShellCommand command, ProgramLife life)
    {
        foreach (OutputPart part in command.Parts)
            life.Add(part);
        if (command.Title is not null)
            _titles.Add(command);
        if (command.ExitCode is int code)
        {
            _exits.Add(code);
            _exit = command;
        }

        StartedIn(command.Directory);
        if (command.IsFlood)
            Flood = command;
    }

    /// <summary>The life of the program that runs in it.</summary>
    public ProgramLife Life { get; private set; } = new();

    /// <summary>What flooded it was interrupted.</summary>
    public void Interrupted() => Flood = null;

    /// <summary>Its program was killed from outside.</summary>
    public void Killed() => _exits.Add(ExitedByKill);

    /// <summary>The host tells that its program has ended, and that this is as durable as it promises.</summary>
    /// <returns>What is wrong with that, or null.</returns>
    public string? HearState(ProgramState told)
    {
        bool isAllowed = told == State || (told.Status == PaneStatus.Exited && told.ProcessId == State.ProcessId && _exits.Contains(told.ExitCode ?? -1) && told.Signal == SignalOf(told.ExitCode));
        if (!isAllowed)
            return DescribeWrong(told);
        Note(told);
        if (told.Status == PaneStatus.Exited)
            (IsLive, Flood) = (false, null);
        return null;
    }

    /// <summary>The host tells where its program was seen last. Whether it ever was there is judged with the store.</summary>
    public void HearDirectory(string? told)
    {
        if (told is not null && FindDirectory(told, _heardDirectory) is int index and >= 0)
            _heardDirectory = index;
    }

    /// <summary>The host tells what follows what is known of its output.</summary>
    /// <param name="position">Where it begins.</param>
    /// <param name="bytes">The output.</param>
    /// <param name="end">Where all of it ends.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? HearOutput(long position, ReadOnlySpan<byte> bytes, long end)
    {
        Heard = Math.Max(Heard, end);
        if (bytes.IsEmpty)
            return null;
        if (position != Output.Known && !IsSmall)
            return string.Create(CultureInfo.InvariantCulture, $"asked for what follows {Output.Known}, the host tells what follows {position}");
        return (position > Output.Known ? Output.Skip(position - Output.Known) : null) ?? Output.Take(bytes);
    }

    /// <summary>What the host has told until now is promised to last.</summary>
    public void Promise()
    {
        (Promised, _promisedDirectory) = (Heard, _heardDirectory);
        _states.RemoveRange(0, _states.Count - 1);
        _earlierExits.Clear();
    }

    /// <summary>Judges what a store holds of it.</summary>
    /// <param name="found">The pane.</param>
    /// <param name="output">Its output.</param>
    /// <param name="end">How its host ended.</param>
    public IEnumerable<Discrepancy> Judge(TerminalPane found, PaneOutput output, HostEnd end)
    {
        ProgramState state = ProgramState.Of(found.State);
        if (JudgeState(state, end) is string wrong)
            yield return new Discrepancy(DiscrepancyKind.OutOfOrder, $"pane {found.Id}: {wrong}");
        if (state.ProcessId is int process && process != _lifeOf && _isBeingStarted)
            BeginLife(process, _isBeingRestored && found.Configuration.RestoreCommand is not null);
        if (JudgeOutput(output) is Discrepancy difference)
            yield return difference with { Message = $"the output of pane {found.Id}: {difference.Message}" };
        else if (SaysTitles && JudgeTitle(found.Title) is string title)
            yield return new Discrepancy(DiscrepancyKind.OutOfOrder, $"pane {found.Id}: {title}");
        if (found.WorkingDirectory is string directory && !_directories.Contains(directory) && !TakesThePlaceOfOneThatIsGone(directory))
            yield return new Discrepancy(DiscrepancyKind.Phantom, $"pane {found.Id}: its program was never in '{directory}', only in {Show(_directories)}");
        else if (_promisedDirectory >= 0 && (found.WorkingDirectory is not string last || (_directories.Contains(last) && FindDirectory(last, _promisedDirectory) < 0)))
            yield return new Discrepancy(DiscrepancyKind.Lost, $"pane {found.Id}: its program was seen in {Show(_directories[_promisedDirectory..])}, and now in '{found.WorkingDirectory}'");
        if (found.State.Status == PaneStatus.Exited && state.ProcessId == _lifeOf && _exit is not null && !Output.HasSeen(_exit.Parts[^1]))
            yield return new Discrepancy(DiscrepancyKind.Lost, $"pane {found.Id}: its program has ended, and {_exit.Parts[^1]}, which it wrote before that, is not there");
    }

    /// <summary>The first place in which it was told to be in a directory, from some place on; less than 0: none.</summary>
    private int FindDirectory(string directory, int from) => _directories.IndexOf(directory, Math.Max(0, from));

    private static string Show(IEnumerable<string> directories) => string.Join(", ", directories.Select(static one => $"'{one}'"));

    /// <summary>Where programs start that are restored and whose directory is not there.</summary>
    private bool TakesThePlaceOfOneThatIsGone(string directory) =>
        (directory == "/" || directory == Environment.GetEnvironmentVariable("HOME")) && _directories.Any(static one => !System.IO.Directory.Exists(one));

    /// <summary>What was found is what it is from now on, and no program runs in it.</summary>
    public void Settle(TerminalPane found, PaneOutput output)
    {
        Note(ProgramState.Of(found.State));
        Output.Rewind(output.End);
        Output.EndLives();
        Output.Forget(output.ReadNext(0)?.Position ?? 0);
        (_title, _lifeOf, _greeting) = (found.Title, null, null);
        _titles.Clear();
        _exits.Clear();
        _directories.Clear();
        StartedIn(Specification.Directory);
        StartedIn(found.WorkingDirectory);
        (Heard, _heardDirectory, _exit) = (output.End, found.WorkingDirectory is null ? -1 : _directories.Count - 1, null);
        Promise();
        (IsLive, IsBeingRead, Flood, _isBeingStarted, _isBeingRestored) = (false, false, null, false, false);
    }

    private void BeginLife(int processId, bool byRestoreCommand)
    {
        Life = Output.BeginLife();
        _lifeOf = processId;
        _greeting = ShellCommands.Greeting(byRestoreCommand ? PaneSpecification.RestoreGreeting : PaneSpecification.Greeting, processId);
        Life.Add(_greeting);
    }

    private string? JudgeState(ProgramState found, HostEnd end)
    {
        bool isKnownProcess = _isBeingStarted || _states.Any(state => state.ProcessId == found.ProcessId);
        bool isAllowed = _states.Contains(found) || found.Status switch
        {
            PaneStatus.Running => _isBeingStarted,
            PaneStatus.Exited => isKnownProcess && found.Signal == SignalOf(found.ExitCode) && (_exits.Contains(found.ExitCode ?? -1) || _earlierExits.Contains(found.ExitCode ?? -1)),
            // Who closes notes what ran.
            _ => isKnownProcess && end != HostEnd.Killed,
        };
        isAllowed &= !(end == HostEnd.Closed && found.Status == PaneStatus.Running && IsLive);
        return isAllowed ? null : DescribeWrong(found);
    }

    /// <summary>Shells that are told to end are not told codes that those have which a signal ends.</summary>
    private static int SignalOf(int? exitCode) => exitCode == ExitedByKill ? KillSignal : 0;

    private string DescribeWrong(ProgramState found) =>
        $"it is {found}, and should be {string.Join(" or ", _states)}{(IsEnding ? $", or have exited with {string.Join(" or ", _exits)}" : "")}{(_isBeingStarted ? ", or be started again" : "")}";

    private void Note(ProgramState state)
    {
        State = state;
        if (_states[^1] != state)
            _states.Add(state);
    }

    private Discrepancy? JudgeOutput(PaneOutput output)
    {
        if (output.End < Promised)
            return new Discrepancy(DiscrepancyKind.Lost, string.Create(CultureInfo.InvariantCulture, $"it ends at {output.End}, though the host had told of {Promised} bytes"));
        // What was told and not promised may be gone.
        Output.Rewind(Math.Min(Output.Known, output.End));
        return JudgeContent(output) ?? JudgeKept(output);
    }

    private Discrepancy? JudgeContent(PaneOutput output)
    {
        long position = output.ReadNext(0)?.Position ?? 0;
        if (position < Output.Oldest)
            return new Discrepancy(DiscrepancyKind.Phantom, string.Create(CultureInfo.InvariantCulture, $"it begins at {position}, though nothing before {Output.Oldest} was kept before"));
        if (position > Output.Known && Skip(position - Output.Known) is string skipped)
            return new Discrepancy(DiscrepancyKind.Lost, skipped);
        foreach (OutputPiece piece in output.Read(position))
        {
            if (piece.Position != position)
                return new Discrepancy(DiscrepancyKind.Lost, string.Create(CultureInfo.InvariantCulture, $"it has nothing from {position} to {piece.Position}"));
            int known = (int)Math.Clamp(Output.Known - position, 0, piece.Bytes.Length);
            if (Output.Compare(position, piece.Bytes.Span[..known]) is string changed)
                return new Discrepancy(DiscrepancyKind.Lost, changed);
            if (Output.Take(piece.Bytes.Span[known..]) is string wrong)
                return new Discrepancy(Output.Known < Promised ? DiscrepancyKind.Lost : DiscrepancyKind.Phantom, wrong);
            position = piece.End;
        }

        return position == output.End ? null : new Discrepancy(DiscrepancyKind.Lost, string.Create(CultureInfo.InvariantCulture, $"it ends at {position}, though it says {output.End}"));
    }

    private string? Skip(long count) => IsSmall ? Output.Skip(count) : string.Create(CultureInfo.InvariantCulture, $"it begins {count} bytes behind what is known of it");

    private Discrepancy? JudgeKept(PaneOutput output)
    {
        long begin = output.ReadNext(0)?.Position ?? 0;
        long expected = _kept.FindBegin(Output);
        if (begin != expected)
            return new Discrepancy(begin > expected ? DiscrepancyKind.Lost : DiscrepancyKind.Phantom, string.Create(CultureInfo.InvariantCulture, $"what is kept of it begins at {begin}, and should begin at {expected}"));
        long start = output.FindStart();
        long expectedStart = _kept.FindStart(Output, expected);
        return start == expectedStart ? null : new Discrepancy(DiscrepancyKind.Lost, string.Create(CultureInfo.InvariantCulture, $"what is shown of it begins at {start}, and should begin at {expectedStart}"));
    }

    /// <summary>A title goes into the log with the output that says it, or before.</summary>
    private string? JudgeTitle(string found)
    {
        int seen = _titles.FindLastIndex(title => Output.IsKnown(title.Parts[^1]));
        bool isAllowed = (seen < 0 && found == _title) || _titles.Skip(Math.Max(0, seen)).Any(title => title.Title == found);
        return isAllowed ? null : $"its title is '{found}', and should be {string.Join(" or ", (seen < 0 ? [_title] : Array.Empty<string>()).Concat(_titles.Skip(Math.Max(0, seen)).Select(static title => title.Title!)).Select(static title => $"'{title}'"))}";
    }
}
