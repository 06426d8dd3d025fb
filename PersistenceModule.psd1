@{
    RootModule           = 'bin/PersistenceModule.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '3c7f2a0e-5a6b-4c55-9a40-5d0f6c1e8b72'
    Author               = 'PersistenceModule contributors'
    CompanyName          = 'PersistenceModule contributors'
    Copyright            = 'PersistenceModule contributors. MIT licensed.'
    Description          = 'Durable state for scripts: a write-ahead log, checkpoints and recovery behind a few cmdlets.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')

    # Named one by one: a wildcard here would keep PowerShell from loading the module when one of them is called.
    CmdletsToExport      = @(
        'Add-WalEntry'
        'Backup-WalStore'
        'Close-WalStore'
        'Complete-WalTransaction'
        'Export-StateItem'
        'Get-Checkpoint'
        'Get-StateItem'
        'Get-WalConfiguration'
        'Get-WalEntry'
        'Get-WalSegment'
        'Get-WalStore'
        'Import-StateItem'
        'Invoke-Recovery'
        'Measure-Wal'
        'New-Checkpoint'
        'New-WalStore'
        'Open-WalStore'
        'Optimize-Wal'
        'Remove-Checkpoint'
        'Remove-StateItem'
        'Repair-Wal'
        'Reset-WalConfiguration'
        'Restore-WalStore'
        'Set-StateItem'
        'Set-WalConfiguration'
        'Start-WalTransaction'
        'Sync-Wal'
        'Test-Checkpoint'
        'Test-WalIntegrity'
        'Undo-WalTransaction'
        'Use-WalStore'
        'Use-WalTransaction'
        'Watch-WalEntry'
    )
    TypesToProcess       = @('PersistenceModule.types.ps1xml')
    FormatsToProcess     = @('PersistenceModule.format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags = @('wal', 'write-ahead-log', 'durable', 'checkpoint', 'recovery', 'key-value', 'state', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
        }
    }
}
