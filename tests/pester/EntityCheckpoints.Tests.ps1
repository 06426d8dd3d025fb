BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    function Get-State($From) {
        Get-Entity -Path $From | Sort-Object { $_.Id.Value } | ForEach-Object {
            $entity = $_
            "$($entity.Id) $(@($entity.Tables | ForEach-Object { "$_($($entity.Components[$_].PSObject.Properties.Value -join ','))" }) -join ' ')"
        }
        Get-EntityTable -Path $From | ForEach-Object { "$($_.Name) $($_.Number) $($_.Version) $($_.Count) $($_.Fields)" }
    }
}

Describe 'Checkpoints of entities' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        $null = New-EntityTable -Store $store Process ([ordered]@{ Name = 'String'; Id = 'Int32'; Parent = 'Reference' })
        $null = New-EntityTable -Store $store Gone
        $first = New-Entity -Store $store @{ Process = @{ Name = 'init'; Id = 1 } }
        $null = 2..5 | ForEach-Object { @{ Process = @{ Name = "p$_"; Id = $_; Parent = $first } } } | New-Entity -Store $store
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are taken by hand, and recovery starts from them' {
        $checkpoint = New-Checkpoint -Store $store -Name 'entities'
        $checkpoint.ItemCount | Should -BeGreaterThan 0
        Find-Entity -Store $store -Field Process.Id -gt 3 | Set-EntityComponent -Table Gone
        New-Entity -Store $store | Remove-Entity
        $before = Get-State $path
        Copy-OpenStore $path "$path-copy"
        $report = Invoke-Recovery "$path-copy"
        $report.CheckpointId | Should -Be $checkpoint.Id
        $report.ItemsLoaded | Should -BeGreaterThan 0
        Get-State "$path-copy" | Should -Be $before
    }

    It 'are increments where that is asked for' {
        $null = New-Checkpoint -Store $store -Full
        Find-Entity -Store $store -Field Process.Id -eq 3 | Remove-Entity
        Find-Entity -Store $store -Field Process.Id -eq 4 | Set-EntityComponent -Table Process -Value @{ Name = 'changed' }
        Add-EntityField -Store $store Process Note String -Default 'x'
        (New-Checkpoint -Store $store -Incremental).IsFull | Should -BeFalse
        $null = New-Entity -Store $store @{ Process = @{ Id = 6 } }
        $before = Get-State $path
        Copy-OpenStore $path "$path-copy"
        (Invoke-Recovery "$path-copy").CheckpointId | Should -Be 2
        Get-State "$path-copy" | Should -Be $before
        Test-Checkpoint "$path-copy" | Should -BeTrue
    }

    It 'are taken by themselves after so many transactions' {
        Set-WalConfiguration $path -CheckpointTransactions 10
        $store.Dispose()
        $store = Open-WalStore $path
        1..30 | ForEach-Object { $first | Set-EntityComponent -Table Process -Value @{ Id = $_ } }
        Wait-Until { @(Get-Checkpoint -Store $store).Count -gt 0 }
        Copy-OpenStore $path "$path-copy"
        (Invoke-Recovery "$path-copy").CheckpointId | Should -BeGreaterThan 0
        (Get-Entity -Path "$path-copy" 0.1).Process.Id | Should -Be 30
    }

    It 'are taken by themselves after so many seconds' {
        Set-WalConfiguration $path -CheckpointIntervalSeconds 1
        $store.Dispose()
        $store = Open-WalStore $path
        $first | Set-EntityComponent -Table Process -Value @{ Id = 77 }
        Wait-Until { @(Get-Checkpoint -Store $store).Count -gt 0 }
        Copy-OpenStore $path "$path-copy"
        $report = Invoke-Recovery "$path-copy"
        $report.CheckpointId | Should -BeGreaterThan 0
        (Get-Entity -Path "$path-copy" 0.1).Process.Id | Should -Be 77
    }

    It 'are what can be gone back to, also by position and by time' {
        $checkpoint = New-Checkpoint -Store $store -Name 'good'
        $good = Get-State $path
        $null = New-Entity -Store $store @{ Process = @{ Id = 6 } }
        $middle = (Get-WalEntry -Store $store -Last 1).Lsn
        $between = Get-State $path
        Find-Entity -Store $store | Remove-Entity
        Remove-EntityTable -Store $store Process -Confirm:$false
        $store.Dispose()
        $null = Invoke-Recovery $path -ToLsn $middle -Confirm:$false
        Get-State $path | Should -Be $between
        $null = Invoke-Recovery $path -CheckpointId $checkpoint.Id -Confirm:$false
        Get-State $path | Should -Be $good
        Use-WalStore $path { (New-Entity @{ Process = @{ Name = 'again' } }).Id } | Should -Be '5.1'
    }

    It 'are merged, and the log they cover goes' {
        $path = Join-Path $directory small
        $store = New-WalStore $path -SegmentBytes 64KB
        Set-WalConfiguration $store -LogSegmentBytes 64KB -LogSpareSegments 0 -CompactionRatioPercent 0
        $null = New-EntityTable -Store $store Process ([ordered]@{ Name = 'String'; Id = 'Int32' })
        $first = New-Entity -Store $store @{ Process = @{} }
        $null = New-Checkpoint -Store $store -Full
        1..3 | ForEach-Object {
            1..40 | ForEach-Object { $first | Set-EntityComponent -Table Process -Value @{ Name = 'x' * 3000; Id = $_ } }
            $null = New-Checkpoint -Store $store -Incremental
        }
        $before = Get-State $path
        $report = Optimize-Wal -Store $store -TargetSize 0 -Keep 1
        $report.IncrementsMerged | Should -Be 3
        $report.SegmentsRemoved | Should -BeGreaterThan 2
        @(Get-Checkpoint -Store $store).IsFull | Should -Be $true
        Get-State $path | Should -Be $before
        Copy-OpenStore $path "$path-copy"
        Get-State "$path-copy" | Should -Be $before
    }

    It 'are in backups, and in what is restored and salvaged of them' {
        $before = Get-State $path
        $null = Backup-WalStore -Store $store (Join-Path $directory backup)
        $first | Remove-Entity
        $null = Restore-WalStore (Join-Path $directory backup) (Join-Path $directory restored)
        Get-State (Join-Path $directory restored) | Should -Be $before
        $now = Get-State $path
        $store.Dispose()
        $null = Repair-Wal $path -Mode Salvage -Destination (Join-Path $directory salvaged)
        Get-State (Join-Path $directory salvaged) | Should -Be $now
    }

    It 'verify: a store with entities is sound' {
        $null = New-Checkpoint -Store $store
        Test-WalIntegrity $path | Should -BeTrue
        (Get-WalStore $path).EntityCount | Should -Be 5
        $store | Format-List | Out-String | Should -Match 'EntityCount +: 5'
    }
}
