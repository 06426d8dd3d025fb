BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # Whether a list of two items or more gives each of them by its index, as arrays do. $null, or all of the list, is what PowerShell gives of a list that it cannot index.
    function Test-Indexed($List) {
        $items = @(foreach ($item in $List) { $item })
        if ($items.Count -lt 2 -or $List.Count -ne $items.Count) { return $false }
        $first, $second = $List[0..1]
        $same = for ($i = 0; $i -lt $items.Count; $i++) { [object]::Equals($List[$i], $items[$i]) }
        $same -notcontains $false -and [object]::Equals($List[-1], $items[-1]) -and [object]::Equals($first, $items[0]) -and [object]::Equals($second, $items[1])
    }
}

Describe 'Lists of what commands return' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 1MB -CheckpointsRetained 5
        $entries = @(1..6 | ForEach-Object { Add-WalEntry -Store $store "k$_" "value $_" -PassThru })
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are indexed: the files of a store' {
        Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'one'); $tx.WriteFile('b', 'two'); $tx.WriteFile('c', 'three') }
        Test-Indexed $store.Files | Should -BeTrue
        $store.Files[1].Name | Should -Be 'b'
    }

    It 'are indexed: findings of damage in the store''s own files' {
        $store.Dispose()
        Set-Content (Join-Path $path 'wal/left') 'x'
        Set-Content (Join-Path $path 'wal/right') 'x'
        Set-FlippedBit (Join-Path $path 'wal/0000000001.wal') ($entries[3].Lsn + 3)
        $report = Test-WalIntegrity $path -Detailed -WarningAction SilentlyContinue
        $report.IsHealthy | Should -BeFalse
        Test-Indexed $report.Findings | Should -BeTrue
    }

    It 'are indexed: findings of damaged files that transactions have written' {
        Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'one'); $tx.WriteFile('b', 'two') }
        Remove-Item (Join-Path $path files/*)
        $report = Test-WalIntegrity $path -Detailed -WarningAction SilentlyContinue
        Test-Indexed $report.Findings | Should -BeTrue
        $report.Findings[-1].File | Should -Be 'files/b'
    }

    It 'are indexed: findings and acts of a recovery, and of a repair' {
        $store.Dispose()
        Set-Content (Join-Path $path 'staging/left') 'x'
        Set-FlippedBit (Join-Path $path 'wal/0000000001.wal') ($entries[3].Lsn + 3)
        $repair = Repair-Wal $path -Mode Salvage -Destination (Join-Path $directory new) -Confirm:$false -WarningAction SilentlyContinue
        $repair.DamagedRanges[0].File | Should -Be 'wal/0000000001.wal'
        $repair.Actions[0] | Should -BeOfType string
        $recovered = Invoke-Recovery $path -Mode TolerateTail -Confirm:$false -WarningAction SilentlyContinue
        Test-Indexed $recovered.Findings | Should -BeTrue
        $recovered.Actions[0] | Should -BeOfType string
    }

    It 'are indexed: the checkpoints that a checkpoint builds on' {
        $null = New-Checkpoint -Store $store
        2..3 | ForEach-Object { Set-StateItem -Store $store "k$_" 'changed'; $null = New-Checkpoint -Store $store -Incremental }
        $found = Test-Checkpoint $path -Detailed
        Test-Indexed $found[-1].Chain | Should -BeTrue
        $found[-1].Chain[1] | Should -Be 2
    }

    It 'are indexed: what a measure and a look at health say' {
        $null = New-EntityTable -Store $store Tag
        Test-Indexed (Measure-Wal -Store $store).Kinds | Should -BeTrue
        Test-Indexed (Get-WalStore -Store $store -Health).Probes | Should -BeTrue
    }

    It 'are indexed: the fields of a table of entities' {
        $null = New-EntityTable -Store $store Position -Field ([ordered]@{ X = 'Float64'; Y = 'Float64' })
        Test-Indexed (Get-EntityTable -Store $store).Fields | Should -BeTrue
    }
}
