using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>
/// What all commands share: failures become error records of one kind, Ctrl+C cancels a token, and what is open is closed
/// however the pipeline ends.
/// </summary>
public abstract class WalCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>What errors that end the command are about: a path, or null.</summary>
    private protected virtual object? ErrorTarget => null;

    /// <summary>Cancelled by Ctrl+C, on another thread.</summary>
    private protected CancellationToken StopToken => _stopping.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Run(Begin);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Run(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Run(End);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stopping.Cancel();

    /// <summary>Before the first input.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>For each input.</summary>
    private protected virtual void Process()
    {
    }

    /// <summary>After the last input; not called when the pipeline is stopped, which Select-Object -First does too.</summary>
    private protected virtual void End()
    {
    }

    /// <summary>Always called last, however the pipeline ended. Writes nothing.</summary>
    private protected virtual void Release()
    {
    }

    /// <summary>An error that is the end of this command.</summary>
    private protected void Terminate(ErrorRecord error) => ThrowTerminatingError(error);

    private protected ProgressReporter StartProgress(string activity) => new(this, activity, StopToken);

    /// <summary>Only the module's own failures are translated; everything else, a stopped pipeline above all, passes.</summary>
    private void Run(Action step)
    {
        try
        {
            step();
        }
        catch (StoreException e)
        {
            Terminate(ErrorRecords.From(e, ErrorTarget));
        }
        catch (WalCommandException e)
        {
            Terminate(ErrorRecords.From(e, ErrorTarget));
        }
        catch (ObjectDisposedException)
        {
            // Another runspace closed the handle while this one was using its files.
            Terminate(ErrorRecords.From(new StoreException(StoreError.StoreClosed, "The store was closed while the command was using it."), ErrorTarget));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
