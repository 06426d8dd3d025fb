BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'A store that another PowerShell holds' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $script = Join-Path $directory 'holder.ps1'
        Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $s = Open-WalStore $path -Create; "holding"; $null = [Console]::In.ReadLine(); $s.Dispose()'
        $holder = Start-Child $script $path
        Read-Line $holder | Should -Be 'holding'
    }
    AfterEach {
        if (-not $holder.HasExited) { $holder.Kill(); $holder.WaitForExit() }
        $holder.Dispose()
        Remove-TestDirectory $directory
    }

    It 'is LockTimeout to those who wait in vain, with the holder''s process id' {
        foreach ($command in { Open-WalStore $path -LockTimeout 0.05 }, { Set-StateItem -Path $path a 1 -LockTimeout 0.05 }) {
            $failure = Get-ErrorOf $command
            $failure.FullyQualifiedErrorId | Should -BeLike 'LockTimeout,*' -Because "$command"
            $failure.CategoryInfo.Category | Should -Be 'OperationTimeout'
            $failure.Exception.Owner.ProcessId | Should -Be $holder.Id
            "$failure" | Should -BeLike "*process $($holder.Id) on *'$path'*"
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
        Get-ErrorId { Open-WalStore $path } | Should -Be 'StoreLocked'
    }

    It 'is CircuitOpen after five waits in vain, and says until when; without waiting it is tried all the same' {
        1..5 | ForEach-Object { Get-ErrorId { Open-WalStore $path -LockTimeout 0.01 } | Should -Be 'LockTimeout' }
        $before = [DateTimeOffset]::UtcNow
        foreach ($command in { Open-WalStore $path -LockTimeout 3600 }, { Set-StateItem -Path $path a 1 -LockTimeout 3600 }, { Invoke-Recovery $path -LockTimeout 3600 }) {
            $failure = Get-ErrorOf $command
            $failure.FullyQualifiedErrorId | Should -BeLike 'CircuitOpen,*' -Because "$command"
            $failure.Exception.OpenUntil | Should -BeGreaterThan $before
            "$failure" | Should -BeLike "*until*'$path'*"
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
        Get-ErrorId { Open-WalStore $path } | Should -Be 'StoreLocked'
        $holder.Kill()
        $holder.WaitForExit()
        $store = Open-WalStore $path
        $store.IsOpen | Should -BeTrue
    }

    It 'does not keep another store from being waited for' {
        1..5 | ForEach-Object { Get-ErrorId { Open-WalStore $path -LockTimeout 0.01 } | Should -Be 'LockTimeout' }
        $other = Join-Path $directory 'other'
        (Open-WalStore $other -Create -LockTimeout 60).IsOpen | Should -BeTrue
    }

    It 'is one warning, the first time that waits in vain amount to something' {
        $warnings = @()
        1..8 | ForEach-Object { Open-WalStore $path -LockTimeout 0.01 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -WarningVariable +warnings }
        $warnings.Count | Should -Be 1
        "$warnings" | Should -BeLike "3 lock timeouts in * s on store '$path', held by process $($holder.Id) each time.*process $($holder.Id)*"
    }

    It 'is warned about by commands that end with the error, too' {
        $warnings = @()
        1..4 | ForEach-Object { try { Set-StateItem -Path $path a 1 -LockTimeout 0.01 -WarningAction SilentlyContinue -WarningVariable +warnings } catch { $null = $_ } }
        $warnings.Count | Should -Be 1
    }

    It 'says nothing more of errors than their kind, the store and the process' {
        $type = (Get-Command Add-WalEntry).ImplementingType.Assembly.GetType('PersistenceModule.ErrorWatch')
        1..3 | ForEach-Object { try { Set-StateItem -Path $path topsecret hidden -LockTimeout 0.01 -WarningAction SilentlyContinue } catch { $null = $_ } }
        $finding = $type.GetMethod('FindingsOf').Invoke($null, [object[]] [string] $path) | Select-Object -First 1
        $finding.Kind | Should -Be 'LockContention'
        $finding.Count | Should -Be 3
        $finding.OwnerProcessIds | Should -Be $holder.Id
        $finding | Format-List * | Out-String | Should -Not -Match 'topsecret|hidden'
    }

    It 'is one finding of its health with a suggestion, beside the state of the circuit, and none of another store''s' {
        $other = Join-Path $directory 'other'
        $null = New-WalStore $other
        $before = Get-WalStore $path -Health
        $before.Findings | Should -BeNullOrEmpty
        $before.Circuit.State | Should -Be 'Closed'
        $null = 1..5 | ForEach-Object { Open-WalStore $path -LockTimeout 0.01 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue }
        $health = Get-WalStore "$path/" -Health -WarningAction SilentlyContinue -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty -Because 'it was warned of before'
        @($health.Findings).Count | Should -Be 1
        $health.Findings[0].Message | Should -BeLike "5 lock timeouts in * s on store '$path', held by process $($holder.Id) each time."
        $health.Findings[0].Suggestion | Should -BeLike "*process $($holder.Id)*"
        $health.Status | Should -Be 'Degraded'
        $health.Circuit.State | Should -Be 'Open'
        $health.Circuit.Failures | Should -Be 5
        $probe = $health.Probes | Where-Object Name -EQ LockWaits
        $probe.Status | Should -Be 'Degraded'
        $probe.Message | Should -BeLike ('Open until {0:yyyy-MM-dd HH:mm:ss}Z: the last 5 waits*' -f $health.Circuit.OpenUntil)
        ($health | Out-String -Width 300) | Should -Match '(?m)^Findings\s+: Degraded: 5 lock timeouts .*Have process'
        $elsewhere = Get-WalStore $other -Health
        $elsewhere.Status | Should -Be 'Healthy'
        $elsewhere.Findings | Should -BeNullOrEmpty
        $elsewhere.Circuit.State | Should -Be 'Closed'
    }

    It 'is left by a killed PowerShell to one that waits' {
        $waiter = Join-Path $directory 'waiter.ps1'
        Set-Content $waiter 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; "begun"; $s = Open-WalStore $path -LockTimeout 60; "opened $($s.Recovery.WasClean)"; $s.Dispose()'
        $second = Start-Child $waiter $path
        try {
            Read-Line $second | Should -Be 'begun'
            while (-not (Get-ChildItem -LiteralPath $path -Filter 'LOCK-wait-*')) { [Threading.Thread]::Yield() | Out-Null }
            Test-WalIntegrity $path | Should -BeTrue
            Get-ErrorId { Open-WalStore $path } | Should -Be 'StoreLocked'
            $holder.Kill()
            Read-Line $second | Should -Be 'opened False'
            $second.WaitForExit()
            Get-ChildItem -LiteralPath $path -Filter 'LOCK-wait-*' | Should -BeNullOrEmpty
        }
        finally {
            if (-not $second.HasExited) { $second.Kill(); $second.WaitForExit() }
            $second.Dispose()
        }
    }

    It 'is cleared of what a killed waiter left by the next who opens it' {
        $waiter = Join-Path $directory 'waiter.ps1'
        Set-Content $waiter 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; Open-WalStore $path -LockTimeout 60'
        $second = Start-Child $waiter $path
        try {
            while (-not (Get-ChildItem -LiteralPath $path -Filter 'LOCK-wait-*')) { [Threading.Thread]::Yield() | Out-Null }
        }
        finally {
            $second.Kill()
            $second.WaitForExit()
            $second.Dispose()
        }
        $before = Get-Fingerprint $path
        Invoke-Recovery $path -WhatIf | Should -Not -BeNullOrEmpty
        (Test-WalIntegrity $path -Detailed).Findings.Kind | Should -Not -Contain 'UnknownFile'
        Get-Fingerprint $path | Should -Be $before
        $holder.StandardInput.WriteLine()
        $holder.WaitForExit()
        (Open-WalStore $path).IsOpen | Should -BeTrue
        Get-ChildItem -LiteralPath $path -Filter 'LOCK-wait-*' | Should -BeNullOrEmpty
    }
}
