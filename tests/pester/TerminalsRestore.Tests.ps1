BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Restored terminals' -Skip:($IsWindows -or -not (Test-Path /bin/sh)) {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $env:PS1 = '$ '

        # Runs a script that leaves panes behind, and kills it when it says that it is ready.
        function Invoke-Killed([string] $Script) {
            $file = Join-Path $directory 'killed.ps1'
            Set-Content $file "`$ErrorActionPreference = 'Stop'; Import-Module `$env:PERSISTENCE_TEST_MODULE; `$path = '$path'; `$directory = '$directory'; `$store = Open-WalStore `$path -Create`n$Script`n'ready'; `$null = [Console]::In.ReadLine()"
            $child = Start-Child $file
            Read-Line $child | Should -Be ready -Because 'the script that is to be killed has to get there'
            $child.Kill()
            $child.WaitForExit()
        }
    }
    AfterEach { Remove-TestDirectory $directory; Remove-Item Env:PS1 }

    It 'are there after a kill, in another PowerShell, with their old output, and answer' {
        Invoke-Killed {
            $session = New-TerminalSession build /bin/sh -Store $store -Metadata @{ ticket = 7 } -Environment @{ MODE = 'fast' } -Columns 100
            $null = $session | New-TerminalWindow -Name second -Command /bin/sh
            $null = New-TerminalPane build:1 -Command /bin/sh -Store $store -Place Below -Percent 30
            Select-TerminalWindow -Store $store build:0
            Send-TerminalInput -Store $store build "mkdir '$directory/deep' && cd '$directory/deep' && echo `"was here: `$((40 + 2))`""
            $null = Receive-TerminalOutput -Store $store build -Until 'was here: 42' -Timeout 60
            while ((Get-TerminalPane -Store $store -Id 1).WorkingDirectory -notlike '*/deep') { [Threading.Thread]::Sleep(20) }
        }
        $second = Join-Path $directory 'second.ps1'
        Set-Content $second @'
$ErrorActionPreference = 'Stop'
Import-Module $env:PERSISTENCE_TEST_MODULE
$store = Open-WalStore $args[0]
(Get-TerminalPane -Store $store).State -join ' '
(Restore-TerminalSession -Store $store).Status -join ' '
(Receive-TerminalOutput -Store $store build) -match 'was here: 42' -replace '^\$ '
$from = (Get-TerminalPane -Store $store -Id 1).OutputEnd
Send-TerminalInput -Store $store build 'echo "now in: ${PWD##*/}, $MODE"; stty size'
Receive-TerminalOutput -Store $store build -From $from -Until '24 100' -Timeout 60 | Select-Object -Last 2 | ForEach-Object { $_ -replace '^\$ ' }
$session = Get-TerminalSession -Store $store
$session.Name, $session.Metadata.ticket, $session.ActiveWindowIndex, $session.Running -join ' '
(Get-TerminalWindow -Store $store).Layout -join ' '
(Get-TerminalWindow -Store $store).Name -join ' '
'@
        $child = Start-Child $second $path
        $said = $child.StandardOutput.ReadToEndAsync()
        $child.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $child.WaitForExit()
        $said.Result.Trim().Split("`n") | Should -Be 'Detached Detached Detached', 'Restored Restored Restored', 'was here: 42', 'now in: deep, fast', '24 100', 'build 7 0 3', '1 [70*2/30*3]', 'sh second'
    }

    It 'say of each what became of it' {
        Invoke-Killed {
            $null = New-Item -ItemType Directory "$directory/gone"
            Set-Content "$directory/program" "#!/bin/sh`ncat"
            chmod +x "$directory/program"
            $null = New-TerminalSession good /bin/sh -Store $store
            $null = New-TerminalSession done /bin/sh -Store $store -ArgumentList '-c', 'exit 5'
            $null = New-TerminalSession lost "$directory/program" -Store $store
            $null = New-TerminalSession moved /bin/sh -Store $store -WorkingDirectory "$directory/gone" -Environment @{ API_TOKEN = 'x' }
            $null = New-TerminalSession other sleep -ArgumentList 600 -Store $store -RestoreCommand /bin/sh -RestoreArgumentList '-c', 'echo instead; cat'
            while ((Get-TerminalPane -Store $store done).State -ne 'Exited') { [Threading.Thread]::Sleep(20) }
        }
        Remove-Item -Recurse "$directory/gone", "$directory/program"
        $store = Open-WalStore $path
        $before = Get-Fingerprint $path
        $planned = Restore-TerminalSession -Store $store -WhatIf
        $planned | Should -BeNullOrEmpty
        $store.RunningPaneCount | Should -Be 0
        $rows = Restore-TerminalSession -Store $store -ErrorVariable failed -ErrorAction SilentlyContinue -WarningVariable warned -WarningAction SilentlyContinue
        $rows[0].GetType().FullName | Should -Be 'PersistenceModule.TerminalRestoration'
        $rows.Status | Should -Be Restored, Exited, Failed, Restored, Restored
        $rows.Target | Should -Be good:0.0, done:0.0, lost:0.0, moved:0.0, other:0.0
        $rows[0].ProcessId | Should -Be (Get-TerminalPane -Store $store good).ProcessId
        $rows[0].IsDirectoryRestored, $rows[0].IsEnvironmentRestored, $rows[0].Warning, $rows[0].Found | Should -Be $true, $true, $null, Running
        $rows[1].ExitCode, $rows[1].ProcessId | Should -Be 5, $null
        $rows[2].Error | Should -Match 'no such program'
        $failed.FullyQualifiedErrorId | Should -BeLike 'PtySpawnFailed,*'
        $failed[0].TargetObject | Should -Be 'lost:0.0'
        $rows[3].IsDirectoryRestored, $rows[3].IsEnvironmentRestored, "$($rows[3].WithheldVariables)" | Should -Be $false, $false, API_TOKEN
        $warned | Should -HaveCount 1
        $warned[0] | Should -Match '^moved:0\.0: .*API_TOKEN'
        $rows[4].IsRestoreCommand, $rows[4].Command | Should -Be $true, /bin/sh
        $rows[4] | Receive-TerminalOutput -Until instead -Timeout 60 | Should -Be 'instead'
        $shown = $rows | Out-String -Width 200
        $shown | Should -Match 'done:0\.0 +2 Exited 5'
        $shown | Should -Match 'lost:0\.0 +3 Failed .*no such program'
        $rows[3] | Format-List | Out-String | Should -Match 'WithheldVariables +: \{API_TOKEN\}'
        (Restore-TerminalSession -Store $store good).Status | Should -Be Running
        $rows[2] | Restart-TerminalPane -Command /bin/sh
        (Get-TerminalPane -Store $store -Id 3).IsLive | Should -BeTrue
    }

    It 'are one line each in the table, however long their names are' {
        $store = New-WalStore $path
        $null = New-TerminalSession ('long name ' * 20) /bin/cat -Store $store -NoStart
        $shown = Restore-TerminalSession -Store $store | Out-String -Width 80 -Stream | Where-Object { $_ -match 'long|name' }
        $shown | Should -Match '^long name lon… +1 Restored +\d+ /bin/cat'
        @($shown).Count | Should -Be 1
    }

    It 'are chosen by name, and get their secrets when they are given again' {
        Invoke-Killed {
            foreach ($name in 'aa', 'ab', 'b') { $null = New-TerminalSession $name /bin/sh -Store $store -Environment @{ API_TOKEN = 'old' } }
            $null = New-TerminalPane b -Command /bin/sh -Store $store -Environment @{ PANE_SECRET = 'old' }
        }
        $store = Open-WalStore $path
        Set-TerminalSession -Store $store aa, b -Environment @{ API_TOKEN = 'new' }
        Set-TerminalPane -Store $store b:0.1 -Environment @{ PANE_SECRET = 'newer' }
        $rows = Restore-TerminalSession -Store $store a* -WarningVariable warned -WarningAction SilentlyContinue
        $rows.SessionName | Should -Be aa, ab
        $rows.IsEnvironmentRestored | Should -Be $true, $false
        $warned | Should -Match 'ab:0\.0'
        $store.RunningPaneCount | Should -Be 2
        Get-ErrorId { Restore-TerminalSession -Store $store none } | Should -Be SessionNotFound
        Restore-TerminalSession -Store $store none* | Should -BeNullOrEmpty
        (Get-TerminalSession -Store $store b | Restore-TerminalSession).IsEnvironmentRestored | Should -Be $true, $true
        Send-TerminalInput -Store $store b:0.1 'echo "<$API_TOKEN-$PANE_SECRET>"'
        Receive-TerminalOutput -Store $store b:0.1 -Until '<new-newer>' -Timeout 60 | Should -Not -BeNullOrEmpty
    }

    It 'come back again and again, closed or killed, and from a path that is open here' {
        Invoke-Killed {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'echo "run $$"; cat'
            # What it has written and nobody has seen may be lost.
            $null = Receive-TerminalOutput -Store $store a -Until '^run ' -Timeout 60
        }
        1..3 | ForEach-Object {
            $store = Open-WalStore $path
            (Restore-TerminalSession -Path $path).Status | Should -Be Restored
            $count = $_ + 1
            Wait-Until { @(Receive-TerminalOutput -Store $store a | Where-Object { $_ -like 'run *' }).Count -eq $count }
            $store.Dispose()
        }
        @(Receive-TerminalOutput -Path $path a | Sort-Object -Unique).Count | Should -Be 4
    }

    It 'can be stopped by Ctrl+C between two' {
        $store = Open-WalStore $path -Create
        1..30 | ForEach-Object { $null = New-TerminalSession -Store $store -NoStart -Command /bin/sh }
        $running = Start-Runspace { param($store) Restore-TerminalSession -Store $store } $store
        Wait-Until { $running.Output.Count -gt 0 }
        Stop-Runspace $running
        $store.RunningPaneCount | Should -BeGreaterThan 0
        $rows = Restore-TerminalSession -Store $store
        $rows.Count | Should -Be 30
        $rows.Status | Should -Contain Running
        $store.RunningPaneCount | Should -Be 30
    }
}
