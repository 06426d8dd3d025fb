using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>The values that records and checkpoint items are made of; FORMAT.md. What is read may throw ArgumentException too, for a value that cannot be.</summary>
internal static class TerminalCodec
{
    /// <summary>Passes over the fields that a newer version has added.</summary>
    /// <param name="reader">Behind the known fields.</param>
    /// <param name="fields">How many there are.</param>
    /// <param name="known">How many of them were read.</param>
    public static void SkipNewer(ref MessagePackReader reader, int fields, int known)
    {
        if (fields < known)
            throw new MalformedDataException($"There are {fields} fields; {known} were expected.", reader.Position);
        for (int newer = known; newer < fields; newer++)
            reader.Skip();
    }

    /// <summary>The id of something that is made. One that is only spoken of may be anything: it is looked for.</summary>
    public static long ReadId(ref MessagePackReader reader)
    {
        long id = reader.ReadInt64();
        return id is > 0 and < long.MaxValue ? id : throw new MalformedDataException("An id is not positive.", reader.Position);
    }

    public static SessionId ReadSession(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static WindowId ReadWindow(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static PaneId ReadPane(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static void WriteIndex(MessagePackWriter writer, int? index)
    {
        if (index is int value)
            writer.WriteInteger(value);
        else
            writer.WriteNil();
    }

    public static int? ReadIndex(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int index = reader.ReadInt32();
        return index >= 0 ? index : throw new MalformedDataException("An index is negative.", reader.Position);
    }

    public static void Write(MessagePackWriter writer, EnvironmentEntry variable)
    {
        writer.WriteArrayHeader(3);
        writer.WriteString(variable.Name);
        writer.WriteInteger((int)variable.Kind);
        WriteOrNil(writer, variable.Value);
    }

    public static EnvironmentEntry ReadVariable(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        string name = reader.ReadString();
        EnvironmentEntryKind kind = (EnvironmentEntryKind)reader.ReadByte();
        string? value = reader.ReadStringOrNil();
        SkipNewer(ref reader, fields, 3);
        return kind switch
        {
            EnvironmentEntryKind.Set => EnvironmentEntry.Set(name, value!),
            EnvironmentEntryKind.Removed => EnvironmentEntry.Remove(name),
            EnvironmentEntryKind.Withheld => EnvironmentEntry.Withhold(name),
            _ => throw new MalformedDataException("There is no such thing to be said of a variable.", reader.Position),
        };
    }

    public static void WriteVariables(MessagePackWriter writer, IReadOnlyCollection<EnvironmentEntry> variables)
    {
        writer.WriteArrayHeader(variables.Count);
        foreach (EnvironmentEntry variable in variables)
            Write(writer, variable);
    }

    public static List<EnvironmentEntry> ReadVariables(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        List<EnvironmentEntry> variables = [];
        for (int i = 0; i < count; i++)
            variables.Add(ReadVariable(ref reader));
        return variables;
    }

    public static void Write(MessagePackWriter writer, PaneConfiguration configuration)
    {
        writer.WriteArrayHeader(6);
        writer.WriteString(configuration.Command);
        WriteStrings(writer, configuration.Arguments);
        WriteOrNil(writer, configuration.WorkingDirectory);
        WriteVariables(writer, configuration.Environment);
        WriteRestoreCommand(writer, configuration.RestoreCommand);
        if (configuration.Scrollback is ScrollbackLimits limits)
        {
            writer.WriteArrayHeader(2);
            WriteLimits(writer, limits);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static PaneConfiguration ReadConfiguration(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        PaneConfiguration configuration = new()
        {
            Command = reader.ReadString(),
            Arguments = ReadStrings(ref reader),
            WorkingDirectory = reader.ReadStringOrNil(),
            Environment = ReadVariables(ref reader),
            RestoreCommand = ReadRestoreCommand(ref reader),
            Scrollback = ReadLimitsOrNil(ref reader),
        };
        SkipNewer(ref reader, fields, 6);
        return configuration;
    }

    public static void WriteLimits(MessagePackWriter writer, ScrollbackLimits limits)
    {
        writer.WriteInteger(limits.Lines);
        writer.WriteInteger(limits.Bytes);
    }

    public static ScrollbackLimits ReadLimits(ref MessagePackReader reader) => new(reader.ReadInt64(), reader.ReadInt64());

    public static void Write(MessagePackWriter writer, TerminalSize size)
    {
        writer.WriteInteger(size.Columns);
        writer.WriteInteger(size.Rows);
    }

    public static TerminalSize ReadSize(ref MessagePackReader reader) => new(reader.ReadInt32(), reader.ReadInt32());

    public static void Write(MessagePackWriter writer, PanePlacement placement)
    {
        writer.WriteInteger((int)placement.Place);
        if (placement.Of == PaneId.None)
            writer.WriteNil();
        else
            writer.WriteInteger(placement.Of.Value);
        WriteIndex(writer, placement.Percent);
    }

    public static PanePlacement ReadPlacement(ref MessagePackReader reader)
    {
        PanePlace place = (PanePlace)reader.ReadByte();
        PaneId of = reader.TryReadNil() ? PaneId.None : ReadPane(ref reader);
        return new PanePlacement { Place = place, Of = of, Percent = ReadIndex(ref reader) };
    }

    /// <summary>Four fields.</summary>
    public static void Write(MessagePackWriter writer, PaneState state)
    {
        writer.WriteInteger((int)state.Status);
        if (state.ExitCode is int code)
            writer.WriteInteger(code);
        else
            writer.WriteNil();
        writer.WriteInteger(state.Signal);
        WriteProcess(writer, state.Process);
    }

    public static PaneState ReadState(ref MessagePackReader reader)
    {
        PaneStatus status = (PaneStatus)reader.ReadByte();
        int? code = reader.TryReadNil() ? null : reader.ReadInt32();
        int signal = reader.ReadInt32();
        PaneProcess? process = ReadProcess(ref reader);
        return status switch
        {
            PaneStatus.Detached => PaneState.Detached(process),
            PaneStatus.Running when process is not null => PaneState.Running(process),
            PaneStatus.Exited when code is int known => PaneState.Exited(known, signal, process),
            _ => throw new MalformedDataException("A pane is in a state that cannot be.", reader.Position),
        };
    }

    public static void WriteTime(MessagePackWriter writer, DateTimeOffset time) => writer.WriteInteger(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);

    public static DateTimeOffset ReadTime(ref MessagePackReader reader) => Timestamps.ToInstant(reader.ReadInt64());

    public static void WriteOrNil(MessagePackWriter writer, string? text)
    {
        if (text is null)
            writer.WriteNil();
        else
            writer.WriteString(text);
    }

    private static void WriteRestoreCommand(MessagePackWriter writer, PaneCommand? command)
    {
        if (command is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        writer.WriteString(command.Command);
        WriteStrings(writer, command.Arguments);
    }

    private static PaneCommand? ReadRestoreCommand(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int fields = reader.ReadArrayHeader();
        PaneCommand command = new(reader.ReadString(), ReadStrings(ref reader));
        SkipNewer(ref reader, fields, 2);
        return command;
    }

    private static ScrollbackLimits? ReadLimitsOrNil(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int fields = reader.ReadArrayHeader();
        ScrollbackLimits limits = ReadLimits(ref reader);
        SkipNewer(ref reader, fields, 2);
        return limits;
    }

    private static void WriteProcess(MessagePackWriter writer, PaneProcess? process)
    {
        if (process is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(4);
        writer.WriteInteger(process.Id);
        WriteTime(writer, process.StartTime);
        writer.WriteString(process.BootId);
        writer.WriteString(process.HostName);
    }

    private static PaneProcess? ReadProcess(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int fields = reader.ReadArrayHeader();
        PaneProcess process = new(reader.ReadInt32(), ReadTime(ref reader), reader.ReadString(), reader.ReadString());
        SkipNewer(ref reader, fields, 4);
        return process;
    }

    private static void WriteStrings(MessagePackWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteArrayHeader(texts.Count);
        foreach (string text in texts)
            writer.WriteString(text);
    }

    private static List<string> ReadStrings(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        List<string> texts = [];
        for (int i = 0; i < count; i++)
            texts.Add(reader.ReadString());
        return texts;
    }
}
