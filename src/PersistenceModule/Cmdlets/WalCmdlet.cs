using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;

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

    /// <summary>The full path of the store that errors which end the command are about, or null.</summary>
    private protected virtual string? StorePath => null;

    /// <summary>Whether only the plan is wanted: for commands that have one to show.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? ((SwitchParameter)given).IsPresent
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference", false));

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

    /// <summary>
    /// Does something for one item of the input: a store, or one thing asked of it. What fails for it is reported and does not keep the
    /// others from being worked on; only a store that has just failed to keep what it was given ends the command.
    /// </summary>
    /// <param name="target">What the user calls it.</param>
    /// <param name="directory">The full path of the store, or null when it is not found yet.</param>
    /// <param name="work">What to do.</param>
    private protected void ForOne(string target, string? directory, Action work)
    {
        try
        {
            work();
        }
        catch (StoreException e)
        {
            ErrorRecord error = ToRecord(e, target, directory);
            if (e.Error == StoreError.StoreFaulted)
                ThrowTerminatingError(error);
            WriteError(error);
        }
        catch (WalCommandException e)
        {
            WriteError(ErrorRecords.From(e, target));
        }
        catch (ObjectDisposedException)
        {
            WriteError(ToRecord(ClosedWhileUsed(), target, directory));
        }
    }

    /// <summary>Writes something into another directory than the store's: what fails there is reported of that directory.</summary>
    /// <param name="directory">Its full path.</param>
    /// <param name="work">What to do.</param>
    private protected void Into(string directory, Action work)
    {
        try
        {
            work();
        }
        catch (StoreException e) when (e.Error is StoreError.StoreExists or StoreError.DiskFull or StoreError.ReadOnlyFileSystem || e is { Error: StoreError.StoreMismatch, File: null })
        {
            WriteError(ToRecord(e, directory, directory));
        }
    }

    /// <summary>
    /// The record of a failure of the store that is about to be reported. What failures amount to that come again and again is said in a warning, once.
    /// </summary>
    private protected ErrorRecord ToRecord(StoreException error, object? target, string? directory)
    {
        if (ErrorWatch.Note(error, directory) is ErrorFinding finding)
            WriteWarning(finding.ToString());
        return ErrorRecords.From(error, target, directory);
    }

    /// <summary>The open handle of a store, or one that is opened for the command.</summary>
    private protected StoreLease LeaseWriter(StoreTarget target, OptionOverrides given)
    {
        if ((target.Store ?? FindOpenWriter(target.Directory)) is WalStore open)
            return new StoreLease(open, isOwned: false);
        using ProgressReporter progress = StartProgress($"Opening '{target.Directory}'");
        return new StoreLease(StoreOpening.Open(this, target.Directory, given, progress, RecoveryMode.Strict, StopToken), isOwned: true);
    }

    /// <summary>What -LockTimeout says, if it was given: else the store's configuration does.</summary>
    private protected OptionOverrides GivenLockTimeout(TimeSpan lockTimeout) =>
        Give(OptionOverrides.None, "LockTimeout", nameof(StoreOptions.LockTimeoutMs), DurationTransformationAttribute.ToMilliseconds(lockTimeout));

    /// <summary>Adds a parameter's value, if the parameter was given.</summary>
    private protected OptionOverrides Give(OptionOverrides given, string parameter, string option, object value) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) ? given.With(option, value) : given;

    /// <summary>A store has one writer: a command given its path uses the handle this runspace or process has open already.</summary>
    internal static WalStore? FindOpenWriter(string directory) =>
        StoreScopes.All.FirstOrDefault(store => store.IsOpen && !store.IsReadOnly && OpenStores.IsAt(store, directory)) ?? OpenStores.FindWriter(directory);

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
            ThrowTerminatingError(ToRecord(e, ErrorTarget, StorePath));
        }
        catch (WalCommandException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, ErrorTarget));
        }
        catch (ObjectDisposedException)
        {
            ThrowTerminatingError(ToRecord(ClosedWhileUsed(), ErrorTarget, StorePath));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Another runspace closed the handle while this one was using its files.</summary>
    private static StoreException ClosedWhileUsed() => new(StoreError.StoreClosed, "The store was closed while the command was using it.");
}
