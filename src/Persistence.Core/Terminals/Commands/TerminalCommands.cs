using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Reads commands from payloads.</summary>
internal static class TerminalCommands
{
    /// <summary>Takes a payload apart.</summary>
    /// <param name="kind">Any but <see cref="TerminalRecordKind.PaneOutput"/>.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="hasTail">Whether the log has added its part.</param>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public static TerminalCommand Read(TerminalRecordKind kind, ReadOnlySpan<byte> payload, bool hasTail)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        try
        {
            int fields = reader.ReadArrayHeader();
            TerminalCommand command = ReadFields(kind, ref reader);
            TerminalCodec.SkipNewer(ref reader, fields, command.FieldCount);
            if (hasTail)
                return command.ReadTail(ref reader);
            reader.ExpectEnd();
            return command;
        }
        catch (ArgumentException e)
        {
            throw new MalformedDataException($"A terminal record of kind {kind} has a field that cannot be: {e.Message}", reader.Position);
        }
    }

    private static TerminalCommand ReadFields(TerminalRecordKind kind, ref MessagePackReader reader) => kind switch
    {
        TerminalRecordKind.SessionCreated => SessionCreated.Read(ref reader),
        TerminalRecordKind.SessionDestroyed => SessionDestroyed.Read(ref reader),
        TerminalRecordKind.SessionRenamed => SessionRenamed.Read(ref reader),
        TerminalRecordKind.SessionMetadataSet => SessionMetadataSet.Read(ref reader),
        TerminalRecordKind.SessionMetadataUnset => SessionMetadataUnset.Read(ref reader),
        TerminalRecordKind.SessionEnvironmentSet => SessionEnvironmentSet.Read(ref reader),
        TerminalRecordKind.SessionEnvironmentUnset => SessionEnvironmentUnset.Read(ref reader),
        TerminalRecordKind.WindowCreated => WindowCreated.Read(ref reader),
        TerminalRecordKind.WindowDestroyed => WindowDestroyed.Read(ref reader),
        TerminalRecordKind.WindowRenamed => WindowRenamed.Read(ref reader),
        TerminalRecordKind.WindowMoved => WindowMoved.Read(ref reader),
        TerminalRecordKind.WindowLayout => WindowLayout.Read(ref reader),
        TerminalRecordKind.PaneCreated => PaneCreated.Read(ref reader),
        TerminalRecordKind.PaneDestroyed => PaneDestroyed.Read(ref reader),
        TerminalRecordKind.PaneResized => PaneResized.Read(ref reader),
        TerminalRecordKind.PaneState => PaneStateChanged.Read(ref reader),
        TerminalRecordKind.PaneTitle => PaneTitleChanged.Read(ref reader),
        TerminalRecordKind.PaneWorkingDirectory => PaneWorkingDirectoryChanged.Read(ref reader),
        TerminalRecordKind.ActiveWindow => ActiveWindowChanged.Read(ref reader),
        TerminalRecordKind.ActivePane => ActivePaneChanged.Read(ref reader),
        TerminalRecordKind.PaneConfigured => PaneConfigured.Read(ref reader),
        TerminalRecordKind.ScrollbackLimits => ScrollbackLimitsChanged.Read(ref reader),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
