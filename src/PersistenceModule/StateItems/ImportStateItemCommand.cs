using System.Globalization;
using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>
/// Import-StateItem: writes the state items that lines of JSON describe. So many lines make one atomic commit, unless a transaction is open, which they
/// become part of; a line that describes none is reported and keeps no other from being imported.
/// </summary>
[Cmdlet(VerbsData.Import, "StateItem", DefaultParameterSetName = LineSet, SupportsShouldProcess = true)]
[OutputType(typeof(StateItem))]
public sealed class ImportStateItemCommand : WriterCmdlet
{
    private const string LineSet = "Line";
    private const string SourceSet = "Source";
    private const int BatchBytesMax = 4 << 20;

    private readonly KeyValueBatch _batch = new();
    private readonly List<string> _keys = [];
    private long _batchBytes;
    private int _line;
    private long _imported;
    private long _refused;

    /// <summary>Lines, as Export-StateItem writes them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LineSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] InputObject { get; set; } = [];

    /// <summary>A file of such lines, in UTF-8.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>The store's directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store.</summary>
    [Parameter(ParameterSetName = LineSet)]
    [Parameter(ParameterSetName = SourceSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>How many lines make one atomic commit at most; of no meaning in a transaction.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int BatchSize { get; set; } = 1000;

    /// <summary>Return the items.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override (string? Path, string? LiteralPath, WalStore? Store) Selection => (Path, LiteralPath, Store);

    private protected override object? ItemName => string.Create(CultureInfo.InvariantCulture, $"line {_line}");

    private protected override void ProcessItem()
    {
        if (ParameterSetName == SourceSet)
            ImportFile();
        else
            ImportInput();
    }

    private protected override void End()
    {
        Commit();
        WriteVerbose($"Imported {_imported} items; {_refused} lines were refused.");
        base.End();
    }

    /// <summary>A file that was read as one string has its lines in it.</summary>
    private void ImportInput()
    {
        foreach (string text in InputObject)
        {
            foreach (string line in text.Split('\n'))
                Import(++_line, line.TrimEnd('\r'));
        }
    }

    private void ImportFile()
    {
        string path = StorePaths.ResolveLiteral(this, Source);
        _line = 0;
        using SourceFile file = OpenFile(path);
        while (file.TryReadLine(out string? line))
        {
            if (line is null)
                RefuseLine(++_line, "It is not valid UTF-8.");
            else
                Import(++_line, line);
        }

        // The next store from the pipeline gets commits of its own.
        Commit();
    }

    private static SourceFile OpenFile(string path)
    {
        try
        {
            return new SourceFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ErrorRecords.SourceUnreadable(path, e);
        }
    }

    private void Import(int number, string line)
    {
        StopToken.ThrowIfCancellationRequested();
        string text = number == 1 ? line.TrimStart('\uFEFF') : line;
        if (string.IsNullOrWhiteSpace(text))
            return;
        string key;
        byte[] value;
        try
        {
            key = StateItemLine.Parse(text, out value);
            KeyRules.Require(key);
        }
        catch (Exception e) when (e is FormatException or StoreException or WalCommandException)
        {
            RefuseLine(number, e.Message);
            return;
        }

        // Asked before the store is opened: opening for writing writes.
        if (ShouldProcess($"{key} ({Target.Directory})", "Import state item"))
            Write(number, key, value);
    }

    private void RefuseLine(int number, string reason)
    {
        _refused++;
        WriteError(ErrorRecords.From(ErrorRecords.LineInvalid(number, reason)));
    }

    private void Write(int number, string key, byte[] value)
    {
        try
        {
            if (FindTransaction() is WalTransaction transaction)
                WriteTo(transaction, key, value);
            else
                Gather(key, value);
        }
        catch (StoreException e) when (e.Error == StoreError.RecordTooLarge)
        {
            RefuseLine(number, e.Message);
        }
    }

    /// <summary>The transaction that this runspace has open on the store, or null. Opens nothing.</summary>
    private WalTransaction? FindTransaction() =>
        Target.Store is WalStore store ? StoreScopes.FindTransaction(store) : StoreScopes.FindTransaction(Target.Directory);

    private void WriteTo(WalTransaction transaction, string key, byte[] value)
    {
        // What was gathered before it began is no part of it.
        Commit();
        transaction.Write(key, value);
        _imported++;
        if (PassThru)
            WriteObject(StateItem.From(transaction.Find(key)!, transaction.Store));
    }

    private void Gather(string key, byte[] value)
    {
        // A large value does not make its neighbours too large for one commit.
        if (_batchBytes + value.Length > BatchBytesMax)
            Commit();
        _batch.Set(key, value);
        _batchBytes += value.Length;
        if (PassThru)
            _keys.Add(key);
        if (_batch.Count >= BatchSize)
            Commit();
    }

    private void Commit()
    {
        int count = _batch.Count;
        if (count == 0)
            return;
        IReadOnlyList<KeyValueItem> items = RequireStore().CommitReturningItems(_batch, _keys);
        _imported += count;
        _batchBytes = 0;
        _keys.Clear();
        foreach (KeyValueItem item in items)
            WriteObject(StateItem.From(item, RequireStore()));
    }
}
