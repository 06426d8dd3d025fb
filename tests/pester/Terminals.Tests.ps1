BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # Everything that a store's files hold, as text of one byte per character.
    function Get-Bytes([string] $Path) {
        (Get-ChildItem -LiteralPath $Path -Recurse -File -Force | Where-Object Name -NE 'LOCK' | ForEach-Object {
            $stream = [IO.File]::Open($_.FullName, 'Open', 'Read', 'ReadWrite, Delete')
            try { $memory = [IO.MemoryStream]::new(); $stream.CopyTo($memory); [Text.Encoding]::Latin1.GetString($memory.ToArray()) } finally { $stream.Dispose() }
        }) -join ''
    }
}

Describe 'Terminal sessions, windows and panes' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'created' {
        It 'have everything that was said of them' {
            $session = New-TerminalSession build vi 'a b', '' -Store $store -NoStart -WorkingDirectory $directory -WindowName edit -Metadata @{ ticket = 42; none = $null } -Environment @{ MODE = 'fast'; PAGER = $null } `
                -RestoreCommand vim -RestoreArgumentList '-r', 'x' -Columns 100 -Rows 30 -ScrollbackLines 500 -ScrollbackBytes 70000
            $session.GetType().FullName | Should -Be 'PersistenceModule.TerminalSessionInfo'
            $session.Id | Should -Be 1
            $session.Name | Should -Be build
            $session.Windows, $session.Panes, $session.Running | Should -Be 1, 1, 0
            $session.ActiveWindowId, $session.ActiveWindowIndex | Should -Be 1, 0
            $session.Metadata.Keys | Should -Be 'ticket'
            $session.Metadata.ticket | Should -Be '42'
            "$($session.Environment | Sort-Object Name)" | Should -Be 'MODE=fast PAGER (removed)'
            $session.StorePath | Should -Be $path
            ([DateTimeOffset]::Now - $session.Created).TotalMinutes | Should -BeLessThan 10
            $window = $session | Get-TerminalWindow
            $window.Id, $window.Index, $window.Name, $window.Target, $window.SessionName, $window.SessionId, $window.IsActive, "$($window.Layout)", $window.ActivePaneId | Should -Be 1, 0, 'edit', 'build:0', 'build', 1, $true, '1', 1
            $pane = $window | Get-TerminalPane
            $pane.Id, $pane.Target, $pane.Index, $pane.WindowId, $pane.WindowIndex, $pane.WindowName, $pane.SessionId, $pane.SessionName, $pane.IsActive | Should -Be 1, 'build:0.0', 0, 1, 0, 'edit', 1, 'build', $true
            $pane.Columns, $pane.Rows, $pane.State, $pane.IsLive, $pane.ProcessId, $pane.ExitCode, $pane.Title | Should -Be 100, 30, 'Detached', $false, $null, $null, ''
            $pane.Command, $pane.StartDirectory, $pane.WorkingDirectory | Should -Be 'vi', $directory, $directory
            $pane.ArgumentList | Should -Be 'a b', ''
            $pane.RestoreCommand | Should -Be vim
            $pane.RestoreArgumentList | Should -Be '-r', 'x'
            $pane.ScrollbackLines, $pane.ScrollbackBytes, $pane.OutputEnd, $pane.OutputBytes, $pane.OutputLines | Should -Be 500, 70000, 0, 0, 0
        }

        It 'are named by the next free number, and in the user''s shell and directory, unless something else is said' -Skip:$IsWindows {
            (New-TerminalSession -Store $store -NoStart).Name | Should -Be '0'
            (New-TerminalSession -Store $store -NoStart).Name | Should -Be '1'
            Remove-TerminalSession -Store $store 0 -Confirm:$false
            (New-TerminalSession -Store $store -NoStart).Name | Should -Be '0'
            $shell = $env:SHELL
            try {
                $env:SHELL = '/opt/some shell'
                Push-Location $directory
                $pane = New-TerminalSession mine -Store $store -NoStart | Get-TerminalPane
                $pane.Command | Should -Be '/opt/some shell'
                $pane.WorkingDirectory | Should -Be $directory
                ($pane | Get-Member PaneId) | Should -Not -BeNullOrEmpty
                (Get-TerminalWindow -Store $store mine).Name | Should -Be 'some shell'
                $pane.Columns, $pane.Rows | Should -Be 80, 24
            }
            finally { Pop-Location; $env:SHELL = $shell }
        }

        It 'take the directory as PowerShell calls it' {
            $null = New-PSDrive -Name Mine -PSProvider FileSystem -Root $directory
            (New-TerminalSession a -Store $store -NoStart -WorkingDirectory Mine:/ | Get-TerminalPane).WorkingDirectory.TrimEnd('/', '\') | Should -Be $directory
            Get-ErrorId { New-TerminalSession b -Store $store -NoStart -WorkingDirectory Env:/ } | Should -Be PathNotFileSystem
            Remove-PSDrive Mine
        }

        It 'are in the log at once, by path, and there after a crash' {
            $store.Dispose()
            $null = New-TerminalSession one -Path $path -NoStart -Command sh
            $null = New-TerminalWindow one sh -LiteralPath $path -NoStart -Name second
            $null = New-TerminalPane -Window one:1 -Command sh -Path $path -NoStart
            Get-WalStore | Should -BeNullOrEmpty
            (Get-TerminalPane -Path $path).Target | Should -Be 'one:0.0', 'one:1.0', 'one:1.1'
            $open = Open-WalStore $path
            $null = New-TerminalSession two -Path $path -NoStart
            Copy-OpenStore $path "$path-copy"
            (Get-TerminalSession -Path "$path-copy").Name | Should -Be one, two
            Use-WalStore $open { (Get-TerminalSession).Name | Should -Be one, two }
            $open.SessionCount | Should -Be 2
            (Get-WalStore $path).SessionCount | Should -Be 2
        }

        It 'refuse what cannot be, one by one' {
            $null = New-TerminalSession build -Store $store -NoStart
            Get-ErrorId { New-TerminalSession BUILD -Store $store -NoStart } | Should -Be SessionExists
            Get-ErrorId { New-TerminalSession "a`nb" -Store $store -NoStart } | Should -Be ArgumentInvalid
            Get-ErrorId { New-TerminalSession b -Store $store -NoStart -Environment @{ 'a=b' = 1 } } | Should -Be ArgumentInvalid
            Get-ErrorId { New-TerminalSession b -Store $store -NoStart -Environment @{ a = [securestring]::new() } } | Should -Be ValueNotSupported
            Get-ErrorId { New-TerminalWindow none -Store $store -NoStart } | Should -Be SessionNotFound
            Get-ErrorId { New-TerminalWindow build -Store $store -NoStart -Index 0 } | Should -Be WindowExists
            Get-ErrorId { New-TerminalPane 99 -Store $store -NoStart } | Should -Be PaneNotFound
            Get-ErrorId { New-TerminalPane -Store $store -NoStart } | Should -Be ArgumentInvalid
            Get-ErrorId { New-TerminalPane 1 -Window 1 -Store $store -NoStart } | Should -Be ArgumentInvalid
            @(Get-TerminalPane -Store $store).Count | Should -Be 1
            (Get-ErrorOf { New-TerminalSession "a`nb" -Store $store -NoStart }).ErrorDetails.Message | Should -Not -Match 'Parameter'
        }

        It 'and say what of it' {
            (Get-ErrorOf { New-TerminalSession ' ' -Store $store -NoStart }).Exception.Message | Should -Match '^The name is empty'
            (Get-ErrorOf { New-TerminalSession b -Store $store -NoStart -ArgumentList a, $null }).Exception.Message | Should -Match '^The argument is null'
            (Get-ErrorOf { New-TerminalSession b -Store $store -NoStart -Metadata @{ '' = 'x' } }).Exception.Message | Should -Match '^The key is empty'
        }

        It 'fill a window without panes, however it is named' {
            $window = New-TerminalSession build -Store $store -NoStart | Get-TerminalWindow
            foreach ($target in 'build', 'build:', 'build:0', $window) {
                Remove-TerminalPane build -Store $store -Confirm:$false
                $pane = New-TerminalPane $target -Store $store -NoStart
                (Get-TerminalWindow -Store $store build).Layout.ToString() | Should -Be "$($pane.Id)"
            }
            Remove-TerminalPane build -Store $store -Confirm:$false
            Get-ErrorId { New-TerminalPane build:0.0 -Store $store -NoStart } | Should -Be PaneNotFound
            $null = New-TerminalSession build:0.0 -Store $store -NoStart
            (New-TerminalPane build:0.0 -Store $store -NoStart).Target | Should -Be build:0.0:0.1
        }

        It 'make the new window and pane active, unless that is not wanted' {
            $session = New-TerminalSession build -Store $store -NoStart
            $second = $session | New-TerminalWindow -NoStart -Name two -Index 7 -Columns 50
            $second.Index, $second.IsActive | Should -Be 7, $true
            ($second | Get-TerminalPane).Columns | Should -Be 50
            ($session | New-TerminalWindow -NoStart -NoSelect).Index | Should -Be 8
            (Get-TerminalWindow -Store $store build | Where-Object IsActive).Id | Should -Be 2
            $pane = $second | New-TerminalPane -NoStart -NoSelect
            $pane.IsActive, $pane.Columns | Should -Be $false, 50
            ($pane | New-TerminalPane -NoStart -Rows 5).IsActive | Should -BeTrue
        }

        It 'share their place as is said' {
            $null = New-TerminalSession build -Store $store -NoStart
            $null = New-TerminalPane build -Store $store -NoStart
            (Get-TerminalWindow -Store $store build).Layout.ToString() | Should -Be '[1|2]'
            $null = New-TerminalPane 2 -Store $store -NoStart -Place Below -Percent 25
            (Get-TerminalWindow -Store $store build).Layout.ToString() | Should -Be '[1|[75*2/25*3]]'
            $null = New-TerminalPane 1 -Store $store -NoStart -Place Left
            $null = New-TerminalPane 3 -Store $store -NoStart -Place Above
            (Get-TerminalWindow -Store $store build).Layout.ToString() | Should -Be '[4|1|[75*2/25*5/25*3]]'
            (Get-TerminalPane -Store $store).Id | Should -Be 4, 1, 2, 5, 3
            (Get-TerminalPane -Store $store).Index | Should -Be 0, 1, 2, 3, 4
        }

        It 'keep no secret, and show none' {
            $session = New-TerminalSession one -Store $store -NoStart -Environment @{ API_TOKEN = 'hush-session'; MODE = 'm' } -WarningVariable warned
            $warned | Should -BeNullOrEmpty
            "$($session.Environment | Sort-Object Name)" | Should -Be 'API_TOKEN (withheld) MODE=m'
            $pane = $session | New-TerminalPane -NoStart -Environment @{ DB_PASSWORD = 'hush-pane' }
            "$($pane.Environment)" | Should -Be 'DB_PASSWORD (withheld)'
            $kept = New-TerminalSession two -Store $store -NoStart -PersistSecret -Environment @{ API_TOKEN = 'hush-kept' }
            "$($kept.Environment)" | Should -Be 'API_TOKEN=********'
            $kept.Environment[0].Value, $kept.Environment[0].IsMasked | Should -Be $null, $true
            $null = New-Checkpoint -Store $store
            $shown = (Get-TerminalSession -Store $store | Format-List * | Out-String) + (Get-TerminalSession -Store $store | Out-String) + (Get-TerminalPane -Store $store | ConvertTo-Json -Depth 5) + (Get-WalEntry -Store $store | ConvertTo-Json -Depth 5)
            $shown | Should -Not -Match 'hush'
            $store.Dispose()
            Get-Bytes $path | Should -Not -Match 'hush-session|hush-pane'
            Get-Bytes $path | Should -Match 'hush-kept'
            $null = New-TerminalSession three -Path $path -NoStart -Environment @{ API_TOKEN = 'hush-path' } -WarningVariable warned -WarningAction SilentlyContinue
            $warned | Should -Match 'API_TOKEN'
            Set-WalConfiguration $path -TerminalsSecretPatterns mode
            (Get-TerminalSession -Path $path one).Environment.Where({ $_.Name -eq 'MODE' })[0].IsMasked | Should -BeTrue
        }
    }

    Context 'found' {
        BeforeEach {
            $one = New-TerminalSession build -Store $store -NoStart
            $two = New-TerminalSession bench -Store $store -NoStart
            $null = New-TerminalSession 7 -Store $store -NoStart
            $null = $one | New-TerminalWindow -NoStart -Name tests
            $null = $one | New-TerminalPane -NoStart
        }

        It 'by name, by number, by pattern, each once' {
            (Get-TerminalSession -Store $store).Name | Should -Be build, bench, '7'
            (Get-TerminalSession -Store $store 'B*').Id | Should -Be 1, 2
            (Get-TerminalSession -Store $store b*, build, Build).Id | Should -Be 1, 2
            (Get-TerminalSession -Store $store 7).Id | Should -Be 3
            (Get-TerminalSession -Store $store -Id 2, 1).Name | Should -Be build, bench
            ('bench', 'build' | Get-TerminalSession -Store $store).Name | Should -Be bench, build
            ($store | Get-TerminalSession b*).Count | Should -Be 2
            ($two | Get-TerminalSession).Id | Should -Be 2
            (Get-TerminalWindow -Store $store).Target | Should -Be 'build:0', 'build:1', 'bench:0', '7:0'
            (Get-TerminalWindow -Store $store build -Index 1).Id | Should -Be 4
            (Get-TerminalWindow -Store $store -Name T*).Id | Should -Be 4
            (Get-TerminalWindow -Store $store -Id 4, 1).Id | Should -Be 1, 4
            (Get-TerminalPane -Store $store build).Target | Should -Be 'build:0.0', 'build:1.0', 'build:1.1'
            (Get-TerminalPane -Store $store b*).Count | Should -Be 4
            (Get-TerminalPane -Store $store -Window 4, build:1, build).Count | Should -Be 2
            (Get-TerminalPane -Store $store build -Window 1, 2).Target | Should -Be 'build:0.0'
            (Get-TerminalPane -Store $store -Id 5).Target | Should -Be 'build:1.1'
            (Get-TerminalPane -Store $store build:1.1, build:0).Id | Should -Be 5, 1
            (Get-TerminalPane -Store $store build:1 -Id 4).Target | Should -Be 'build:1.0'
            (Get-TerminalWindow -Store $store build:1, b*).Target | Should -Be 'build:1', 'build:0', 'bench:0'
            ('build' | Get-TerminalPane -Store $store).Count | Should -Be 3
            ($one | Get-TerminalPane).Count | Should -Be 3
            ($one | Get-TerminalWindow | Select-Object -Last 1 | Get-TerminalPane).Count | Should -Be 2
        }

        It 'or else it is said what is not there' {
            Get-ErrorId { Get-TerminalSession -Store $store none } | Should -Be SessionNotFound
            Get-ErrorId { Get-TerminalSession -Store $store -Id 9 } | Should -Be SessionNotFound
            Get-ErrorId { Get-TerminalSession -Store $store 'a[' } | Should -Be PatternInvalid
            Get-TerminalSession -Store $store none* | Should -BeNullOrEmpty
            (Get-TerminalSession -Store $store none, build -ErrorAction SilentlyContinue).Name | Should -Be build
            Get-ErrorId { Get-TerminalWindow -Store $store -Id 9 } | Should -Be WindowNotFound
            Get-ErrorId { Get-TerminalPane -Store $store -Id 9 } | Should -Be PaneNotFound
            Get-ErrorId { Get-TerminalPane -Store $store -Window build:5 } | Should -Be WindowNotFound
            Get-ErrorId { Get-TerminalPane -Store $store -Window build:0.0 } | Should -Be SessionNotFound
            Get-ErrorId { Select-TerminalPane -Store $store build:1.2 } | Should -Be PaneNotFound
            Get-ErrorId { Select-TerminalPane -Store $store nothing:1.2 } | Should -Be SessionNotFound
            (Get-ErrorOf { Remove-TerminalSession -Store $store b* -Confirm:$false }).ErrorDetails.Message | Should -Match 'pattern'
            (Get-ErrorOf { Get-TerminalPane -Store $store 1 }).ErrorDetails.Message | Should -Match '-Id'
        }

        It 'also when a name looks like a target' {
            $null = New-TerminalSession 'build:1' -Store $store -NoStart
            (Select-TerminalPane 'build:1' -Store $store -PassThru).SessionName | Should -Be 'build:1'
            (Select-TerminalPane 'build:1:0.0' -Store $store -PassThru).SessionName | Should -Be 'build:1'
            (Select-TerminalPane 'build:1.1' -Store $store -PassThru).Id | Should -Be 5
            (Select-TerminalPane 'build:' -Store $store -PassThru).SessionName | Should -Be 'build'
            (Select-TerminalPane '5' -Store $store -PassThru).Id | Should -Be 5
        }

        It 'by objects that know their store, whoever has it open' {
            $store.Dispose()
            (Get-TerminalSession -Path $path build | Get-TerminalWindow | Get-TerminalPane).Count | Should -Be 3
            (Get-TerminalSession -Path $path build | Rename-TerminalSession -NewName renamed -PassThru).Name | Should -Be renamed
            ($one | Get-TerminalSession).Name | Should -Be renamed
            [pscustomobject]@{ PaneId = 4 } | Select-TerminalPane -Path $path
            (Get-TerminalPane -Path $path -Window 4 | Where-Object IsActive).Id | Should -Be 4
            $reader = Open-WalStore $path -ReadOnly
            $read = Get-TerminalSession -Store $reader renamed
            ($read | Set-TerminalSession -Metadata @{ a = 1 } -PassThru).Metadata.a | Should -Be '1'
            Get-ErrorId { Set-TerminalSession -Store $reader renamed -Metadata @{ a = 2 } } | Should -Be StoreReadOnly
            $null = New-WalStore "$path-2"
            Get-ErrorId { $read | Set-TerminalSession -Path "$path-2" -Metadata @{ a = 2 } } | Should -Be StoreAmbiguous
            $again = Open-WalStore $path
            (Get-TerminalSession -Path $path).Count | Should -Be 3
            Get-ErrorId { Get-TerminalSession } | Should -Be StoreNotSpecified
            Get-ErrorId { Remove-TerminalPane 1 } | Should -Be StoreNotSpecified
            Get-ErrorId { Get-TerminalSession -Path "$path-none" } | Should -Be StoreNotFound
            $closed = Get-TerminalSession -Store $again renamed
            $again.Dispose()
            ($closed | Get-TerminalPane).Count | Should -Be 3
            Get-ErrorId { Get-TerminalSession -Store $again } | Should -Be StoreClosed
        }

        It 'are shown with what matters' {
            Get-TerminalSession -Store $store | Out-String | Should -Match '(?s)Store: .*store.*Id Name +Windows +Panes +Running.*1 build +2 +3 +0'
            Get-TerminalWindow -Store $store | Out-String | Should -Match '4 \* build:1 +tests +2 +0 \[4\|5\]'
            Get-TerminalPane -Store $store | Out-String | Should -Match '5 \* build:1\.1 +Detached +80x24'
            Get-TerminalPane -Store $store -Id 5 | Format-List | Out-String | Should -Match '(?s)Target +: build:1\.1.*ScrollbackLines +: 10000'
            Get-TerminalSession -Store $store build | Format-List | Out-String | Should -Match 'ActiveWindowIndex +: 1'
            Get-TerminalWindow -Store $store build -Index 1 | Format-List | Out-String | Should -Match 'PaneIds +: \{4, 5\}'
        }

        It 'are completed' {
            function Get-Completion([string] $Line) { @([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | ForEach-Object CompletionText) }
            $null = New-TerminalSession 'it''s [here]' -Store $store -NoStart
            Get-Completion 'Remove-TerminalSession -Store $store b' | Should -Be bench, build
            Get-Completion 'Get-TerminalSession -Store $store -Name it' | Should -Be "'it''s ``[here``]'"
            Invoke-Expression "Rename-TerminalSession -Store `$store $(Get-Completion 'Rename-TerminalSession -Store $store it') other"
            Get-Completion 'Get-TerminalPane -Store $store -Window ' | Should -Be '1', '2', '3', '4', '5'
            Get-Completion 'Select-TerminalWindow -Store $store bu' | Should -Be 'build:0', 'build:1'
            Get-Completion 'Select-TerminalPane -Path $path build:1' | Should -Be 'build:1.0', 'build:1.1'
            Get-Completion 'Send-TerminalInput -Store $store -Pane 5' | Should -Be '5'
            $store.Dispose()
            Get-Completion 'Receive-TerminalOutput -Path $path -Pane be' | Should -Be 'bench:0.0'
            Get-Completion 'Receive-TerminalOutput -Path /nowhere -Pane be' | Should -BeNullOrEmpty
        }
    }

    Context 'changed' {
        BeforeEach {
            $session = New-TerminalSession build -Store $store -NoStart -Command vi -ArgumentList x -Metadata @{ a = 1; b = 2 } -Environment @{ MODE = 'x'; LANG = $null }
            $second = $session | New-TerminalWindow -NoStart -Name two -Command sh
            $pane = $second | New-TerminalPane -NoStart -Command sh -Environment @{ A = '1'; B = '2' }
        }

        It 'say nothing, unless they are to be passed through' {
            Set-TerminalSession -Store $store build -Metadata @{ c = 3; a = $null } -RemoveMetadata b -Environment @{ NEW = 'n'; MODE = $null } -RemoveEnvironment LANG | Should -BeNullOrEmpty
            $now = Get-TerminalSession -Store $store build
            "$($now.Metadata.Keys) $($now.Metadata.c)" | Should -Be 'c 3'
            "$($now.Environment)" | Should -Be 'MODE (removed) NEW=n'
            Rename-TerminalSession -Store $store build ci | Should -BeNullOrEmpty
            (Rename-TerminalSession -Store $store ci CI -PassThru).Name | Should -BeExactly CI
            Rename-TerminalWindow -Store $store CI:1 tests | Should -BeNullOrEmpty
            ($second | Rename-TerminalWindow -NewName more -PassThru).Name | Should -Be more
            Move-TerminalWindow -Store $store CI:0 5 | Should -BeNullOrEmpty
            (Get-TerminalWindow -Store $store).Target | Should -Be CI:1, CI:5
            (Move-TerminalWindow -Store $store CI:1 -PassThru).Index | Should -Be 6
            $other = New-TerminalSession other -Store $store -NoStart
            ($second | Move-TerminalWindow -Session $other -PassThru).Target | Should -Be other:1
            (Move-TerminalWindow -Store $store 2 9 -Session CI -PassThru).Target | Should -Be CI:9
            Get-ErrorId { Move-TerminalWindow -Store $store 2 5 } | Should -Be WindowExists
            Select-TerminalWindow -Store $store CI:5 | Should -BeNullOrEmpty
            (Get-TerminalSession -Store $store CI).ActiveWindowIndex | Should -Be 5
            ($second | Select-TerminalWindow -PassThru).IsActive | Should -BeTrue
            Select-TerminalPane -Store $store 2 | Should -BeNullOrEmpty
            ($pane | Select-TerminalPane -PassThru).IsActive | Should -BeTrue
            Resize-TerminalPane -Store $store 2 132 50 | Should -BeNullOrEmpty
            ($pane | Resize-TerminalPane -Rows 9 -PassThru).Rows | Should -Be 9
            (Get-TerminalPane -Store $store -Id 2).Columns | Should -Be 132
        }

        It 'get another share of their window' {
            $pane | Resize-TerminalPane -WidthPercent 75
            (Get-TerminalWindow -Store $store -Id 2).Layout.ToString() | Should -Be '[2|3*3]'
            $below = $pane | New-TerminalPane -NoStart -Place Below
            $below | Resize-TerminalPane -WidthPercent 50 -HeightPercent 20
            (Get-TerminalWindow -Store $store -Id 2).Layout.ToString() | Should -Be "[2|[4*3/$($below.Id)]]"
            Get-ErrorId { Resize-TerminalPane -Store $store 1 -WidthPercent 50 } | Should -Be LayoutInvalid
            Get-ErrorId { Resize-TerminalPane -Store $store 2 -HeightPercent 50 } | Should -Be LayoutInvalid
            Get-ErrorId { Resize-TerminalPane -Store $store 2 } | Should -Be ArgumentInvalid
        }

        It 'are to run something else' {
            Set-TerminalPane -Store $store 1 -Title 'the editor' | Should -BeNullOrEmpty
            $now = Set-TerminalPane -Store $store 1 -Command emacs -WorkingDirectory $directory -RestoreCommand emacs -RestoreArgumentList '--recover' -ScrollbackLines 5 -PassThru
            $now.Title, $now.Command, $now.ArgumentList.Count, $now.StartDirectory, $now.RestoreCommand, "$($now.RestoreArgumentList)", $now.ScrollbackLines, $now.ScrollbackBytes |
                Should -Be 'the editor', 'emacs', 0, $directory, 'emacs', '--recover', 5, 64MB
            $now = Set-TerminalPane -Store $store 1 -ArgumentList a, b -RestoreCommand $null -ScrollbackLines $null -Title '' -PassThru
            $now.Command, "$($now.ArgumentList)", $now.RestoreCommand, $now.ScrollbackLines, $now.Title | Should -Be emacs, 'a b', $null, 10000, ''
            (Set-TerminalPane -Store $store 1 -RestoreArgumentList r -PassThru).RestoreCommand | Should -Be emacs
            $now = Set-TerminalPane -Store $store 3 -Environment @{ A = $null; C = '3' } -RemoveEnvironment B -PassThru
            "$($now.Environment | Sort-Object Name)" | Should -Be 'A (removed) C=3'
            $negative = Get-ErrorOf { Set-TerminalPane -Store $store 1 -ScrollbackLines -1 }
            $negative.FullyQualifiedErrorId | Should -Match '^ArgumentInvalid'
            $negative.Exception.Message | Should -Match '-ScrollbackLines'
            Get-ErrorId { Set-TerminalPane -Store $store 1 -Title "a`ab" } | Should -Be ArgumentInvalid
        }

        It 'in several runspaces at once, with nothing of it lost' {
            $manifest = Get-TestedManifest
            1..40 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest
                Set-TerminalPane -Store $using:store ($using:pane).Id -Environment @{ "V$_" = "$_" }
                if ($_ % 2) { Resize-TerminalPane -Store $using:store ($using:pane).Id -Columns (100 + $_) } else { Resize-TerminalPane -Store $using:store ($using:pane).Id -Rows (100 + $_) }
            }
            $now = Get-TerminalPane -Store $store -Id $pane.Id
            @($now.Environment | Where-Object Name -Like 'V*').Count | Should -Be 40
            $now.Columns | Should -BeGreaterThan 100
            $now.Rows | Should -BeGreaterThan 100
        }

        It 'are removed, once that is confirmed' {
            foreach ($command in 'Session', 'Window', 'Pane') { (Get-Command "Remove-Terminal$command").ImplementingType.GetCustomAttributes($true).Where({ $_ -is [System.Management.Automation.CmdletAttribute] }).ConfirmImpact | Should -Be High }
            { Remove-TerminalPane -Store $store 3 -ErrorAction Stop } | Should -Throw -Because 'nobody can be asked here'
            Remove-TerminalPane -Store $store 3, 99 -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
            $failed.FullyQualifiedErrorId | Should -BeLike 'PaneNotFound,*'
            (Get-TerminalPane -Store $store).Id | Should -Be 1, 2
            Get-TerminalPane -Store $store -Id 2 | Remove-TerminalPane -Confirm:$false
            (Get-TerminalWindow -Store $store build:1).Layout | Should -BeNullOrEmpty
            Get-ErrorId { Select-TerminalPane -Store $store build:1 } | Should -Be PaneNotFound
            (New-TerminalPane -Window build:1 -Store $store -NoStart).Target | Should -Be 'build:1.0'
            $second | Remove-TerminalWindow -Confirm:$false
            (Get-TerminalWindow -Store $store).Id | Should -Be 1
            Remove-TerminalWindow -Store $store build -Confirm:$false
            Get-ErrorId { Remove-TerminalWindow -Store $store build -Confirm:$false } | Should -Be WindowNotFound
            Get-TerminalSession -Store $store b* | Remove-TerminalSession -Confirm:$false
            Get-TerminalSession -Store $store | Should -BeNullOrEmpty
        }

        It 'by path as well' {
            $store.Dispose()
            Get-TerminalSession -Path $path | Set-TerminalSession -Metadata @{ p = 1 }
            Rename-TerminalSession -LiteralPath $path build ci
            Get-TerminalWindow -Path $path | Rename-TerminalWindow -NewName x
            Move-TerminalWindow -Path $path ci:0 4
            Select-TerminalWindow -Path $path ci:4
            Select-TerminalPane -Path $path 2
            Resize-TerminalPane -Path $path 2 33
            Set-TerminalPane -Path $path 2 -Title t
            Remove-TerminalPane -Path $path 3 -Confirm:$false
            Get-WalStore | Should -BeNullOrEmpty
            $now = Get-TerminalPane -Path $path -Id 2
            $now.Columns, $now.Title, $now.WindowName, $now.SessionName | Should -Be 33, t, x, ci
            (Get-TerminalSession -Path $path).ActiveWindowIndex | Should -Be 4
            (Get-TerminalSession -Path $path).Metadata.p | Should -Be '1'
            (Open-WalStore $path).Recovery.WasClean | Should -BeTrue
        }

        It 'not with -WhatIf: <State>' -ForEach @{ State = 'closed' }, @{ State = 'crashed' } {
            Copy-OpenStore $path "$path-crashed"
            $store.Dispose()
            $target = $State -eq 'closed' ? $path : "$path-crashed"
            $before = Get-Fingerprint $directory
            $null = & {
                New-TerminalSession x -Path $target -NoStart -WhatIf
                New-TerminalWindow build -Path $target -NoStart -WhatIf
                New-TerminalPane build -Path $target -NoStart -WhatIf
                Set-TerminalSession build -Path $target -Metadata @{ z = 1 } -WhatIf
                Rename-TerminalSession build ci -Path $target -WhatIf
                Rename-TerminalWindow build x -Path $target -WhatIf
                Move-TerminalWindow build 9 -Path $target -WhatIf
                Select-TerminalWindow build:0 -Path $target -WhatIf
                Select-TerminalPane 2 -Path $target -WhatIf
                Set-TerminalPane 2 -Title x -Path $target -WhatIf
                Resize-TerminalPane 2 9 9 -Path $target -WhatIf
                Remove-TerminalPane 2 -Path $target -WhatIf
                Remove-TerminalWindow build -Path $target -WhatIf
                Remove-TerminalSession build -Path $target -WhatIf
                Get-TerminalSession -Path $target | Get-TerminalWindow | Get-TerminalPane | Receive-TerminalOutput
            } 6>&1
            Get-Fingerprint $directory | Should -Be $before
        }
    }

    Context 'as part of the store' {
        BeforeEach {
            $session = New-TerminalSession build -Store $store -NoStart -Command sh -Environment @{ MODE = 'hidden' }
        }

        It 'are in the log, by kind' {
            $null = $session | New-TerminalWindow -NoStart
            $pane = $session | New-TerminalPane -NoStart
            $pane | Resize-TerminalPane -Columns 9 -WidthPercent 10
            $pane | Set-TerminalPane -Title t -Command x
            Set-TerminalSession -Store $store build -Metadata @{ k = 'v' } -RemoveMetadata q -Environment @{ E = 'hidden' } -RemoveEnvironment z
            $session | Rename-TerminalSession -NewName ci
            Rename-TerminalWindow -Store $store ci:1 w
            Move-TerminalWindow -Store $store ci:1 3
            Select-TerminalWindow -Store $store ci:0
            Select-TerminalPane -Store $store $pane
            Remove-TerminalPane -Store $store $pane -Confirm:$false
            Remove-TerminalWindow -Store $store ci:3 -Confirm:$false
            Remove-TerminalSession -Store $store ci -Confirm:$false
            $entries = Get-WalEntry -Store $store
            $entries.Kind | Should -Not -Contain 'Other'
            foreach ($kind in 'SessionCreated', 'SessionDestroyed', 'SessionRenamed', 'SessionMetadataSet', 'SessionMetadataUnset', 'SessionEnvironmentSet', 'SessionEnvironmentUnset', 'WindowCreated', 'WindowDestroyed', 'WindowRenamed', 'WindowMoved',
                'WindowLayout', 'PaneCreated', 'PaneDestroyed', 'PaneResized', 'PaneTitle', 'PaneConfigured', 'ActiveWindow', 'ActivePane') { $entries.Kind | Should -Contain $kind }
            $entries | ConvertTo-Json -Depth 6 | Should -Not -Match 'hidden'
            (Get-WalEntry -Store $store -Kind PaneTitle).PaneId | Should -Be $pane.Id
            (Get-WalEntry -Store $store -Kind PaneTitle).Value.Title | Should -Be t
            (Get-WalEntry -Store $store -Kind WindowMoved).Value.Index | Should -Be 3
            (Get-WalEntry -Store $store -Kind SessionEnvironmentSet)[0].Value.Variable | Should -Be MODE
            (Get-WalEntry -Store $store -Kind SessionCreated) | Out-String -Width 120 | Should -Match 'SessionCreated +session 1 +@\{Name=build\}'
            (Watch-WalEntry -Store $store -Tail 1 -Count 1).Kind | Should -Be SessionDestroyed
            (Measure-Wal -Store $store).Kinds.Kind | Should -Contain PaneCreated
            [Enum]::GetNames([Persistence.Terminals.TerminalRecordKind]).Where({ $_ -notin [Enum]::GetNames([PersistenceModule.WalEntryKind]) }) | Should -BeNullOrEmpty -Because 'the entry reader takes the names of the engine'
        }

        It 'are verified, backed up, restored and salvaged with it' {
            Test-WalIntegrity $path | Should -BeTrue
            $null = Backup-WalStore $path "$path-backups"
            $store.Dispose()
            $null = Restore-WalStore "$path-backups" "$path-restored"
            (Get-TerminalSession -Path "$path-restored").Name | Should -Be build
            $null = Repair-Wal $path -Mode Salvage -Destination "$path-salvaged" -Confirm:$false
            (Get-TerminalSession -Path "$path-salvaged" | Get-TerminalPane).Command | Should -Be sh
        }

        It 'are no part of transactions, and say so' {
            Use-WalTransaction $store {
                Set-StateItem a 1
                foreach ($change in { New-TerminalSession x -NoStart }, { New-TerminalSession x }, { New-TerminalWindow build -NoStart }, { New-TerminalPane build -NoStart }, { Set-TerminalSession build -Metadata @{ a = 1 } }, { Rename-TerminalSession build x },
                    { Remove-TerminalSession build -Confirm:$false }, { Move-TerminalWindow build 3 }, { Rename-TerminalWindow build x }, { Select-TerminalWindow build }, { Select-TerminalPane build }, { Set-TerminalPane build -Title x },
                    { Resize-TerminalPane build 5 }, { Restart-TerminalPane build }, { Restore-TerminalSession }, { Remove-TerminalPane build -Confirm:$false }, { Remove-TerminalWindow build -Confirm:$false }) {
                    Get-ErrorId { & $change } | Should -Be TransactionNotSupported -Because "$change"
                }
                (Get-TerminalSession).Name | Should -Be build
                Receive-TerminalOutput build | Should -BeNullOrEmpty
            }
            Get-StateItem -Store $store a -ValueOnly | Should -Be 1
            $store.Dispose()
            Use-WalTransaction $path { Get-ErrorId { New-TerminalSession x -NoStart -Path $path } | Should -Be TransactionNotSupported }
        }

        It 'run nothing without a handle' {
            $store.Dispose()
            foreach ($run in { New-TerminalSession -Path $path }, { New-TerminalWindow build -Path $path }, { New-TerminalPane build -Path $path }, { Restart-TerminalPane build -Path $path }, { Restore-TerminalSession -Path $path }, { Send-TerminalInput build x -Path $path },
                { Receive-TerminalOutput build -Wait -Path $path }, { Receive-TerminalOutput build -Until x -Path $path }, { $session | Restore-TerminalSession }) {
                $failure = Get-ErrorOf $run
                $failure.FullyQualifiedErrorId | Should -BeLike 'StoreNotOpen,*' -Because "$run"
                $failure.ErrorDetails.RecommendedAction | Should -Match 'Open-WalStore'
            }
            $reader = Open-WalStore $path -ReadOnly
            Get-ErrorId { New-TerminalSession -Store $reader } | Should -Be StoreReadOnly
            Get-ErrorId { Receive-TerminalOutput -Store $reader build -Wait } | Should -Be StoreReadOnly
            @(Get-TerminalSession -Path $path).Count | Should -Be 1
        }
    }
}
