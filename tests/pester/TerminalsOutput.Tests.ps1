BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # The output as text, escape sequences and all.
    function Get-Text($Pane) { -join (Receive-TerminalOutput -Store $store $Pane -Raw) }
}

Describe 'Programs in panes' -Skip:($IsWindows -or -not (Test-Path /bin/sh)) {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        $env:PS1 = '$ '
    }
    AfterEach { Remove-TestDirectory $directory; Remove-Item Env:PS1 }

    Context 'started' {
        It 'answer, and are told from others' {
            $session = New-TerminalSession build /bin/sh -Store $store
            $pane = $session | Get-TerminalPane
            $pane.State, $pane.IsLive | Should -Be Running, $true
            Test-Running $pane.ProcessId | Should -BeTrue
            $session.Running | Should -Be 1
            $store.RunningPaneCount | Should -Be 1
            # Terminals echo what is typed: waited for is what is not.
            Send-TerminalInput -Store $store build 'echo hel""lo' | Should -BeNullOrEmpty
            Receive-TerminalOutput -Store $store build -Until 'hello' -Timeout 60 | Select-Object -Last 1 | Should -Match 'hello$'
        }

        It 'find what their session and pane say in their environment, and what this process has just now' {
            $env:INHERITED_LATER = 'yes'
            $env:NOT_WANTED = 'no'
            try {
                $session = New-TerminalSession build /bin/sh -Store $store -Environment @{ MODE = 'session'; API_TOKEN = 'hush'; NOT_WANTED = $null } -Verbose 4>&1 | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] }
                $pane = $session | New-TerminalPane -Command /bin/sh -Environment @{ MODE = 'pane'; DB_PASSWORD = 'more' }
                foreach ($target in "$($pane.Id)", 'build:0.0') {
                    Send-TerminalInput -Store $store $target 'echo "[$MODE,$API_TOKEN,$INHERITED_LATER,$NOT_WANTED,$DB_PASSWORD,$TERM]"'
                    $said = Receive-TerminalOutput -Store $store $target -Until '\[(session|pane),' -Timeout 60 -StripFormatting | Select-Object -Last 1
                    $said | Should -Match ($target -eq 'build:0.0' ? '\[session,hush,yes,,,[a-z0-9-]+\]$' : '\[pane,hush,yes,,more,[a-z0-9-]+\]$')
                }
            }
            finally { Remove-Item Env:INHERITED_LATER, Env:NOT_WANTED }
        }

        It 'have the size and the directory that were said, and are told of another size' {
            $session = New-TerminalSession build /bin/sh -Store $store -Columns 90 -Rows 33 -WorkingDirectory $directory
            Send-TerminalInput -Store $store build 'stty size; pwd'
            Receive-TerminalOutput -Store $store build -Until ([regex]::Escape($directory)) -Timeout 60 | Out-String | Should -Match '33 90'
            $session | Resize-TerminalPane -Columns 70
            Send-TerminalInput -Store $store build 'stty size'
            Receive-TerminalOutput -Store $store build -Until '33 70' -Timeout 60 | Should -Not -BeNullOrEmpty
        }

        It 'are not, when they cannot be, and leave nothing behind' {
            Get-ErrorId { New-TerminalSession x /nowhere/program -Store $store } | Should -Be PtySpawnFailed
            Get-TerminalSession -Store $store | Should -BeNullOrEmpty
            $session = New-TerminalSession build /bin/sh -Store $store
            $null = $session | New-TerminalWindow -Command /bin/sh
            Select-TerminalWindow -Store $store build:0
            Get-ErrorId { $session | New-TerminalWindow -Command /nowhere/program } | Should -Be PtySpawnFailed
            Get-ErrorId { $session | New-TerminalPane -Command /nowhere/program -Percent 30 } | Should -Be PtySpawnFailed
            Get-ErrorId { New-TerminalSession y /bin/sh -Store $store -WorkingDirectory "$directory/none" } | Should -Be PtySpawnFailed
            (Get-TerminalWindow -Store $store).Target | Should -Be build:0, build:1
            (Get-TerminalSession -Store $store).ActiveWindowIndex | Should -Be 0
            (Get-TerminalWindow -Store $store build:0).Layout.ToString() | Should -Be "$((Get-TerminalPane -Store $store build:0).Id)"
            @(Get-TerminalPane -Store $store | Where-Object IsLive).Count | Should -Be 2
        }

        It 'with -WhatIf are not' {
            $session = New-TerminalSession build /bin/sh -Store $store -NoStart
            $null = New-TerminalSession x /bin/sh -Store $store -WhatIf
            $null = $session | New-TerminalWindow -Command /bin/sh -WhatIf
            $null = $session | New-TerminalPane -Command /bin/sh -WhatIf
            $session | Restart-TerminalPane -WhatIf
            Restore-TerminalSession -Store $store -WhatIf | Should -BeNullOrEmpty
            $store.RunningPaneCount | Should -Be 0
            @(Get-TerminalPane -Store $store).Count | Should -Be 1
        }

        It 'say what they are called' {
            $null = New-TerminalSession build /bin/sh -Store $store -ArgumentList '-c', 'printf "\033]0;a title\007"; sleep 600'
            Wait-Until { (Get-TerminalPane -Store $store).Title -eq 'a title' }
            Get-TerminalPane -Store $store | Out-String | Should -Match 'Running +80x24 +\d+ /bin/sh +a title'
        }
    }

    Context 'ended' {
        It 'leave their exit code, and start again when that is asked for' {
            $session = New-TerminalSession build /bin/sh -Store $store -ArgumentList '-c', 'echo first; exit 3'
            Receive-TerminalOutput -Store $store build -Wait -Timeout 60 | Should -Be 'first'
            Wait-Until { (Get-TerminalPane -Store $store).State -eq 'Exited' }
            $pane = Get-TerminalPane -Store $store
            $pane.ExitCode, $pane.IsLive, $pane.ProcessId | Should -Be 3, $false, $null
            Get-TerminalPane -Store $store | Out-String | Should -Match 'Exited 3'
            Get-ErrorId { Send-TerminalInput -Store $store build x } | Should -Be PaneNotRunning
            $again = $pane | Restart-TerminalPane -Command /bin/sh -ArgumentList '-c', 'echo second; cat' -PassThru
            $again.State, "$($again.ArgumentList)" | Should -Be Running, '-c echo second; cat'
            Receive-TerminalOutput -Store $store build -Until second -Timeout 60 | Should -Be 'first', 'second'
            Send-TerminalInput -Store $store build -Key CtrlD
            Wait-Until { (Get-TerminalPane -Store $store).State -eq 'Exited' }
            (Get-TerminalPane -Store $store).ExitCode | Should -Be 0
        }

        It 'are hung up by a restart, and by a removal' {
            $session = New-TerminalSession build /bin/sh -Store $store
            $first = ($session | Get-TerminalPane).ProcessId
            $session | Restart-TerminalPane -Environment @{ MODE = 'again'; API_TOKEN = 'given' }
            $second = ($session | Get-TerminalPane).ProcessId
            $second | Should -Not -Be $first
            Wait-Until { -not (Test-Running $first) }
            Send-TerminalInput -Store $store build 'echo "<$MODE-$API_TOKEN>"'
            Receive-TerminalOutput -Store $store build -Until '<again-given>' -Timeout 60 | Should -Not -BeNullOrEmpty
            "$(($session | Get-TerminalPane).Environment | Sort-Object Name)" | Should -Be 'API_TOKEN (withheld) MODE=again'
            Get-ErrorId { Restart-TerminalPane -Store $store build -Command /nowhere/program } | Should -Be PtySpawnFailed
            $pane = $session | Get-TerminalPane
            $pane.Command, $pane.IsLive | Should -Be /bin/sh, $false
            Wait-Until { -not (Test-Running $second) }
            Restart-TerminalPane -Store $store build
            $third = ($session | Get-TerminalPane).ProcessId
            $fourth = ($session | New-TerminalPane -Command /bin/sh).ProcessId
            Remove-TerminalPane -Store $store build:0.1 -Confirm:$false
            Wait-Until { -not (Test-Running $fourth) }
            Test-Running $third | Should -BeTrue
            Remove-TerminalSession -Store $store build -Confirm:$false
            Wait-Until { -not (Test-Running $third) }
            $store.RunningPaneCount | Should -Be 0
        }

        It 'are started anew in another directory, and it is seen at once' {
            $old, $new = 'old', 'new' | ForEach-Object { (New-Item -ItemType Directory (Join-Path $directory $_)).FullName }
            $null = New-TerminalSession build /bin/sh -Store $store -WorkingDirectory $old
            Wait-Until { (Get-TerminalPane -Store $store).WorkingDirectory -eq $old }
            Send-TerminalInput -Store $store build 'echo now'
            Receive-TerminalOutput -Store $store build -Until '^now' -Timeout 60 | Should -Not -BeNullOrEmpty
            (Restart-TerminalPane -Store $store build -WorkingDirectory $new -PassThru).WorkingDirectory | Should -Be $new
        }

        It 'are hung up when the handle is closed, and detached then' {
            $null = New-TerminalSession build /bin/sh -Store $store
            Send-TerminalInput -Store $store build 'echo ke""pt'
            $null = Receive-TerminalOutput -Store $store build -Until 'kept' -Timeout 60
            $process = (Get-TerminalPane -Store $store).ProcessId
            Close-WalStore -Store $store
            Wait-Until { -not (Test-Running $process) }
            $pane = Get-TerminalPane -Path $path
            $pane.State, $pane.IsLive | Should -Be Detached, $false
            Receive-TerminalOutput -Path $path build | Out-String | Should -Match 'kept'
            Use-WalStore $path { $null = New-TerminalSession inside /bin/sh; $script:inside = (Get-TerminalPane inside).ProcessId; $script:inside | Should -BeGreaterThan 0 }
            Wait-Until { -not (Test-Running $script:inside) }
        }

        It 'are hung up when the module is removed' {
            $script = Join-Path $directory 'child.ps1'
            Set-Content $script "Import-Module `$env:PERSISTENCE_TEST_MODULE; `$s = New-WalStore '$path-2'; `$null = New-TerminalSession x /bin/sh -Store `$s; (Get-TerminalPane -Store `$s).ProcessId; Remove-Module PersistenceModule; 'removed'; `$null = [Console]::In.ReadLine()"
            $child = Start-Child $script
            $process = [int](Read-Line $child)
            Read-Line $child | Should -Be removed
            Wait-Until { -not (Test-Running $process) }
            $child.StandardInput.WriteLine()
            $child.WaitForExit()
            (Get-TerminalPane -Path "$path-2").State | Should -Be Detached
        }

        It 'do not keep their process from ending' {
            $script = Join-Path $directory 'child.ps1'
            Set-Content $script "Import-Module `$env:PERSISTENCE_TEST_MODULE; `$s = New-WalStore '$path-2'; `$null = New-TerminalSession x sh -ArgumentList '-c', 'trap """" HUP; while echo y; do :; done' -Store `$s; exit 7"
            $child = Start-Child $script
            $child.WaitForExit(60000) | Should -BeTrue
            $child.ExitCode | Should -Be 7
        }
    }

    Context 'given input' {
        BeforeEach {
            # What comes in goes out as hexadecimal digits, one byte at a time.
            $session = New-TerminalSession bytes /bin/sh -Store $store -ArgumentList '-c', 'stty raw -echo; echo ready; exec od -An -v -tx1 -w1'
            $null = Receive-TerminalOutput -Store $store bytes -Until ready -Timeout 60
        }

        It 'get it as it was given: <Name>' -ForEach @(
            @{ Name = 'text'; Hex = '61c3a40d'; Given = @{ Text = 'aä' } }
            @{ Name = 'several lines'; Hex = '610d620d'; Given = @{ Text = 'a', 'b' } }
            @{ Name = 'Enter alone'; Hex = '0d'; Given = @{ Text = '' } }
            @{ Name = 'text without Enter'; Hex = '6162'; Given = @{ Text = 'ab'; NoNewline = $true } }
            @{ Name = 'bytes'; Hex = '00ff0a80'; Given = @{ Bytes = [byte[]](0, 255, 10, 128) } }
            @{ Name = 'control keys'; Hex = '03041a1b097f0d'; Given = @{ Key = 'CtrlC', 'CtrlD', 'CtrlZ', 'Escape', 'Tab', 'Backspace', 'Enter' } }
            @{ Name = 'arrows'; Hex = '1b5b411b5b421b5b431b5b441b5b481b5b46'; Given = @{ Key = 'Up', 'Down', 'Right', 'Left', 'Home', 'End' } }
            @{ Name = 'pages'; Hex = '1b5b357e1b5b367e1b5b337e'; Given = @{ Key = 'PageUp', 'PageDown', 'Delete' } }
            @{ Name = 'function keys'; Hex = '1b4f501b4f511b4f521b4f531b5b31357e1b5b31377e1b5b31387e1b5b31397e1b5b32307e1b5b32317e1b5b32337e1b5b32347e'; Given = @{ Key = 1..12 | ForEach-Object { "F$_" } } }
        ) {
            $from = (Get-TerminalPane -Store $store).OutputEnd
            # od writes what it has once there is a block of it, or the end.
            Send-TerminalInput -Store $store bytes @Given
            Send-TerminalInput -Store $store bytes -Bytes ([byte[]]::new(8192))
            Wait-Until { ((Receive-TerminalOutput -Store $store bytes -From $from) -join '' -replace '\s').Length -ge $Hex.Length }
            ((Receive-TerminalOutput -Store $store bytes -From $from) -join '' -replace '\s').Substring(0, $Hex.Length) | Should -Be $Hex
        }

        It 'from the pipeline' {
            $from = (Get-TerminalPane -Store $store).OutputEnd
            'a', 'b' | Send-TerminalInput -Pane bytes -Store $store -NoNewline
            Get-TerminalPane -Store $store | Send-TerminalInput -Key Tab
            $session | Send-TerminalInput -Text c -NoNewline
            $store | Send-TerminalInput bytes -Key Enter
            [pscustomobject]@{ PaneId = 1 } | Send-TerminalInput -Store $store -Bytes 7
            Send-TerminalInput -Store $store bytes -Bytes ([byte[]]::new(8192))
            Wait-Until { ((Receive-TerminalOutput -Store $store bytes -From $from) -join '' -replace '\s').Length -ge 12 }
            ((Receive-TerminalOutput -Store $store bytes -From $from) -join '' -replace '\s').Substring(0, 12) | Should -Be '616209630d07'
        }

        It 'or it is said why not' {
            Get-ErrorId { Send-TerminalInput -Store $store bytes } | Should -Be ArgumentInvalid
            Get-ErrorId { Send-TerminalInput -Store $store bytes -Text a -Key Enter } | Should -Be ArgumentInvalid
            Get-ErrorId { Send-TerminalInput -Store $store 99 a } | Should -Be PaneNotFound
            Get-ErrorId { Send-TerminalInput -Store $store none a } | Should -Be SessionNotFound
            $null = New-TerminalSession idle /bin/sh -Store $store -ArgumentList '-c', 'stty raw -echo; echo ready; sleep 600'
            $null = Receive-TerminalOutput -Store $store idle -Until ready -Timeout 60
            Get-ErrorId { 1..40 | ForEach-Object { Send-TerminalInput -Store $store idle -Bytes ([byte[]]::new(100KB)) } } | Should -Be RecordTooLarge
            $before = (Get-TerminalPane -Store $store bytes).OutputEnd
            Send-TerminalInput -Store $store bytes -Bytes ([byte[]]::new(100000)) -WhatIf
            Use-WalTransaction $store { Send-TerminalInput bytes -Bytes ([byte[]]::new(8192)) }
            Wait-Until { (Get-TerminalPane -Store $store bytes).OutputEnd -gt $before }
        }
    }

    Context 'read' {
        It 'line by line, the last lines, and from a position on' {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'stty -echo; printf "one\r\ntwo\n\nfour\nrest"; read x; printf " of it\nmore ä"; read x; printf "\303"; read x; printf "\244 end"; cat'
            $null = Receive-TerminalOutput -Store $store a -Until rest -Timeout 60
            Receive-TerminalOutput -Store $store a | Should -Be 'one', 'two', '', 'four', 'rest'
            Receive-TerminalOutput -Store $store a -Last 2 | Should -Be 'four', 'rest'
            Receive-TerminalOutput -Store $store a -Last 0 -PositionVariable position | Should -BeNullOrEmpty
            $position | Should -Be (Get-TerminalPane -Store $store).OutputEnd
            Send-TerminalInput -Store $store a ''
            Receive-TerminalOutput -Store $store a -From $position -Until 'more ä' -Timeout 60 -PositionVariable position | Select-Object -Last 2 | Should -Be ' of it', 'more ä'
            # A character whose second half is still to come belongs to what is read next.
            Send-TerminalInput -Store $store a -Key Enter
            Wait-Until { (Get-TerminalPane -Store $store).OutputEnd -gt $position }
            $null = Receive-TerminalOutput -Store $store a -From $position -PositionVariable position
            Send-TerminalInput -Store $store a -Key Enter
            (Receive-TerminalOutput -Store $store a -From $position -Until end -Timeout 60) -join '' | Should -Match 'ä end$'
            Receive-TerminalOutput -Store $store a -From 999999 | Should -BeNullOrEmpty
            $two = New-TerminalSession b /bin/sh -Store $store -ArgumentList '-c', 'echo other'
            $null = $two | Receive-TerminalOutput -Wait -Timeout 60
            (Get-TerminalSession -Store $store | Get-TerminalWindow | Get-TerminalPane | Receive-TerminalOutput)[0, -1] | Should -Be 'one', 'other'
            (Receive-TerminalOutput -Store $store 1, 2)[0, -1] | Should -Be 'one', 'other'
        }

        It 'as text, as bytes, and without escape sequences' {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'stty -opost; printf "\033[1;31mred\033[0m\ttext\r\n\377\000\200x\n\033]0;title\007last\a"'
            Receive-TerminalOutput -Store $store a -Wait -Timeout 60 -StripFormatting | Should -Be "red`ttext", "$([char]0xFFFD)$([char]0xFFFD)x", 'last'
            $all = Receive-TerminalOutput -Store $store a -Raw
            $all | Should -BeExactly "`e[1;31mred`e[0m`ttext`r`n$([char]0xFFFD)`0$([char]0xFFFD)x`n`e]0;title`alast`a"
            $all | Should -BeOfType string
            $bytes = Receive-TerminalOutput -Store $store a -AsByteStream
            , $bytes | Should -BeOfType byte[]
            [Convert]::ToHexString($bytes) | Should -Be '1B5B313B33316D7265641B5B306D09746578740D0AFF0080780A1B5D303B7469746C65076C61737407'
            Receive-TerminalOutput -Store $store a -Raw -StripFormatting | Should -BeExactly "red`ttext`r`n$([char]0xFFFD)$([char]0xFFFD)x`nlast"
            foreach ($wrong in { Receive-TerminalOutput -Store $store a -Raw -AsByteStream }, { Receive-TerminalOutput -Store $store a -AsByteStream -StripFormatting }, { Receive-TerminalOutput -Store $store a -Last 1 -From 2 }, { Receive-TerminalOutput -Store $store a -Timeout 1 }, { Receive-TerminalOutput -Store $store a -Until '(' }) {
                Get-ErrorId $wrong | Should -Be ArgumentInvalid
            }
            Get-ErrorId { Receive-TerminalOutput -Store $store 9 } | Should -Be PaneNotFound
        }

        It 'up to a match in a line of megabytes, and not for ever with a pattern that takes for ever' {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'stty -opost; echo first; head -c 3000000 /dev/zero | tr "\0" x; printf "found "; read x'
            Receive-TerminalOutput -Store $store a -Until 'xfound $' -Timeout 60 -AsByteStream | ForEach-Object Length | Measure-Object -Sum | ForEach-Object Sum | Should -Be 3000012
            (Receive-TerminalOutput -Store $store a -Until 'xfound $' -Timeout 60 -StripFormatting)[1].Length | Should -Be 3000006
            $slow = Get-ErrorOf { Receive-TerminalOutput -Store $store a -Until '(x+x+)+y' -Timeout 60 }
            $slow.FullyQualifiedErrorId | Should -Match '^ArgumentInvalid'
            $slow.Exception.Message | Should -Match 'too long'
        }

        It 'as it comes, until the program ends, the time is over, or a line matches' {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'stty -echo; echo begun; read x; echo "got $x"; printf "name? "; read x; echo bye'
            $reading = Start-Runspace { param($store) Receive-TerminalOutput -Store $store a -Wait } $store
            Wait-Until { $reading.Output -contains 'begun' }
            Get-ErrorId { Receive-TerminalOutput -Store $store a -Until 'not there' -Timeout 0.2 } | Should -Be OutputNotFound
            Receive-TerminalOutput -Store $store a -Wait -Timeout 0.1 | Should -Be begun
            Send-TerminalInput -Store $store a 'x'
            Receive-TerminalOutput -Store $store a -Until 'NAME\? $' -Timeout 60 -PositionVariable position | Should -Be begun, 'got x', 'name? '
            Send-TerminalInput -Store $store a 'me'
            Wait-Runspace $reading | Should -Be begun, 'got x', 'name? bye'
            Receive-TerminalOutput -Store $store a -From $position -Wait | Should -Be bye
            (Get-ErrorOf { Receive-TerminalOutput -Store $store a -Until 'not there' }).CategoryInfo.Category | Should -Be ObjectNotFound
            Receive-TerminalOutput -Store $store a -Until begun | Should -Be begun
            Receive-TerminalOutput -Store $store a -Until begun -Raw -PositionVariable position | Should -Be "begun`r`n"
            Receive-TerminalOutput -Store $store a -From $position -Until got -AsByteStream | ForEach-Object { [Text.Encoding]::ASCII.GetString($_) } | Should -Be "got x`r`n"
        }

        It 'with a warning where the limits let go what was not read yet, and no line goes on behind that' {
            $program = 'stty -echo; printf "begun\ncut"; read x; head -c 500000 /dev/zero | tr "\0" z; i=0; while [ $i -lt 9 ]; do echo "line $i"; i=$((i+1)); done; sleep 600'
            $pane = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', $program -ScrollbackBytes 1000 | Get-TerminalPane
            Wait-Until { (Get-TerminalPane -Store $store a).OutputEnd -eq 10 }
            $lines = Receive-TerminalOutput -Store $store a -From 0 -Until 'line 8' -Timeout 60 -WarningVariable warned -WarningAction SilentlyContinue | ForEach-Object {
                if ($_ -eq 'begun') {
                    Send-TerminalInput -Store $store a ''
                    Wait-Until { (Receive-TerminalOutput -Store $store a -Last 1) -eq 'line 8' }
                }
                $_
            }
            $lines[0, 1] | Should -Be begun, cut
            $lines[2] | Should -Match '^z*(line \d)?$'
            $lines[-1] | Should -Be 'line 8'
            "$warned" | Should -Match "The output of pane $($pane.Id) from 10 to \d+ is no longer kept\."
        }

        It 'and an empty line is not found behind the end' {
            $null = New-TerminalSession a /bin/sh -Store $store -ArgumentList '-c', 'echo one'
            Wait-Until { (Get-TerminalPane -Store $store a).State -eq 'Exited' }
            Get-ErrorId { Receive-TerminalOutput -Store $store a -Until '^$' } | Should -Be OutputNotFound
        }

        It 'and not for less than no time' {
            $null = New-TerminalSession a /bin/sh -Store $store
            Get-ErrorId { Receive-TerminalOutput -Store $store a -Wait -Timeout -1 } | Should -Be ArgumentInvalid
        }

        It 'and Ctrl+C ends the wait' {
            $null = New-TerminalSession quiet /bin/sh -Store $store -ArgumentList '-c', 'echo begun; sleep 600'
            $null = New-TerminalSession loud /bin/sh -Store $store -ArgumentList '-c', 'while :; do echo y; done'
            foreach ($name in 'quiet', 'loud') {
                $reading = Start-Runspace { param($store, $name) Receive-TerminalOutput -Store $store $name -Wait | Select-Object -First 1 -Wait } $store, $name
                Wait-Until { $reading.Output.Count -gt 0 }
                Stop-Runspace $reading
            }
            $store.IsOpen | Should -BeTrue
            (Receive-TerminalOutput -Store $store loud -Wait | Select-Object -First 3).Count | Should -Be 3
        }

        It 'in its whole length, beside the program and after it, by path' {
            $null = New-TerminalSession long /bin/sh -Store $store -ArgumentList '-c', 'seq -w 1 100000' -ScrollbackLines 50000
            $null = Receive-TerminalOutput -Store $store long -Wait -Last 0
            $lines = Receive-TerminalOutput -Path $path long
            $lines.Count | Should -Be 50000
            $lines[0, -1] | Should -Be '050001', '100000'
            $null = New-Checkpoint -Store $store
            (Receive-TerminalOutput -Store $store long -Last 3) | Should -Be '099998', '099999', '100000'
            $store.Dispose()
            (Receive-TerminalOutput -Path $path long).Count | Should -Be 50000
            $pane = Get-TerminalPane -Path $path
            $pane.OutputEnd | Should -Be 800000
            $pane.OutputBytes | Should -BeLessThan 480000
            $null = Receive-TerminalOutput -Path $path long -From 0 -WarningVariable warned -WarningAction SilentlyContinue
            $warned | Should -Match 'no longer kept'
            (Set-TerminalPane -Path $path long -ScrollbackLines 10 -PassThru).ScrollbackLines | Should -Be 10
            (Receive-TerminalOutput -Path $path long).Count | Should -Be 10
        }

        It 'while another process runs the programs' {
            $script = Join-Path $directory 'child.ps1'
            Set-Content $script "Import-Module `$env:PERSISTENCE_TEST_MODULE; `$s = New-WalStore '$path-2'; `$null = New-TerminalSession x /bin/sh -Store `$s; Send-TerminalInput -Store `$s x 'echo from `"`"the other'; `$null = Receive-TerminalOutput -Store `$s x -Until 'from the other'; 'ready'; `$null = [Console]::In.ReadLine()"
            $child = Start-Child $script
            try {
                Read-Line $child | Should -Be ready
                Wait-Until { (Receive-TerminalOutput -Path "$path-2" x) -match 'from the other' }
                $pane = Get-TerminalPane -Path "$path-2"
                $pane.State, $pane.IsLive | Should -Be Running, $false
                Get-ErrorId { Send-TerminalInput -Path "$path-2" x y } | Should -Be StoreNotOpen
            }
            finally { $child.StandardInput.WriteLine(); $child.WaitForExit() }
            (Get-TerminalPane -Path "$path-2").State | Should -Be Detached
        }
    }
}
