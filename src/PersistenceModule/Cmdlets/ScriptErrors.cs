using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Errors of script blocks that commands run, on their way to whoever called the command.</summary>
internal static class ScriptErrors
{
    /// <summary>The variables that make a script block stop at errors which would only be reported.</summary>
    public static List<PSVariable> StopPreference() => [new PSVariable("ErrorActionPreference", ActionPreference.Stop)];

    /// <summary>
    /// PowerShell makes an error that comes out of a command the command's own, with the command's line. One that was thrown it hands on as it is.
    /// </summary>
    public static void KeepPlace(RuntimeException error)
    {
        if (error is not (PipelineStoppedException or CmdletInvocationException or ActionPreferenceStopException))
            error.WasThrownFromThrowStatement = true;
    }

    /// <summary>Write-Error gives the line that called the script block. If that is one of ours, the user's own is put in its place.</summary>
    public static void HideLine(RuntimeException error, string line, InvocationInfo command)
    {
        if (error.ErrorRecord?.InvocationInfo is InvocationInfo place && place.Line == line)
            place.DisplayScriptPosition = new ScriptExtent(StartOf(command), StartOf(command));
    }

    /// <summary>Takes an error that wraps another one, and says nothing more, out of $Error.</summary>
    public static void Forget(RuntimeException error, SessionState session)
    {
        if (session.PSVariable.GetValue("global:Error") is not ArrayList errors)
            return;
        for (int i = errors.Count - 1; i >= 0; i--)
        {
            if (errors[i] is ErrorRecord record && (ReferenceEquals(record, error.ErrorRecord) || ReferenceEquals(record.Exception, error)))
                errors.RemoveAt(i);
        }
    }

    private static ScriptPosition StartOf(InvocationInfo command) =>
        new(command.ScriptName, command.ScriptLineNumber, command.OffsetInLine, command.Line);
}
