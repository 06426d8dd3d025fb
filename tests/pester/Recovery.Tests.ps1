BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $segment = 'wal/0000000001.wal'
}

Describe 'Recovery' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 1MB
        $entries = @(1..6 | ForEach-Object { Add-WalEntry -Store $store "k$_" "value $_" -PassThru })
        $copy = Join-Path $directory 'copy'
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'of a store that is whole' {
        BeforeEach { Copy-OpenStore $path $copy }

        It 'with -WhatIf returns the plan and changes not a byte' {
            $before = Get-Fingerprint $copy
            $plan = Invoke-Recovery $copy -WhatIf
            Get-Fingerprint $copy | Should -Be $before
            $plan | Should -BeOfType Persistence.Recovery.RecoveryReport
            $plan.Applied | Should -BeFalse
            $plan.WasClean | Should -BeFalse
            $plan.RecordsReplayed | Should -Be 6
            $plan.Actions | Should -Not -BeNullOrEmpty
        }

        It 'does what the plan said' {
            $plan = Invoke-Recovery $copy -WhatIf
            $report = Invoke-Recovery $copy
            $report.Applied | Should -BeTrue
            $report.EndLsn | Should -Be $plan.EndLsn
            $report.Actions.Count | Should -Be $plan.Actions.Count
            (Invoke-Recovery $copy).WasClean | Should -BeTrue
            @(Get-StateItem -Path $copy).Count | Should -Be 6
        }

        It 'follows $WhatIfPreference' {
            $before = Get-Fingerprint $copy
            & { $WhatIfPreference = $true; (Invoke-Recovery $copy).Applied | Should -BeFalse }
            Get-Fingerprint $copy | Should -Be $before
        }

        It 'takes paths from the pipeline' {
            @(Get-Item $copy | Invoke-Recovery).Count | Should -Be 1
            @($copy | Invoke-Recovery).Count | Should -Be 1
        }

        It 'is refused while a writer holds the store' {
            Get-ErrorId { Invoke-Recovery $path } | Should -Be 'StoreLocked'
        }

        It 'leaves a store that is healthy' {
            Test-WalIntegrity $copy | Should -BeTrue
            $null = Invoke-Recovery $copy
            Test-WalIntegrity $copy | Should -BeTrue
        }
    }

    Context 'of a torn tail' {
        BeforeEach {
            Copy-OpenStore $path $copy
            # The last frame loses a bit, and nothing comes after it that could prove that it had been flushed.
            $last = $entries[-1].Lsn
            Set-FlippedBit (Join-Path $copy $segment) ($last + 3)
            Clear-FileFrom (Join-Path $copy $segment) ([Math]::Ceiling($last / 4096) * 4096) 64KB
        }

        It 'is true for Test-WalIntegrity, with a warning' {
            Test-WalIntegrity $copy -WarningVariable said -WarningAction SilentlyContinue | Should -BeTrue
            @($said).Count | Should -Be 1
            "$said" | Should -BeLike '*incomplete write*'
            (Test-WalIntegrity $copy -Detailed -WarningAction SilentlyContinue).Findings.Kind | Should -Be 'TornTail'
        }

        It 'shows readers what comes before it' {
            (Get-StateItem -Path $copy -WarningAction SilentlyContinue).Key | Should -Be @(1..5 | ForEach-Object { "k$_" })
        }

        It 'is dropped by opening for writing, with a warning, and kept in quarantine' {
            $opened = Open-WalStore $copy -WarningVariable said -WarningAction SilentlyContinue
            "$said" | Should -BeLike '*incomplete write*'
            $opened.ItemCount | Should -Be 5
            $opened.Recovery.Findings.Kind | Should -Contain 'TornTail'
            Set-StateItem -Store $opened k6 'again'
            $opened.Dispose()
            @(Get-ChildItem (Join-Path $copy quarantine)).Count | Should -Be 1
            Test-WalIntegrity $copy | Should -BeTrue
            (Get-WalEntry $copy).Key | Should -Be @(1..6 | ForEach-Object { "k$_" })
        }
    }

    Context 'of files that transactions have written' {
        BeforeEach {
            Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'one'); $tx.WriteFile('b', 'two'); $tx.WriteFile('empty', '') }
            $files = Join-Path $path files
        }

        It 'counts them, beside a writer too' {
            (Test-WalIntegrity $path -Detailed).FilesRead | Should -Be 3
            $store.Dispose()
            $report = Test-WalIntegrity $path -Detailed
            $report.IsHealthy, $report.FilesRead, $report.Findings.Count | Should -Be $true, 3, 0
        }

        It 'is false for Test-WalIntegrity, and names each that is damaged or missing, until it is written anew' {
            Set-FlippedBit (Join-Path $files a) 1
            Remove-Item (Join-Path $files b)
            Test-WalIntegrity $path -WarningAction SilentlyContinue -WarningVariable said | Should -BeFalse
            "$said" | Should -BeLike "*'files/a'*'files/b'*"
            $report = Test-WalIntegrity $path -Detailed -WarningAction SilentlyContinue
            $report.Findings.Where({ $_.Severity -eq 'Error' }).Kind | Should -Be 'FileDamaged', 'FileDamaged'
            $report.Findings.Where({ $_.Severity -eq 'Error' }).File | Should -Be 'files/a', 'files/b'
            Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'three'); $tx.RemoveFile('b') }
            Test-WalIntegrity $path | Should -BeTrue
        }

        It 'reports other damage all the same' {
            $store.Dispose()
            Set-FlippedBit (Join-Path $path $segment) ($entries[3].Lsn + 3)
            $report = Test-WalIntegrity $path -Detailed -WarningAction SilentlyContinue
            $report.IsHealthy, $report.FilesRead | Should -Be $false, 0
            $report.Findings.Kind | Should -Be 'Damage'
        }
    }

    Context 'of damage' {
        BeforeEach {
            $store.Dispose()
            Set-FlippedBit (Join-Path $path $segment) ($entries[3].Lsn + 3)
        }

        It 'is refused by everything that opens the store, with file, offset and position' {
            foreach ($command in { Open-WalStore $path }, { Set-StateItem -Path $path a 1 }, { Get-StateItem -Path $path }, { Get-WalEntry $path }, { Invoke-Recovery $path }) {
                $failure = Get-ErrorOf $command
                $failure.FullyQualifiedErrorId | Should -BeLike 'RecoveryRequired,*'
                $failure.Exception.File | Should -Be $segment
                $failure.Exception.Position | Should -BeLessOrEqual $entries[3].Lsn
                $failure.ErrorDetails.RecommendedAction | Should -BeLike '*TolerateTail*'
            }
        }

        It 'is false for Test-WalIntegrity, with the place in the report' {
            Test-WalIntegrity $path -WarningAction SilentlyContinue | Should -BeFalse
            $report = Test-WalIntegrity $path -Detailed -WarningAction SilentlyContinue
            $report | Should -BeOfType Persistence.Engine.IntegrityReport
            $report.IsHealthy | Should -BeFalse
            $report.Findings.Count | Should -Be 1
            $report.Findings[0].File | Should -Be $segment
            $report.Findings[0].Kind | Should -Be 'Damage'
            $report.RecordsRead | Should -Be 5
        }

        It 'warns of each finding' {
            $null = Test-WalIntegrity $path -WarningVariable said -WarningAction SilentlyContinue
            @($said).Count | Should -Be 1
            "$said" | Should -BeLike "*$segment*"
        }

        It 'with TolerateTail keeps what comes before, and keeps the rest in quarantine' {
            $before = Get-Fingerprint $path
            $plan = Invoke-Recovery $path -Mode TolerateTail -WhatIf -WarningAction SilentlyContinue
            Get-Fingerprint $path | Should -Be $before
            $plan.Findings.Kind | Should -Contain 'Damage'

            $report = Invoke-Recovery $path -Mode TolerateTail -WarningAction SilentlyContinue
            $report.EndLsn | Should -Be $plan.EndLsn
            (Get-StateItem -Path $path).Key | Should -Be 'k1', 'k2', 'k3'
            @(Get-ChildItem (Join-Path $path quarantine)).Count | Should -BeGreaterThan 0
            (Open-WalStore $path).Recovery.WasClean | Should -BeTrue
        }
    }

    Context 'of a lost ROOT' {
        BeforeEach {
            $store.Dispose()
            0..3 | ForEach-Object { Set-FlippedBit (Join-Path $path ROOT) ($_ * 4096 + 100) }
        }

        It 'says so when nothing is left to go on with, instead of pointing in a circle' {
            $store = New-WalStore (New-TestDirectory)
            Set-StateItem -Store $store a 1
            Close-WalStore $store
            Remove-Item (Join-Path $store.Path 'wal/0000000001.wal')
            foreach ($mode in 'Strict', 'TolerateTail') {
                $failure = $null
                Invoke-Recovery $store.Path -Mode $mode -WhatIf -ErrorVariable failure -ErrorAction SilentlyContinue 3> $null | Should -BeNullOrEmpty
                $failure[0].FullyQualifiedErrorId | Should -BeLike 'SequenceGap,*'
                "$($failure[0].ErrorDetails)" | Should -BeLike '*no recovery mode can open the store*'
            }
            Remove-TestDirectory $store.Path
        }

        It 'is refused unless asked for, then rebuilt' {
            Get-ErrorId { Open-WalStore $path } | Should -Be 'RecoveryRequired'
            Test-WalIntegrity $path -WarningAction SilentlyContinue | Should -BeFalse
            $null = Invoke-Recovery $path -Mode TolerateTail -WarningAction SilentlyContinue
            @(Get-StateItem -Path $path).Count | Should -Be 6
            Test-WalIntegrity $path | Should -BeTrue
        }
    }

    Context 'to an earlier state' {
        BeforeEach { $store | Close-WalStore }

        It 'goes back to an LSN, and on from there' {
            $report = Invoke-Recovery $path -ToLsn $entries[2].Lsn -Confirm:$false
            $report.Applied | Should -BeTrue
            "$($report.Target)" | Should -Be "LSN $($entries[2].Lsn)"
            $report.RecordsLeftOut | Should -Be 3
            $report.ReachedTime | Should -Be $entries[2].Time
            (Get-StateItem -Path $path).Key | Should -Be 'k1', 'k2', 'k3'
            Set-StateItem -Path $path new 1
            (Get-StateItem -Path $path).Key | Should -Be 'k1', 'k2', 'k3', 'new'
            Test-WalIntegrity $path | Should -BeTrue
        }

        It 'goes back to what was left' {
            $null = Invoke-Recovery $path -ToLsn $entries[2].Lsn -Confirm:$false
            $null = Invoke-Recovery $path -ToLsn $entries[4].Lsn -Confirm:$false
            @(Get-StateItem -Path $path).Count | Should -Be 5
        }

        It 'goes back to a time' {
            $null = Invoke-Recovery $path -ToTime $entries[3].Time -Confirm:$false
            @(Get-StateItem -Path $path).Count | Should -Be 4
        }

        It 'goes back to a checkpoint' {
            $checkpoint = New-Checkpoint -Path $path
            Set-StateItem -Path $path later 1
            $null = Invoke-Recovery $path -CheckpointId $checkpoint.Id -Confirm:$false
            @(Get-StateItem -Path $path).Count | Should -Be 6
            Get-ErrorId { Invoke-Recovery $path -CheckpointId 99 -Confirm:$false } | Should -Be 'CheckpointNotFound'
        }

        It 'with -WhatIf returns the plan and changes not a byte' {
            $before = Get-Fingerprint $path
            $plan = Invoke-Recovery $path -ToLsn $entries[2].Lsn -WhatIf
            Get-Fingerprint $path | Should -Be $before
            $plan.Applied | Should -BeFalse
            $plan.RecordsLeftOut | Should -Be 3
            "$($plan.Actions)" | Should -BeLike '*branch*'
        }

        It 'asks first' {
            $before = Get-Fingerprint $path
            { Invoke-Recovery $path -ToLsn $entries[2].Lsn -ErrorAction Stop } | Should -Throw
            Get-Fingerprint $path | Should -Be $before
        }

        It 'says PositionNotInLog, and what can be reached' {
            Get-ErrorId { Invoke-Recovery $path -ToLsn 1GB -Confirm:$false } | Should -Be 'PositionNotInLog'
            (Get-ErrorOf { Invoke-Recovery $path -ToLsn 1GB -Confirm:$false }).Exception.Message | Should -BeLike '*can be*'
        }

        It 'takes one target' {
            Get-ErrorId { Invoke-Recovery $path -ToLsn 1 -CheckpointId 1 } | Should -Be 'AmbiguousParameterSet'
        }
    }

    Context 'Test-WalIntegrity' {
        It 'returns a Boolean, one for each store' {
            Test-WalIntegrity $path | Should -BeTrue
            Test-WalIntegrity -Store $store | Should -BeOfType bool
            $null = New-WalStore "$path-2"
            @(Get-ChildItem $directory -Directory | Test-WalIntegrity) | Should -Be $true, $true
        }

        It 'changes not a byte' {
            Copy-OpenStore $path $copy
            $before = Get-Fingerprint $copy
            $null = Test-WalIntegrity $copy
            Get-Fingerprint $copy | Should -Be $before
        }

        It 'works while a writer is at work' {
            1..20 | ForEach-Object { Set-StateItem -Store $store "w$_" $_; Test-WalIntegrity $path } | Should -Not -Contain $false
        }

        It 'lists strange files and stays true' {
            Set-Content (Join-Path $path notes.txt) 'mine'
            $report = Test-WalIntegrity $path -Detailed
            $report.IsHealthy | Should -BeTrue
            $writer, $strange = $report.Findings
            $writer.Kind | Should -Be 'WriterActive'
            $writer.Message | Should -BeLike "*$PID*"
            $strange.File | Should -Be 'notes.txt'
        }

        It 'is an error for what is not a store' {
            Get-ErrorId { Test-WalIntegrity $directory } | Should -Be 'StoreNotFound'
        }
    }
}
