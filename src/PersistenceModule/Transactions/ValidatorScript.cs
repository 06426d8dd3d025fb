using System.Management.Automation;

namespace PersistenceModule;

/// <summary>
/// A transaction's validator. It runs when the block that added it has ended, and the variables of that with it: so it keeps those it was
/// added among, as they were then.
/// </summary>
internal sealed class ValidatorScript(ScriptBlock script)
{
    private static readonly string[] s_ownVariables =
        ["args", "input", "this", "_", "null", "MyInvocation", "PSBoundParameters", "PSCommandPath", "PSScriptRoot", "ErrorActionPreference"];

    private readonly List<PSVariable> _variables = [.. CaptureVariables(), .. ScriptErrors.StopPreference()];

    /// <summary>Whether the script puts out anything that is true. Errors that would only be reported stop it.</summary>
    public bool IsMet(WalTransaction transaction)
    {
        try
        {
            return script.InvokeWithContext(null, _variables, transaction).Any(LanguagePrimitives.IsTrue);
        }
        catch (ActionPreferenceStopException e) when (e.ErrorRecord.Exception is Exception cause)
        {
            throw cause;
        }
    }

    /// <summary>The variables of the scope that is running, those of PowerShell's own left out.</summary>
    private static IEnumerable<PSVariable> CaptureVariables() =>
        ScriptBlock.Create("Microsoft.PowerShell.Utility\\Get-Variable -Scope 1").Invoke()
            .Select(found => (PSVariable)found.BaseObject)
            .Where(variable => variable.Options == ScopedItemOptions.None && !s_ownVariables.Contains(variable.Name, StringComparer.OrdinalIgnoreCase))
            .Select(variable => new PSVariable(variable.Name, variable.Value));
}
