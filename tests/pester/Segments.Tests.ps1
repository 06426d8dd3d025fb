BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Segments' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 64KB -CheckpointsRetained 1 -LogRetainBytes 0 -ArchiveLog
        $records = foreach ($round in 1..6) {
            foreach ($number in 1..6) { Add-WalEntry -Store $store -Type note -InputObject "$round.$number $('r' * 6000)" -PassThru }
            $null = New-Checkpoint -Store $store
        }
        Close-WalStore $store
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are listed with their state, archived ones first' {
        $segments = Get-WalSegment $path
        $states = $segments.State | ForEach-Object { "$_" }
        $states[0] | Should -Be 'Archived'
        @($states -eq 'Active').Count | Should -Be 1
        $inOrder = $segments | Where-Object State -NE Spare
        $inOrder.Sequence | Should -Be (1..$inOrder.Count)
        foreach ($segment in $segments) {
            Join-Path $path $segment.Path | Should -Exist
            (Get-Item (Join-Path $path $segment.Path)).Length | Should -Be $segment.StoredBytes
        }
        $archived = $segments | Where-Object State -EQ Archived
        ($archived | Measure-Object StoredBytes -Sum).Sum | Should -BeLessThan (($archived | Measure-Object Bytes -Sum).Sum / 2)
        $archived[0].Epoch | Should -Be 1
        $archived[0].Created | Should -BeOfType [DateTimeOffset]
    }

    It 'are found by state and by number, by path, literal path and handle, beside a writer' {
        $writer = Open-WalStore $path -SegmentBytes 64KB -ArchiveLog
        try {
            $archived = Get-WalSegment $path -State Archived
            $archived.Count | Should -BeGreaterThan 1
            (Get-WalSegment -LiteralPath $path -State Archived).Count | Should -Be $archived.Count
            ($writer | Get-WalSegment -State Archived).Count | Should -Be $archived.Count
            (Get-Item $path | Get-WalSegment -Sequence 2).Sequence | Should -Be 2
            Get-WalSegment $path -Sequence 99999 | Should -BeNullOrEmpty
        }
        finally { $writer.Dispose() }
    }

    It 'have a table view' {
        $view = Get-WalSegment $path | Format-Table | Out-String
        $view | Should -Match 'Sequence\s+State\s+FirstLsn\s+EndLsn\s+Created\s+Bytes\s+Stored'
        $view | Should -Match 'Archived'
    }

    It 'in the archive are read as the log is' {
        (Get-WalEntry $path -Type note).Lsn | Should -Be $records.Lsn
        (Watch-WalEntry $path -FromLsn 0 -Type note -Timeout 0).Lsn | Should -Be $records.Lsn
        (Get-WalEntry $path -FromLsn $records[3].Lsn -First 1).Lsn | Should -Be $records[3].Lsn
        Test-WalIntegrity $path | Should -BeTrue
        $report = Test-WalIntegrity $path -Detailed
        $report.ArchivedSegmentsRead | Should -Be (Get-WalSegment $path -State Archived).Count
        $measure = Measure-Wal $path
        $measure.Archived | Should -Be $report.ArchivedSegmentsRead
        $measure.ArchiveRatio | Should -BeGreaterThan 2
        $measure.FirstLsn | Should -Be $records[0].Lsn
        $measure | Out-String | Should -Match 'Archived\s+:'
    }

    It 'missing in the archive are an error, and what comes behind is read' {
        $lost = Get-WalSegment $path -Sequence 2
        Remove-Item (Join-Path $path $lost.Path)
        $entries = Get-WalEntry $path -Type note -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.Count | Should -Be 1
        $errors[0].FullyQualifiedErrorId | Should -Match '^LogTruncated'
        $entries.Lsn | Should -Be ($records | Where-Object { $_.Lsn -lt $lost.FirstLsn -or $_.Lsn -ge $lost.EndLsn }).Lsn
        Measure-Wal $path | ForEach-Object Records | Should -BeGreaterThan $entries.Count
    }

    It 'damaged in the archive are found' {
        $damaged = Join-Path $path (Get-WalSegment $path -Sequence 2).Path
        $bytes = [IO.File]::ReadAllBytes($damaged)
        $bytes[4400] = $bytes[4400] -bxor 0xFF
        [IO.File]::WriteAllBytes($damaged, $bytes)
        Test-WalIntegrity $path -WarningAction SilentlyContinue | Should -BeFalse
        (Test-WalIntegrity $path -Detailed).Findings.Kind | Should -Contain 'ArchiveDamaged'
    }

    It 'are kept in the archive as far as its limits say' {
        $limited = Open-WalStore $path -SegmentBytes 64KB -CheckpointsRetained 1 -LogRetainBytes 0 -ArchiveLog -ArchiveRetainFiles 1
        Add-WalEntry -Store $limited -Type note -InputObject 'more'
        $null = New-Checkpoint -Store $limited
        Close-WalStore $limited
        @(Get-WalSegment $path -State Archived).Count | Should -Be 1
    }
}
