BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe '-WhatIf' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -SegmentBytes 1MB
        Set-StateItem -Store $store a 1
        $crashed = Join-Path $directory 'crashed'
        Copy-OpenStore $path $crashed
        $store.Dispose()
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'leaves a <State> store as it is, to the byte: <Name>' -ForEach @(
        foreach ($state in 'closed', 'crashed') {
            @{ State = $state; Name = 'Set-StateItem'; Run = { Set-StateItem -Path $target a 2 -WhatIf } }
            @{ State = $state; Name = 'Remove-StateItem'; Run = { Remove-StateItem -Path $target a -WhatIf } }
            @{ State = $state; Name = 'Import-StateItem'; Run = { '{"key":"a","value":2}', 'no line' | Import-StateItem -Path $target -WhatIf -ErrorAction SilentlyContinue } }
            @{ State = $state; Name = 'Export-StateItem'; Run = { Export-StateItem -Path $target -Destination (Join-Path $target items.jsonl) -WhatIf } }
            @{ State = $state; Name = 'New-Checkpoint'; Run = { New-Checkpoint $target -WhatIf } }
            @{ State = $state; Name = 'Sync-Wal'; Run = { Sync-Wal $target -WhatIf } }
            @{ State = $state; Name = 'Open-WalStore'; Run = { Open-WalStore $target -WhatIf } }
            @{ State = $state; Name = 'Backup-WalStore'; Run = { Backup-WalStore $target "$target-backups" -WhatIf } }
            @{ State = $state; Name = 'Repair-Wal Salvage'; Run = { Repair-Wal $target -Mode Salvage -WhatIf } }
            @{ State = $state; Name = 'Repair-Wal Quarantine'; Run = { Repair-Wal $target -Mode Quarantine -WhatIf } }
            @{ State = $state; Name = 'Invoke-Recovery'; Run = { Invoke-Recovery $target -WhatIf } }
            @{ State = $state; Name = 'Invoke-Recovery TolerateTail'; Run = { Invoke-Recovery $target -Mode TolerateTail -WhatIf } }
            @{ State = $state; Name = 'Get, Watch and Test'; Run = { Get-StateItem -Path $target; Get-WalEntry $target; Watch-WalEntry $target -Tail 5 -Timeout 0; Get-Checkpoint $target; Get-WalStore $target; Get-WalStore $target -Health; Measure-Wal $target; Export-StateItem -Path $target; Test-WalIntegrity $target; Use-WalStore $target -ReadOnly { Get-StateItem } } }
        }
    ) {
        $target = $State -eq 'closed' ? $path : $crashed
        $before = Get-Fingerprint $directory
        $null = & $Run 6>&1
        Get-Fingerprint $directory | Should -Be $before
    }

    It 'creates nothing' {
        New-WalStore "$path-new" -WhatIf
        Open-WalStore "$path-new" -Create -WhatIf
        "$path-new" | Should -Not -Exist
    }

    It 'changes nothing in an open store' {
        $open = Open-WalStore $path
        Set-StateItem -Store $open a 2 -WhatIf
        Remove-StateItem -Store $open a -WhatIf
        Close-WalStore -Store $open -WhatIf
        $open.IsOpen | Should -BeTrue
        Get-StateItem -Store $open a -ValueOnly | Should -Be 1
    }

    It 'is also asked for by $WhatIfPreference' {
        $before = Get-Fingerprint $directory
        & { $WhatIfPreference = $true; Set-StateItem -Path $path a 2; New-Checkpoint $path }
        Get-Fingerprint $directory | Should -Be $before
    }

    It '-Confirm:$false asks nothing where nobody can answer' {
        { Set-StateItem -Path $path a 2 -Confirm:$false; Remove-StateItem -Path $path a -Confirm:$false } | Should -Not -Throw
    }
}
