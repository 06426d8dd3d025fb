using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Records that a caller of the engine can make, and those of newer versions.</summary>
public sealed class TerminalRecordTests
{
    private static readonly Dictionary<string, (TerminalRecordKind Kind, Action<MessagePackWriter> Write)> Malformed = new()
    {
        ["nothing"] = (TerminalRecordKind.SessionCreated, static _ => { }),
        ["no array"] = (TerminalRecordKind.SessionCreated, static payload => payload.WriteInteger(7)),
        ["a field too few"] = (TerminalRecordKind.SessionCreated, static payload => Write(payload, 1, 7)),
        ["fields that the array does not have"] = (TerminalRecordKind.SessionCreated, static payload =>
        {
            Write(payload, 1, 7);
            payload.WriteString("x");
        }),
        ["bytes behind a record without a tail"] = (TerminalRecordKind.SessionDestroyed, static payload =>
        {
            Write(payload, 1, 1);
            payload.WriteNil();
        }),
        ["bytes behind a record with a tail"] = (TerminalRecordKind.WindowMoved, static payload =>
        {
            Write(payload, 3, 1, 1, 9);
            payload.WriteInteger(3);
        }),
        ["bytes behind output"] = (TerminalRecordKind.PaneOutput, static payload =>
        {
            WriteOutput(payload, fields: 2);
            payload.WriteInteger(3);
        }),
        ["output without bytes"] = (TerminalRecordKind.PaneOutput, static payload => Write(payload, 1, 1)),
        ["output of which the array has a field too few"] = (TerminalRecordKind.PaneOutput, static payload => WriteOutput(payload, fields: 1)),
        ["a session of number 0"] = (TerminalRecordKind.SessionCreated, static payload => WriteSession(payload, 0, "x")),
        ["a session of a negative number"] = (TerminalRecordKind.SessionCreated, static payload => WriteSession(payload, -1, "x")),
        ["a session of the last number there is"] = (TerminalRecordKind.SessionCreated, static payload => WriteSession(payload, long.MaxValue, "x")),
        ["a session without a name"] = (TerminalRecordKind.SessionCreated, static payload => WriteSession(payload, 7, "")),
        ["a session with a name that a terminal acts on"] = (TerminalRecordKind.SessionCreated, static payload => WriteSession(payload, 7, "\u001b")),
        ["a size that cannot be"] = (TerminalRecordKind.PaneResized, static payload => Write(payload, 3, 1, 0, 24)),
        ["a state that cannot be"] = (TerminalRecordKind.PaneState, static payload => Write(payload, 5, 1, 9, 0, 0, null)),
        ["a program that has ended without a code"] = (TerminalRecordKind.PaneState, static payload => Write(payload, 5, 1, 2, null, 0, null)),
        ["a program that runs in no process"] = (TerminalRecordKind.PaneState, static payload => Write(payload, 5, 1, 1, null, 0, null)),
        ["a variable of a field too few"] = (TerminalRecordKind.SessionEnvironmentSet, static payload =>
        {
            Write(payload, 2, 1);
            Write(payload, 2);
            payload.WriteString("A");
            payload.WriteInteger(1);
            payload.WriteNil();
        }),
        ["a negative index"] = (TerminalRecordKind.WindowMoved, static payload => Write(payload, 3, 1, 1, -1)),
        ["a negative limit"] = (TerminalRecordKind.ScrollbackLimits, static payload => Write(payload, 2, -1, 0)),
        ["a layout in a direction there is not"] = (TerminalRecordKind.WindowLayout, static payload => WriteLayout(payload, direction: 2, weight: 1, depth: 1)),
        ["a layout with a weight that cannot be"] = (TerminalRecordKind.WindowLayout, static payload => WriteLayout(payload, direction: 0, weight: 0, depth: 1)),
        ["a layout nested too deep"] = (TerminalRecordKind.WindowLayout, static payload => WriteLayout(payload, direction: 0, weight: 1, TerminalLayout.DepthMax)),
        ["a variable of which nothing can be said"] = (TerminalRecordKind.SessionEnvironmentSet, static payload =>
        {
            Write(payload, 2, 1);
            Write(payload, 3);
            payload.WriteString("A");
            payload.WriteInteger(3);
            payload.WriteNil();
        }),
        ["a variable that is set to nothing"] = (TerminalRecordKind.SessionEnvironmentSet, static payload =>
        {
            Write(payload, 2, 1);
            Write(payload, 3);
            payload.WriteString("A");
            payload.WriteInteger(0);
            payload.WriteNil();
        }),
    };

    public static TheoryData<string> Names => [.. Malformed.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_replay_would_not_take_is_refused_and_not_logged(string name)
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        TerminalSample.Add(store);
        string before = store.Dump();
        int records = store.Store.ReadLog().Count();
        CommandBatch batch = new();
        Add(batch, Malformed[name].Kind, Malformed[name].Write);
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => store.Store.Commit(batch)).Error);
        Assert.Equal(before, store.Dump());
        Assert.Equal(records, store.Store.ReadLog().Count());
        store.Change(static next => next.CreateSession("next"));
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
    }

    /// <summary>Numbers are given out once; who makes records by hand may give one twice.</summary>
    [Theory]
    [InlineData(TerminalRecordKind.SessionCreated, StoreError.SessionExists)]
    [InlineData(TerminalRecordKind.WindowCreated, StoreError.WindowExists)]
    [InlineData(TerminalRecordKind.PaneCreated, StoreError.LayoutInvalid)]
    public void A_number_that_is_taken_is_not_given_again(TerminalRecordKind kind, StoreError error)
    {
        using TerminalStore store = TerminalStore.Create();
        TerminalSample.Add(store);
        string before = store.Dump();
        CommandBatch batch = new();
        Add(batch, kind, payload =>
        {
            TerminalCommand command = kind switch
            {
                TerminalRecordKind.SessionCreated => new SessionCreated(new SessionId(1), "new"),
                TerminalRecordKind.WindowCreated => new WindowCreated(new WindowId(1), new SessionId(1), null, "new"),
                _ => new PaneCreated(new PaneId(1), new WindowId(1), TerminalStore.Shell, TerminalSize.Default, PanePlacement.Default),
            };
            command.Write(payload);
        });
        Assert.Equal(error, Assert.ThrowsAny<StoreException>(() => store.Store.Commit(batch)).Error);
        Assert.Equal(before, store.Dump());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(24, 1)]
    [InlineData(255, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    public void A_record_of_another_kind_or_version_is_unsupported(byte kind, byte version)
    {
        using TerminalStore store = TerminalStore.Create();
        CommandBatch batch = new();
        WriteSession(new MessagePackWriter(batch.Begin()), 1, "x");
        batch.End(new RecordType(StateModelId.Terminals, kind), version);
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(() => store.Store.Commit(batch)).Error);
        Assert.Empty(store.Store.ReadLog());
    }

    [Fact]
    public void Fields_that_a_newer_version_has_added_are_passed_over()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        CommandBatch batch = new();
        Add(batch, TerminalRecordKind.SessionCreated, static payload =>
        {
            Write(payload, 4, 1);
            payload.WriteString("work");
            Write(payload, 2, 1, null);
            payload.WriteNil();
        });
        Add(batch, TerminalRecordKind.WindowCreated, static payload =>
        {
            Write(payload, 5, 1, 1, null);
            payload.WriteString("shell");
            payload.WriteString("newer");
        });
        Add(batch, TerminalRecordKind.PaneCreated, static payload =>
        {
            Write(payload, 9, 1, 1);
            TerminalCodec.Write(payload, TerminalStore.Shell);
            TerminalCodec.Write(payload, TerminalSize.Default);
            TerminalCodec.Write(payload, PanePlacement.Default);
            payload.WriteString("newer");
        });
        Add(batch, TerminalRecordKind.PaneOutput, static payload =>
        {
            WriteOutput(payload, fields: 3);
            payload.WriteString("newer");
        });
        store.Store.Commit(batch);
        Assert.Equal("$", store.ReadText(new PaneId(1)));
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
        Assert.Contains("window 1 at 0 'shell'", again.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_those_of_what_a_record_has_in_it()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        PaneId pane = store.AddPane();
        CommandBatch batch = new();
        Add(batch, TerminalRecordKind.SessionEnvironmentSet, static payload =>
        {
            Write(payload, 2, 1);
            WriteNewerVariable(payload, "OF_SESSION");
        });
        Add(batch, TerminalRecordKind.PaneConfigured, static payload =>
        {
            Write(payload, 2, 1);
            WriteNewerConfiguration(payload);
        });
        Add(batch, TerminalRecordKind.PaneState, static payload =>
        {
            Write(payload, 5, 1, 1, null, 0);
            Write(payload, 5, 77, 0);
            foreach (string text in (string[])["boot", "host", "newer"])
                payload.WriteString(text);
        });
        store.Store.Commit(batch);
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
        TerminalPane known = again.Terminals.Tree.Panes[pane];
        Assert.Equal(new PaneProcess(77, DateTimeOffset.UnixEpoch, "boot", "host"), known.State.Process);
        Assert.Equal(new ScrollbackLimits(5, 6), known.Configuration.Scrollback);
        Assert.Equal("again", known.Configuration.RestoreCommand!.Command);
        Assert.Equal(EnvironmentEntry.Remove("OF_PANE"), Assert.Single(known.Configuration.Environment));
        Assert.Equal(EnvironmentEntry.Remove("OF_SESSION"), Assert.Single(again.Terminals.Tree.FindSession("work")!.Environment.Values));
    }

    /// <summary>What the log adds to the largest record there is must fit too.</summary>
    [Fact]
    public void Output_as_large_as_a_record_can_be_comes_back_and_more_is_refused()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files);
        PaneId pane = store.AddPane(limits: default(ScrollbackLimits));
        byte[] bytes = new byte[RecordLimits.RecordBytesMax - 7];
        new Random(3).NextBytes(bytes.AsSpan(0, 1 << 20));
        store.Write(pane, bytes);
        using (TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending)))
            Assert.Equal(TerminalDump.HashOf(bytes), TerminalDump.HashOf(again.Read(pane)));
        TerminalBatch batch = store.Terminals.CreateBatch();
        Assert.Equal(StoreError.RecordTooLarge, Assert.ThrowsAny<StoreException>(() => batch.AppendOutput(pane, new byte[bytes.Length + 1])).Error);
        Assert.Equal(0, batch.Count);
        batch.AppendOutput(pane, "x"u8);
        store.Terminals.Commit(batch);
        Assert.Equal(bytes.Length + 1, store.Terminals.FindOutput(pane)!.End);
    }

    private static void Add(CommandBatch batch, TerminalRecordKind kind, Action<MessagePackWriter> write)
    {
        write(new MessagePackWriter(batch.Begin()));
        batch.End(TerminalBatch.TypeOf(kind), TerminalBatch.Version);
    }

    private static void Write(MessagePackWriter payload, int fields, params long?[] values)
    {
        payload.WriteArrayHeader(fields);
        foreach (long? value in values)
        {
            if (value is long number)
                payload.WriteInteger(number);
            else
                payload.WriteNil();
        }
    }

    private static void WriteNewerVariable(MessagePackWriter payload, string name)
    {
        payload.WriteArrayHeader(4);
        payload.WriteString(name);
        payload.WriteInteger(1);
        payload.WriteNil();
        payload.WriteString("newer");
    }

    private static void WriteNewerConfiguration(MessagePackWriter payload)
    {
        payload.WriteArrayHeader(7);
        payload.WriteString("command");
        payload.WriteArrayHeader(0);
        payload.WriteNil();
        payload.WriteArrayHeader(1);
        WriteNewerVariable(payload, "OF_PANE");
        payload.WriteArrayHeader(3);
        payload.WriteString("again");
        payload.WriteArrayHeader(0);
        payload.WriteString("newer");
        Write(payload, 3, 5, 6, null);
        payload.WriteString("newer");
    }

    private static void WriteSession(MessagePackWriter payload, long id, string name)
    {
        Write(payload, 2, id);
        payload.WriteString(name);
    }

    private static void WriteOutput(MessagePackWriter payload, int fields)
    {
        Write(payload, fields, 1);
        payload.WriteBinary("$"u8);
    }

    /// <summary>Splits in splits, each with a pane that is not there as its second part.</summary>
    private static void WriteLayout(MessagePackWriter payload, byte direction, int weight, int depth)
    {
        Write(payload, 2, 1);
        for (int i = 0; i < depth; i++)
        {
            Write(payload, 2, direction);
            payload.WriteArrayHeader(2);
            payload.WriteArrayHeader(2);
        }

        payload.WriteInteger(1);
        payload.WriteInteger(weight);
        for (int i = 0; i < depth; i++)
        {
            Write(payload, 2, 2 + i, 1);
            if (i + 1 < depth)
                payload.WriteInteger(1);
        }
    }
}
