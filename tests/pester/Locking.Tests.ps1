BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Processes' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $script = Join-Path $directory 'holder.ps1'
        Set-Content $script @'
param($path)
Import-Module $env:PERSISTENCE_TEST_MODULE
$store = Open-WalStore $path -Create
Set-StateItem -Store $store from $PID
"holding"
while ($null -ne ($line = [Console]::In.ReadLine())) {
    Set-StateItem -Store $store line $line
    "set $line"
}
$store.Dispose()
"closed"
'@
        $holder = Start-Child $script $path
        Read-Line $holder | Should -Be 'holding'
    }
    AfterEach {
        if (-not $holder.HasExited) { $holder.Kill(); $holder.WaitForExit() }
        $holder.Dispose()
        Remove-TestDirectory $directory
    }

    It 'get StoreLocked with the holder''s process id when another writes' {
        foreach ($command in { Open-WalStore $path }, { Set-StateItem -Path $path a 1 }, { Add-WalEntry -Path $path a 1 }, { New-Checkpoint $path }, { Invoke-Recovery $path }, { Use-WalStore $path { } }) {
            $failure = Get-ErrorOf $command
            $failure.FullyQualifiedErrorId | Should -BeLike 'StoreLocked,*'
            $failure.Exception.Owner.ProcessId | Should -Be $holder.Id
            $failure.Exception.Message | Should -BeLike "*process $($holder.Id) *"
        }
    }

    It 'cannot close what another has open, and are told so' {
        $failure = Get-ErrorOf { Close-WalStore $path }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StoreNotOpen,*'
        "$failure" | Should -BeLike "*'$path'*"
        (Get-WalStore $path).Writer.ProcessId | Should -Be $holder.Id
    }

    It 'read what the other has written, as it goes on' {
        Get-StateItem -Path $path from -ValueOnly | Should -Be $holder.Id
        foreach ($line in 'one', 'two') {
            $holder.StandardInput.WriteLine($line)
            Read-Line $holder | Should -Be "set $line"
            Get-StateItem -Path $path line -ValueOnly | Should -Be $line
            (Get-WalEntry $path -Key line -Last 1).Value | Should -Be $line
        }
        Test-WalIntegrity $path | Should -BeTrue
        (Get-WalStore $path).Writer.ProcessId | Should -Be $holder.Id
    }

    It 'take over from a killed one at once' {
        $holder.Kill()
        $holder.WaitForExit()
        $store = Open-WalStore $path
        $store.Recovery.WasClean | Should -BeFalse
        Get-StateItem -Store $store from -ValueOnly | Should -Be $holder.Id
    }

    It 'wait for one that leaves' {
        $waiter = Join-Path $directory 'waiter.ps1'
        Set-Content $waiter 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; "begun"; $s = Open-WalStore $path -LockTimeout 60; "opened"; $s.Dispose()'
        $second = Start-Child $waiter $path
        try {
            Read-Line $second | Should -Be 'begun'
            $holder.StandardInput.Close()
            Read-Line $second | Should -Be 'opened'
            $second.WaitForExit()
        }
        finally {
            if (-not $second.HasExited) { $second.Kill(); $second.WaitForExit() }
            $second.Dispose()
        }
    }
}
