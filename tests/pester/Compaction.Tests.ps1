BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Optimize-Wal' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 64KB
        Set-WalConfiguration $store -LogSegmentBytes 64KB -LogSpareSegments 0 -CompactionRatioPercent 0
        Set-StateItem -Store $store base ('x' * 2000)
        $null = New-Checkpoint -Store $store -Full
        1..4 | ForEach-Object { $round = $_; 1..30 | ForEach-Object { Set-StateItem -Store $store "k$_" ("$round " * 500) }; $null = New-Checkpoint -Store $store -Incremental }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'merges increments and says what it has done' {
        $report = Optimize-Wal -Store $store
        $report.Reason | Should -Be 'Requested'
        $report.IncrementsMerged | Should -Be 4
        (Get-Checkpoint $path)[-1].Id | Should -Be $report.CheckpointId
        (Get-Checkpoint $path)[-1].IsFull | Should -BeTrue
        (Get-WalStore -Store $store -Health).Probes.Where({ $_.Name -eq 'Compaction' }).Message | Should -Match 'merged 4 increments'
        ($report | Out-String) | Should -Match 'IncrementsMerged +: 4'
    }

    It 'makes a store as small as it can be, by path too' {
        $store.Dispose()
        $before = (Get-ChildItem $path -Recurse -File | Measure-Object Length -Sum).Sum
        $report = Optimize-Wal $path -TargetSize 0 -Keep 1
        $report.SegmentsRemoved | Should -BeGreaterThan 2
        $report.BytesAfter | Should -BeLessThan $report.BytesBefore
        (Get-ChildItem $path -Recurse -File | Measure-Object Length -Sum).Sum | Should -BeLessThan $before
        @(Get-Checkpoint $path).Count | Should -Be 1
        @(Get-StateItem -Path $path).Count | Should -Be 31
        (Get-StateItem -Path $path k7).Value | Should -Be ('4 ' * 500)
        Test-WalIntegrity $path | Should -BeTrue
    }

    It 'takes no time before now, and no less than nothing' {
        Get-ErrorId { Optimize-Wal -Store $store -RetainFor -1 } | Should -Be 'ConfigurationInvalid'
        Get-ErrorId { Optimize-Wal -Store $store -TargetSize -1 } | Should -Be 'ParameterArgumentValidationError'
    }

    It 'changes nothing with -WhatIf' {
        $store.Dispose()
        $before = Get-ChildItem $path -Recurse -File | Get-FileHash | ForEach-Object { "$($_.Path) $($_.Hash)" }
        Optimize-Wal $path -Keep 1 -WhatIf
        Get-ChildItem $path -Recurse -File | Get-FileHash | ForEach-Object { "$($_.Path) $($_.Hash)" } | Should -Be $before
    }

    It 'puts log into the archive of a store that has one' {
        $store.Dispose()
        Set-WalConfiguration $path -ArchiveEnabled $true
        $null = Optimize-Wal $path -TargetSize 0 -Keep 1
        @(Get-WalSegment $path -State Archived).Count | Should -BeGreaterThan 2
    }

    It 'keeps log that is younger than asked for' {
        (Optimize-Wal -Store $store -RetainFor '1.00:00:00' -Keep 1).SegmentsRemoved | Should -Be 0
        (Optimize-Wal -Store $store -RetainFor 0 -Keep 1).SegmentsRemoved | Should -BeGreaterThan 2
    }
}
