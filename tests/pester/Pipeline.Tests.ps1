BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Pipelines' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'make each entry durable before the next object is read' {
        $seen = 1..3 | ForEach-Object { "$_ after $(@(Get-WalEntry $path).Count)"; $null = $_ } | ForEach-Object {
            Add-WalEntry -Store $store -Type t -InputObject $_
            $_
        }
        $seen | Should -Be '1 after 0', '2 after 1', '3 after 2'
    }

    It 'stream what they read' {
        1..5 | Add-WalEntry -Store $store -Type t
        $order = [Collections.Generic.List[string]]::new()
        Get-WalEntry -Store $store | ForEach-Object { $order.Add("a$($_.Value)"); $_ } | ForEach-Object { $order.Add("b$($_.Value)") }
        $order[0..3] | Should -Be 'a1', 'b1', 'a2', 'b2'
    }

    It 'cut short by Select-Object release what they opened' {
        $store.Dispose()
        $null = 1..10 | Add-WalEntry -Path $path -Type t -PassThru | Select-Object -First 2
        $again = Open-WalStore $path
        @(Get-WalEntry -Store $again).Count | Should -Be 2
        $again.Dispose()
        $null = Get-WalEntry $path | Select-Object -First 1
        (Open-WalStore $path).IsOpen | Should -BeTrue
    }

    It 'stopped by Ctrl+C keep what was durable, release the store, and roll a transaction back' {
        $gate = [Threading.ManualResetEventSlim]::new()
        $running = Start-Runspace {
            param($store, $gate)
            & { 1; 2; $gate.Set(); while ($true) { Start-Sleep -Milliseconds 10 } } | Add-WalEntry -Store $store -Type plain
        } $store, $gate
        $gate.Wait(30000) | Should -BeTrue
        Stop-Runspace $running

        $gate.Reset()
        $running = Start-Runspace {
            param($store, $gate)
            & { 1; 2; $gate.Set(); while ($true) { Start-Sleep -Milliseconds 10 } } | Add-WalEntry -Store $store -Type transaction -AsTransaction
        } $store, $gate
        $gate.Wait(30000) | Should -BeTrue
        Stop-Runspace $running

        @(Get-WalEntry -Store $store -Type plain).Count | Should -Be 2
        Get-WalEntry -Store $store -Type transaction | Should -BeNullOrEmpty
        $store.IsOpen | Should -BeTrue
    }

    It 'stopped by Ctrl+C close what they opened by path' {
        $store.Dispose()
        $gate = [Threading.ManualResetEventSlim]::new()
        $running = Start-Runspace {
            param($path, $gate)
            & { 1; $gate.Set(); while ($true) { Start-Sleep -Milliseconds 10 } } | Add-WalEntry -Path $path -Type plain
        } $path, $gate
        $gate.Wait(30000) | Should -BeTrue
        Stop-Runspace $running
        (Open-WalStore $path).Recovery.WasClean | Should -BeTrue
    }

    It 'stop waiting for a lock on Ctrl+C' {
        $running = Start-Runspace { param($path) 'begin'; Open-WalStore $path -LockTimeout 3600 } @(, $path)
        while ($running.Output.Count -eq 0) { [Threading.Thread]::Yield() | Out-Null }
        Stop-Runspace $running
        @(Get-WalStore).Count | Should -Be 1
    }

    It 'get the lock when its holder leaves' {
        $running = Start-Runspace { param($path) 'begin'; Set-StateItem -Path $path waited 1; $s = Open-WalStore $path -LockTimeout 60; 'opened'; $s.Dispose() } @(, $path)
        while ($running.Output.Count -eq 0) { [Threading.Thread]::Yield() | Out-Null }
        Close-WalStore -Store $store
        $running.Run.AsyncWaitHandle.WaitOne(60000) | Should -BeTrue
        $running.Output | Should -Contain 'opened'
        $running.Shell.Dispose()
    }

    It 'bind a directory from Get-ChildItem, its PSPath, and a string' {
        (Get-ChildItem $directory | Get-WalStore).Path | Should -Be $path
        ([pscustomobject]@{ PSPath = "Microsoft.PowerShell.Core\FileSystem::$path" } | Get-WalStore).Path | Should -Be $path
        ($path | Get-WalStore).Path | Should -Be $path
        (Get-WalStore (Join-Path $directory s?ore)).Path | Should -Be $path
    }

    It 'work relative to a drive of PowerShell''s' {
        $null = New-PSDrive -Name Probe -PSProvider FileSystem -Root $directory -Scope Global
        try { (Get-WalStore Probe:/store).Path | Should -Be $path }
        finally { Remove-PSDrive Probe -Scope Global }
    }

    It 'write nothing to any stream unless asked' {
        $said = & { Set-StateItem -Store $store a 1; Add-WalEntry -Store $store b 2; Sync-Wal -Store $store; Close-WalStore -Store $store } *>&1
        $said | Should -BeNullOrEmpty
    }

    It 'name no value in any stream, even when asked for everything' {
        $said = & {
            Set-StateItem -Store $store key 'topsecret' -Verbose -Debug
            Add-WalEntry -Store $store -Type t -InputObject 'topsecret' -Verbose -Debug
            Close-WalStore -Store $store -Verbose -Debug
            Invoke-Recovery $path -Verbose -Debug
            Test-WalIntegrity $path -Verbose -Debug
        } *>&1
        $said | Out-String | Should -Not -Match 'topsecret'
    }
}

Describe 'What commands return' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'a [store]'
        $other = Join-Path $directory other
        foreach ($new in $path, $other) {
            $null = New-Item -ItemType Directory $new
            [IO.File]::WriteAllText((Join-Path $new persistence.toml), "[log]`nsegment_bytes = 65536`nspare_segments = 0`n[reserve]`nballast_bytes = 0`n")
            New-WalStore $new | Close-WalStore
        }
        Set-StateItem -LiteralPath $path a 1
        $checkpoint = New-Checkpoint -LiteralPath $path
        Set-StateItem -LiteralPath $path a 2
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'says which store it is of, and leads to it from the pipeline' {
        $returned = @(
            $checkpoint
            Get-Checkpoint -LiteralPath $path
            Test-Checkpoint -LiteralPath $path -Detailed
            Get-WalSegment -LiteralPath $path
            Get-WalStore -LiteralPath $path
            Get-WalStore -LiteralPath $path -Health
            Measure-Wal -LiteralPath $path
            Optimize-Wal -LiteralPath $path
            Invoke-Recovery -LiteralPath $path
            Invoke-Recovery -LiteralPath $path -WhatIf
            Test-WalIntegrity -LiteralPath $path -Detailed
            Repair-Wal -LiteralPath $path -Mode Quarantine
        )
        $returned.Count | Should -BeGreaterOrEqual 12
        foreach ($one in $returned) {
            $one.StorePath | Should -Be $path -Because $one.GetType()
            $one | Test-WalIntegrity | Should -BeTrue -Because $one.GetType()
        }
    }

    It 'is shown with its store' {
        foreach ($shown in { Get-Checkpoint -LiteralPath $path }, { Test-Checkpoint -LiteralPath $path -Detailed }, { Get-WalSegment -LiteralPath $path }, { Optimize-Wal -LiteralPath $path }, { Test-WalIntegrity -LiteralPath $path -Detailed }, { Invoke-Recovery -LiteralPath $path }) {
            & $shown | Out-String -Width 200 | Should -Match "Store\s*: $([regex]::Escape($path))" -Because $shown
        }
    }

    It 'takes a store back to a checkpoint' {
        $plan = Get-Checkpoint -LiteralPath $path | Invoke-Recovery -WhatIf
        $plan.ReachedLsn | Should -Be $checkpoint.End
        $plan.RecordsLeftOut | Should -BeGreaterThan 0
        $null = Get-Checkpoint -LiteralPath $path | Invoke-Recovery -Confirm:$false
        Get-StateItem -LiteralPath $path a -ValueOnly | Should -Be 1
    }

    It 'says where backups of each go, and what is made of each' {
        $backups = Get-ChildItem $directory -Directory | Backup-WalStore -Destination { "$directory/backups/$($_.Name)" }
        $backups.Count | Should -Be 2
        $backups.Path | Split-Path | Split-Path -Leaf | Should -Be 'a [store]', 'other'
        $restored = $backups | Restore-WalStore -Destination { "$directory/restored/$(Split-Path -Leaf (Split-Path $_.Path))" }
        $restored.StorePath | Split-Path -Leaf | Should -Be 'a [store]', 'other'
        Get-StateItem -LiteralPath $restored[0].StorePath a -ValueOnly | Should -Be 2
        $salvaged = Get-Item -LiteralPath $path | Repair-Wal -Mode Salvage -Destination { "$directory/salvaged" }
        $salvaged.NewStoreId | Should -Not -BeNullOrEmpty
        Get-StateItem -Path $directory/salvaged a -ValueOnly | Should -Be 2
    }
}
