using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Runs a transaction's validators.</summary>
internal static class ValidatorScript
{
    /// <summary>Whether the script puts out anything that is true. Errors that would only be reported stop it.</summary>
    public static bool IsMet(ScriptBlock script, WalTransaction transaction)
    {
        try
        {
            return script.InvokeWithContext(null, ScriptErrors.StopPreference(), transaction).Any(LanguagePrimitives.IsTrue);
        }
        catch (ActionPreferenceStopException e) when (e.ErrorRecord.Exception is Exception cause)
        {
            throw cause;
        }
    }
}
