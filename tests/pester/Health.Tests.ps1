BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $probes = 'Writable', 'Flushes', 'Space', 'Checkpoint', 'ReplayLag', 'Faults', 'Archive', 'Compaction', 'Quarantine', 'Lock', 'LockWaits'

    function Get-Probe($Health, [string] $Name) { $Health.Probes | Where-Object Name -EQ $Name }
}

Describe 'Get-WalStore -Health' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 1MB
        Set-StateItem -Store $store a 1
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'probes an open store, and leaves nothing in it' {
        $null = New-Checkpoint -Store $store
        $health = Get-WalStore -Store $store -Health
        $health | Should -BeOfType PersistenceModule.WalStoreHealth
        $health.Path | Should -Be $path
        $health.StoreId | Should -Be $store.StoreId
        $health.Status | Should -Be 'Healthy'
        $health.Probes.Name | Should -Be $probes
        $health.Probes.Status | Should -Be (@('Healthy') * 11)
        (Get-Probe $health Flushes).Unit | Should -Be 'ms'
        (Get-Probe $health Flushes).Value | Should -BeGreaterThan 0
        (Get-Probe $health Space).Value | Should -BeGreaterThan 1MB
        (Get-Probe $health Lock).Message | Should -Be 'This handle holds the store for writing.'
        Get-ChildItem (Join-Path $path staging) | Should -BeNullOrEmpty
    }

    It 'of a path works beside the writer, and writes nothing' {
        $health = Get-WalStore $path -Health
        $health.Status | Should -Be 'Healthy'
        ($health.Probes | Where-Object Status -EQ NotProbed).Name | Should -Be 'Writable', 'Flushes', 'Faults'
        (Get-Probe $health Lock).Message | Should -BeLike "Process $PID on * holds the store for writing."
        $store.Dispose()
        $before = Get-Fingerprint $directory
        (Get-Probe (Get-WalStore -LiteralPath $path -Health) Lock).Message | Should -Be 'Nobody holds the store for writing.'
        Get-Fingerprint $directory | Should -Be $before
    }

    It 'of a store that was not closed is Degraded' {
        $crashed = "$path-crashed"
        Copy-OpenStore $path $crashed
        $health = Get-WalStore $crashed -Health
        $health.Status | Should -Be 'Degraded'
        (Get-Probe $health Lock).Status | Should -Be 'Degraded'
    }

    It 'of a store whose lock was taken away is Unhealthy' {
        Remove-Item -LiteralPath (Join-Path $path LOCK)
        (Get-WalStore -Store $store -Health).Status | Should -Be 'Unhealthy'
    }

    It 'without a path is that of every open store, and with -Current of the one in use' {
        $other = New-WalStore "$path-2"
        (Get-WalStore -Health).Path | Should -Be $path, "$path-2"
        Use-WalStore $other { (Get-WalStore -Current -Health).Path } | Should -Be "$path-2"
        $store, $other | Get-WalStore -Health | ForEach-Object Status | Should -Be 'Healthy', 'Healthy'
    }

    It 'of a closed store is an error that keeps no other from being probed' {
        $other = New-WalStore "$path-2"
        $store.Dispose()
        $found = @($store, $other | Get-WalStore -Health -ErrorAction SilentlyContinue -ErrorVariable errors)
        $found.Path | Should -Be "$path-2"
        $errors.FullyQualifiedErrorId | Should -BeLike 'StoreClosed,*'
    }

    It 'reads as a list, and its probes as a table' {
        $health = Get-WalStore -Store $store -Health
        $list = $health | Out-String -Width 200
        $list | Should -Match '(?m)^Status\s+: Healthy'
        foreach ($probe in $probes) { $list | Should -Match "Healthy\s+$probe" }
        $table = $health.Probes | Out-String -Width 200
        $table | Should -Match '(?m)^Name\s+Status\s+Value\s+Message'
        $table | Should -Match '(?m)^Writable\s+Healthy\s+[\d.,]+ ms\s+A file of 4096 bytes was written'
    }
}

Describe 'Measure-Wal' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 1MB
        1..10 | ForEach-Object { Set-StateItem -Store $store "k$_" ('x' * 100) }
        Remove-StateItem -Store $store k1
        1..4 | ForEach-Object { [pscustomobject]@{ Key = "t$_"; Value = $_ } } | Add-WalEntry -Store $store -AsTransaction
        'login', 'login', 'logout' | ForEach-Object { Add-WalEntry -Store $store -Type $_ -InputObject 1 }
        $null = New-Checkpoint -Store $store
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'adds up the log of an open store by kind, and tells what the handle has done' {
        $measure = Measure-Wal -Store $store
        $measure | Should -BeOfType PersistenceModule.WalMeasure
        $entries = @(Get-WalEntry -Store $store)
        $measure.Records | Should -Be $entries.Count
        $measure.FirstLsn | Should -Be $entries[0].Lsn
        $measure.LastLsn | Should -Be $entries[-1].Lsn
        $measure.Oldest | Should -Be $entries[0].Time
        ($measure.Kinds | Sort-Object Kind, Type | ForEach-Object { "$($_.Kind) $($_.Type) $($_.Count)" }) |
            Should -Be 'StateItemSet  14', 'StateItemRemoved  1', 'Record login 2', 'Record logout 1', 'Checkpoint  1'
        ($measure.Kinds | Measure-Object PayloadBytes -Sum).Sum | Should -Be $measure.PayloadBytes
        $measure.Frames | Should -Be 16
        $measure.RecordsPerFrame.Max | Should -Be 4
        $measure.BytesPerFrame.P50 | Should -Be 4096
        $measure.Segments | Should -Be 1
        $measure.SegmentBytes | Should -Be 1MB
        $measure.ReserveBytes | Should -Be 5MB
        (Get-Item (Join-Path $path wal/ballast)).Length | Should -Be 5MB
        $measure | Out-String | Should -Match 'Reserve +: 5,242,880 bytes'
        $measure.Checkpoints | Should -Be 1
        $measure.CheckpointBytes | Should -Be (Get-Checkpoint -Store $store).FileBytes
        $measure.LastCheckpoint | Should -Be (Get-Checkpoint -Store $store).Created
        $measure.Activity.Commits | Should -Be 16
        $measure.Activity.Records | Should -Be 19
        $measure.Activity.Flushes | Should -BeGreaterOrEqual 16
        $measure.Activity.FlushMs.Count | Should -BeGreaterOrEqual 16
        $measure.Activity.FlushMs.P99 | Should -BeGreaterOrEqual $measure.Activity.FlushMs.P50
        $measure.Activity.FlushMs.P50 | Should -BeGreaterThan 0
        $measure.Activity.RecordsPerFrame.Max | Should -Be 4
        $measure.Activity.CheckpointsTaken | Should -Be 1
        $measure.Activity.LastCheckpointDuration | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'of a path finds the same in the log, writes nothing, and tells of no handle' {
        $live = Measure-Wal -Store $store
        $measure = Measure-Wal $path
        $measure.Recovery.ToString() | Should -BeLike 'beside a writer at work, *'
        $measure.Activity | Should -BeNullOrEmpty
        foreach ($property in 'StoreId', 'Records', 'PayloadBytes', 'Frames', 'Segments', 'CheckpointBytes', 'FirstLsn', 'LastLsn') { $measure.$property | Should -Be $live.$property -Because $property }
        "$($measure.Kinds)" | Should -Be "$($live.Kinds)"
        $measure.Recovery | Should -BeOfType Persistence.Recovery.RecoveryReport
        $store.Dispose()
        $before = Get-Fingerprint $directory
        (Measure-Wal $path).Records | Should -Be $live.Records
        Get-Fingerprint $directory | Should -Be $before
    }

    It 'measures every store it is given, and reports those it cannot' {
        $store.Dispose()
        $other = New-WalStore "$path-2"
        $found = @(Measure-Wal $path, "$path-none", "$path-2" -ErrorAction SilentlyContinue -ErrorVariable errors)
        $found.Path | Should -Be $path, "$path-2"
        $found[1].Records | Should -Be 0
        $found[1].Oldest | Should -BeNullOrEmpty
        $errors.FullyQualifiedErrorId | Should -BeLike 'StoreNotFound,*'
        Use-WalStore $other { (Measure-Wal).Path } | Should -Be "$path-2"
        Get-ErrorId { Measure-Wal } | Should -Be 'StoreNotSpecified'
    }

    It 'tells apart what belongs to a transaction whose commit is not in the log' {
        (Measure-Wal -Store $store | Out-String -Width 200) | Should -Not -Match 'Uncommitted'
        $whole = Join-Path $directory 'whole'
        $large = New-WalStore $whole -SegmentBytes 16MB
        $value = 'x' * 1MB
        Set-StateItem -Store $large before 1
        Use-WalTransaction $large { 1..6 | ForEach-Object { Set-StateItem "k$_" $value } }
        $commit = (Get-WalEntry -Store $large)[-1]
        (Measure-Wal -Store $large).UncommittedRecords | Should -Be 0
        $crashed = Join-Path $directory 'crashed'
        Copy-OpenStore $whole $crashed
        # In the first segment a position of the log is one of the file: so the frame with the commit was not written to its end, nor anything behind it.
        Clear-FileFrom (Join-Path $crashed wal/0000000001.wal) $commit.Lsn (16MB - $commit.Lsn)
        $measure = Measure-Wal $crashed
        @(Get-WalEntry -Path $crashed).Count | Should -Be 1
        $measure.Records | Should -Be 1
        $measure.Kinds.Count | Should -Be 1
        $measure.UncommittedRecords | Should -BeGreaterThan 3
        $measure.UncommittedBytes | Should -BeGreaterThan 3MB
        $measure.RecordsPerFrame.Mean * $measure.Frames | Should -Be (1 + $measure.UncommittedRecords)
        $measure.FrameBytes | Should -BeGreaterThan $measure.UncommittedBytes
        ($measure | Out-String -Width 200) | Should -Match "(?m)^Uncommitted\s+: $($measure.UncommittedRecords) entries, "
    }

    It 'tells how the transactions of an open handle have ended' {
        (Measure-Wal -Store $store | Out-String -Width 200) | Should -Not -Match 'Transactions'
        Use-WalTransaction $store { Set-StateItem a 1; Use-WalTransaction { Set-StateItem b 1 } }
        $started = Start-WalTransaction -Store $store
        Undo-WalTransaction $started
        { Use-WalTransaction $store { param($tx) $null = $tx.Get('k2'); Set-StateItem c 1; Invoke-Elsewhere { param($store) Set-StateItem -Store $store k2 1 } $store } -ErrorAction Stop } | Should -Throw
        { Use-WalTransaction $store { param($tx) $tx.AddValidator('never', { $false }) } -ErrorAction Stop } | Should -Throw
        $measure = Measure-Wal -Store $store
        $activity = $measure.Activity
        $activity.TransactionsCommitted | Should -Be 1
        $activity.TransactionsRolledBack | Should -Be 1
        $activity.TransactionsAborted | Should -Be 2
        $activity.TransactionConflicts | Should -Be 1
        $activity.TransactionMs.Count | Should -Be 4
        ($measure | Out-String -Width 200) | Should -Match '(?m)^Transactions\s+: 1 committed, 1 rolled back, 2 aborted \(1 with a conflict\)'
        (Measure-Wal ($store.Path)).Activity | Should -BeNullOrEmpty
    }

    It 'reads as a list, the kinds as a table' {
        $measure = Measure-Wal -Store $store
        $list = $measure | Out-String -Width 200
        $list | Should -Match '(?m)^Records\s+: 19'
        $list | Should -Match 'Record login: 2 entries'
        $list | Should -Match '(?m)^FlushMs\s+: p50 '
        Measure-Wal $path | Out-String -Width 200 | Should -Not -Match 'FlushMs'
        $measure.Kinds | Out-String -Width 200 | Should -Match '(?m)^Kind\s+Type\s+Count\s+PayloadBytes'
        $measure.Activity | Out-String -Width 200 | Should -Match '(?m)^Commits\s+: 16'
    }
}
