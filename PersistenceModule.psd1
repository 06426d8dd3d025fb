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
        'Get-TerminalPane'
        'Get-TerminalSession'
        'Get-TerminalWindow'
        'Get-WalConfiguration'
        'Get-WalEntry'
        'Get-WalSegment'
        'Get-WalStore'
        'Import-StateItem'
        'Invoke-Recovery'
        'Measure-Wal'
        'Move-TerminalWindow'
        'New-Checkpoint'
        'New-TerminalPane'
        'New-TerminalSession'
        'New-TerminalWindow'
        'New-WalStore'
        'Open-WalStore'
        'Optimize-Wal'
        'Receive-TerminalOutput'
        'Remove-Checkpoint'
        'Remove-StateItem'
        'Remove-TerminalPane'
        'Remove-TerminalSession'
        'Remove-TerminalWindow'
        'Rename-TerminalSession'
        'Rename-TerminalWindow'
        'Repair-Wal'
        'Reset-WalConfiguration'
        'Resize-TerminalPane'
        'Restart-TerminalPane'
        'Restore-TerminalSession'
        'Restore-WalStore'
        'Select-TerminalPane'
        'Select-TerminalWindow'
        'Send-TerminalInput'
        'Set-StateItem'
        'Set-TerminalPane'
        'Set-TerminalSession'
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
            Tags = @('wal', 'write-ahead-log', 'durable', 'checkpoint', 'recovery', 'key-value', 'state', 'terminal', 'pty', 'session', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
        }
    }
}
