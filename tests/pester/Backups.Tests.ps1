BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # One byte of a file is changed.
    function Edit-Byte([string] $File, [int] $Offset) {
        $bytes = [IO.File]::ReadAllBytes($File)
        $bytes[$Offset] = $bytes[$Offset] -bxor 0x10
        [IO.File]::WriteAllBytes($File, $bytes)
    }
}

Describe 'Backups' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory store
        $backups = Join-Path $directory backups
        $restored = Join-Path $directory restored
        $store = New-WalStore $path
        1..5 | ForEach-Object { Set-StateItem -Store $store "k$_" $_ }
        Use-WalTransaction -Store $store { param($tx) $tx.WriteFile('a.txt', 'hello') }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are taken of an open store and restored to another one' {
        $backup = Backup-WalStore -Store $store -Destination $backups
        $backup.IsFull | Should -BeTrue
        Split-Path $backup.Path | Should -Be $backups
        Join-Path $backup.Path MANIFEST | Should -Exist
        Set-StateItem -Store $store k6 6
        $report = $backup | Restore-WalStore -Destination $restored
        $report.Applied | Should -BeTrue
        $report.StoreId | Should -Not -Be $store.StoreId
        @(Get-StateItem -Path $restored).Count | Should -Be 5
        Use-WalStore $restored { param($handle) (Get-WalStore | Where-Object Path -EQ $restored).ReadFileText('a.txt') } | Should -Be 'hello'
        Test-WalIntegrity $restored | Should -BeTrue
    }

    It 'have what a mode without flushes has acknowledged' {
        $store.Dispose()
        $store = Open-WalStore $path -Durability None
        Set-StateItem -Store $store late 1
        $null = Backup-WalStore $path $backups
        $null = Restore-WalStore $backups $restored
        Get-StateItem -Path $restored -Key late -ValueOnly | Should -Be 1
    }

    It 'build on each other, and are restored together' {
        $full = Backup-WalStore $path $backups
        Set-StateItem -Store $store k6 6
        $first = Backup-WalStore $path $backups -Incremental
        Set-StateItem -Store $store k7 7
        $second = Backup-WalStore $path $backups -Incremental
        $first.ParentId | Should -Be $full.Id
        $second.ParentId | Should -Be $first.Id
        $null = Restore-WalStore $backups $restored
        @(Get-StateItem -Path $restored).Count | Should -Be 7
        $null = Restore-WalStore $first.Path "$restored-first"
        @(Get-StateItem -Path "$restored-first").Count | Should -Be 6
        Remove-Item -Recurse -Force $full.Path
        Get-ErrorId { Restore-WalStore $second.Path "$restored-second" } | Should -Be 'BackupInvalid'
    }

    It 'build on the one that is named' {
        $full = Backup-WalStore $path $backups
        $null = Backup-WalStore $path $backups
        (Backup-WalStore $path $backups -Parent $full.Path).ParentId | Should -Be $full.Id
    }

    It 'need one to build on' {
        Get-ErrorId { Backup-WalStore $path $backups -Incremental } | Should -Be 'BackupInvalid'
        Get-ErrorId { Restore-WalStore $directory $restored } | Should -Be 'BackupInvalid'
        Get-ErrorId { Restore-WalStore (Join-Path $directory nowhere) $restored } | Should -Be 'BackupInvalid'
    }

    It 'do not go on across what was taken back' {
        $null = Backup-WalStore $path $backups
        $store.Dispose()
        $first = (Get-StateItem -Path $path k2).Lsn
        $null = Invoke-Recovery $path -ToLsn $first -Confirm:$false
        $refusal = Get-ErrorOf { Backup-WalStore $path $backups -Incremental }
        $refusal.FullyQualifiedErrorId | Should -Be 'BackupInvalid,PersistenceModule.BackupWalStoreCommand'
        $refusal.Exception.Message | Should -BeLike '*gone on differently*Take a full backup*'
        (Backup-WalStore $path $backups).IsFull | Should -BeTrue
        (Backup-WalStore $path $backups -Incremental).IsFull | Should -BeFalse
        $null = Restore-WalStore $backups $restored
        (Get-StateItem -Path $restored).Key | Should -Be 'k1', 'k2'
    }

    It 'write into a directory, and say so of what is a file' {
        $file = Join-Path $directory letter.txt
        Set-Content $file 'mine'
        $null = Backup-WalStore $path $backups
        foreach ($refused in { Backup-WalStore $path $file }, { Restore-WalStore $backups $file }) {
            $failure = Get-ErrorOf $refused
            $failure.FullyQualifiedErrorId | Should -BeLike 'DestinationInvalid,*'
            $failure.TargetObject | Should -Be $file
        }
        (Get-ErrorOf { Restore-WalStore $backups $path }).TargetObject | Should -Be $path
    }

    It 'make nothing where there is no store' {
        $nothing = Join-Path $directory nothing
        $null = New-Item -ItemType Directory $nothing
        Get-ErrorId { Backup-WalStore $nothing $backups } | Should -Be 'StoreNotFound'
        $backups | Should -Not -Exist
    }

    It 'are not put into the store' {
        Get-ErrorId { Backup-WalStore $path (Join-Path $path inside) } | Should -Be 'DestinationInvalid'
        Get-ErrorId { Backup-WalStore $path $path } | Should -Be 'DestinationInvalid'
    }

    It 'that are damaged are not restored' {
        $backup = Backup-WalStore $path $backups
        $segment = @(Get-ChildItem (Join-Path $backup.Path wal))[0]
        Edit-Byte $segment.FullName 5000
        Get-ErrorId { Restore-WalStore $backups $restored } | Should -Be 'BackupInvalid'
        Get-ErrorId { Restore-WalStore $backups $restored -WhatIf } | Should -Be 'BackupInvalid'
        @(Get-ChildItem $restored -ErrorAction Ignore).Count | Should -Be 0
    }

    It 'are not restored over anything' {
        $null = Backup-WalStore $path $backups
        Get-ErrorId { Restore-WalStore $backups $path } | Should -Be 'StoreExists'
        $null = New-Item -ItemType Directory $restored
        Set-Content (Join-Path $restored letter.txt) 'mine'
        Get-ErrorId { Restore-WalStore $backups $restored } | Should -Be 'StoreMismatch'
    }

    It 'are planned without being taken or restored' {
        $store.Dispose()
        $before = Get-Fingerprint $path
        Backup-WalStore $path $backups -WhatIf
        $backups | Should -Not -Exist
        Get-Fingerprint $path | Should -Be $before
        $backup = Backup-WalStore $path $backups
        $report = Restore-WalStore $backups $restored -WhatIf
        $report.Applied | Should -BeFalse
        $report.EndLsn | Should -Be $backup.Position
        $restored | Should -Not -Exist
    }
}

Describe 'Repairs' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory store
        $saved = Join-Path $directory saved
        $store = New-WalStore $path
        1..3 | ForEach-Object { Set-StateItem -Store $store "k$_" $_ }
        Copy-OpenStore $path "$path-copy"
        $damaged = "$path-copy"
        # The second of three commits; each has a sector of its own.
        Edit-Byte (Join-Path $damaged wal/0000000001.wal) (4096 * 2 + 80)
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'salvage what can be read into a new store' {
        Get-ErrorId { Open-WalStore $damaged } | Should -Be 'RecoveryRequired'
        $before = Get-Fingerprint $damaged
        $plan = Repair-Wal $damaged -Mode Salvage -WhatIf
        $plan.Applied | Should -BeFalse
        $plan.DamagedRanges.Count | Should -Be 1
        $report = Repair-Wal $damaged -Mode Salvage -Destination $saved
        $report.NewStoreId | Should -Not -Be $report.StoreId
        $report.LeftOut.Count | Should -Be 1
        (Get-StateItem -Path $saved).Key | Should -Be 'k1', 'k3'
        Get-Fingerprint $damaged | Should -Be $before
    }

    It 'of a salvage need a destination' {
        Get-ErrorId { Repair-Wal $damaged -Mode Salvage } | Should -Be 'DestinationInvalid'
        Get-ErrorId { Repair-Wal $damaged -Mode Salvage -Destination $path } | Should -Be 'StoreExists'
    }

    It 'end the log at the damage when that is asked for' {
        (Repair-Wal $damaged -Mode TolerateTail -WhatIf).Applied | Should -BeFalse
        $report = Repair-Wal $damaged -Mode TolerateTail
        $report.Quarantined | Should -Not -BeNullOrEmpty
        (Get-StateItem -Path $damaged).Key | Should -Be 'k1'
    }

    It 'move nothing away that the state needs' {
        $before = Get-Fingerprint $damaged
        Get-ErrorId { Repair-Wal $damaged -Mode Quarantine } | Should -Be 'RecoveryRequired'
        Get-Fingerprint $damaged | Should -Be $before
    }

    It 'move damaged files to quarantine that the state does not need' {
        $store.Dispose()
        $store = Open-WalStore $path -CheckpointsRetained 2
        1..2 | ForEach-Object { Set-StateItem -Store $store k1 $_; $null = New-Checkpoint -Store $store }
        $store.Dispose()
        $newest = @(Get-ChildItem (Join-Path $path checkpoints))[-1]
        Edit-Byte $newest.FullName 150
        Test-WalIntegrity $path -WarningAction Ignore | Should -BeFalse
        $report = Repair-Wal $path -Mode Quarantine
        $report.Quarantined.Count | Should -Be 1
        Test-WalIntegrity $path -WarningAction Ignore | Should -BeTrue
        Get-StateItem -Path $path -Key k1 -ValueOnly | Should -Be 2
    }
}
