using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace PersistenceModule;

/// <summary>
/// Runs the script block of a transaction into a sink of its own, so that nothing comes out of it before the commit. Errors that would only be
/// reported stop the block. Whatever it is left by (an error, break, exit, Ctrl+C) passes through as it is.
/// </summary>
internal sealed class TransactionBlock(PSCmdlet cmdlet, ScriptBlock block)
{
    private const string Pipeline = "param($run, $block, $transaction, $preferences, $sink, $output) & $run $block $transaction $preferences | & $sink $output";
    private const string Sink = "process { $args[0].Add($_) }";

    // No variables but $args: the block would see them.
    private const string Run = "$ErrorActionPreference = 'Stop'; & $args[0] $args[1]";

    // A block of another module, or of none, does not see this scope's variables: the preference becomes one of its own.
    private const string RunElsewhere = "$args[0].InvokeWithContext($null, $args[2], $args[1])";

    private readonly bool _isElsewhere = !ReferenceEquals(block.Module, cmdlet.SessionState.Module);

    /// <returns>What the block put out.</returns>
    public List<PSObject?> Invoke(WalTransaction transaction)
    {
        List<PSObject?> output = [];
        object[] arguments = [ScriptBlock.Create(_isElsewhere ? RunElsewhere : Run), block, transaction, ScriptErrors.StopPreference(), ScriptBlock.Create(Sink), output];
        using SteppablePipeline pipeline = ScriptBlock.Create(Pipeline).GetSteppablePipeline(cmdlet.MyInvocation.CommandOrigin, arguments);
        try
        {
            pipeline.Begin(cmdlet);
            pipeline.End();
        }
        catch (MethodInvocationException e) when (_isElsewhere && e.InnerException is RuntimeException)
        {
            ScriptErrors.Forget(e, cmdlet.SessionState);
            ScriptErrors.KeepPlace((RuntimeException)e.InnerException);
            ExceptionDispatchInfo.Throw(e.InnerException);
        }
        catch (RuntimeException e)
        {
            ScriptErrors.HideLine(e, Run, cmdlet.MyInvocation);
            ScriptErrors.KeepPlace(e);
            throw;
        }

        return output;
    }
}
