BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Errors' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'have an id, a category, a target and a recommendation: <Id>' -ForEach @(
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Open-WalStore "$path-none" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Get-StateItem -LiteralPath "$path-none" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Get-WalEntry "$path-none*" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Test-WalIntegrity $directory } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Open-WalStore (Join-Path $path ROOT) } }
        @{ Id = 'StoreExists'; Category = 'ResourceExists'; Run = { New-WalStore $path } }
        @{ Id = 'StoreLocked'; Category = 'ResourceBusy'; Run = { Open-WalStore $path } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { Get-WalEntry Env:/PATH } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { New-WalStore Variable:/x } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { Test-WalIntegrity nowhere:/x } }
        @{ Id = 'PathAmbiguous'; Category = 'InvalidArgument'; Run = { $null = New-WalStore "$path-2"; Set-StateItem -Path "$path*" a 1 } }
        @{ Id = 'StateItemNotFound'; Category = 'ObjectNotFound'; Run = { Get-StateItem -Store $store none } }
        @{ Id = 'CheckpointNotFound'; Category = 'ObjectNotFound'; Run = { Get-Checkpoint -Store $store -Id 9 } }
        @{ Id = 'ValueNotSupported'; Category = 'InvalidType'; Run = { Set-StateItem -Store $store a { } } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Set-StateItem -Store $store '' 1 } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Add-WalEntry -Store $store ('x' * 4097) 1 } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Add-WalEntry -Store $store ([string][char]0xD800) 1 } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Get-StateItem -Store $store ('x' * 4097) } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Get-StateItem -Store $store ([string][char]0xD800) } }
        @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { 1 | Add-WalEntry -Store $store } }
        @{ Id = 'PatternInvalid'; Category = 'InvalidArgument'; Run = { Get-StateItem -Store $store 'a[' } }
        @{ Id = 'PatternInvalid'; Category = 'InvalidArgument'; Run = { Get-WalEntry -Store $store -Key 'a[' } }
        @{ Id = 'PatternInvalid'; Category = 'InvalidArgument'; Run = { Get-Checkpoint -Store $store -Name 'a[' } }
        @{ Id = 'LineInvalid'; Category = 'InvalidData'; Run = { 'no line' | Import-StateItem -Store $store } }
        @{ Id = 'SourceUnreadable'; Category = 'ObjectNotFound'; Run = { Import-StateItem "$path-none" -Store $store } }
        @{ Id = 'DestinationInvalid'; Category = 'WriteError'; Run = { Export-StateItem -Store $store -Destination "$path-none/x" } }
        @{ Id = 'StoreNotOpen'; Category = 'ObjectNotFound'; Run = { $store.Dispose(); Close-WalStore $path } }
        @{ Id = 'TransactionAborted'; Category = 'OperationStopped'; Run = { Use-WalTransaction $store -Timeout ([timespan]::FromTicks(1)) { } } }
        @{ Id = 'NestedTransaction'; Category = 'InvalidOperation'; Run = { Use-WalTransaction $store { $null = Start-WalTransaction } } }
        @{ Id = 'ValidationFailed'; Category = 'InvalidData'; Run = { Use-WalTransaction $store { param($tx) $tx.AddValidator('never', { $false }) } } }
        @{ Id = 'SessionNotFound'; Category = 'ObjectNotFound'; Run = { Get-TerminalSession -Store $store none } }
        @{ Id = 'SessionExists'; Category = 'ResourceExists'; Run = { 1..2 | ForEach-Object { New-TerminalSession a -Store $store -NoStart } } }
        @{ Id = 'WindowNotFound'; Category = 'ObjectNotFound'; Run = { Rename-TerminalWindow -Store $store 5 x } }
        @{ Id = 'WindowExists'; Category = 'ResourceExists'; Run = { New-TerminalSession a -Store $store -NoStart | New-TerminalWindow -NoStart -Index 0 } }
        @{ Id = 'PaneNotFound'; Category = 'ObjectNotFound'; Run = { Receive-TerminalOutput -Store $store 5 } }
        @{ Id = 'PaneNotRunning'; Category = 'InvalidOperation'; Run = { New-TerminalSession a -Store $store -NoStart | Send-TerminalInput -Text x } }
        @{ Id = 'PtySpawnFailed'; Category = 'OpenError'; Run = { New-TerminalSession a /nowhere/program -Store $store } }
        @{ Id = 'LayoutInvalid'; Category = 'InvalidArgument'; Run = { New-TerminalSession a -Store $store -NoStart | Resize-TerminalPane -WidthPercent 5 } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-TerminalSession "a`nb" -Store $store -NoStart } }
        @{ Id = 'TransactionNotSupported'; Category = 'InvalidOperation'; Run = { Use-WalTransaction $store { New-TerminalSession -Store $store -NoStart } } }
        @{ Id = 'OutputNotFound'; Category = 'ObjectNotFound'; Run = { New-TerminalSession a -Store $store -NoStart | Receive-TerminalOutput -Until x } }
        @{ Id = 'StoreNotOpen'; Category = 'InvalidOperation'; Run = { $store.Dispose(); New-TerminalSession -Path $path } }
        @{ Id = 'RecordTooLarge'; Category = 'LimitsExceeded'; Run = { Set-StateItem -Store $store a ([byte[]]::new(65MB)) } }
    ) {
        $failure = Get-ErrorOf $Run
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,PersistenceModule.*Command"
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.ErrorDetails.Message | Should -Not -BeNullOrEmpty
        $null -ne $failure.TargetObject | Should -BeTrue
    }

    It 'of every command that is given no store: StoreNotSpecified' {
        foreach ($command in
            { Add-WalEntry a 1 }, { Get-WalEntry }, { Watch-WalEntry }, { Get-StateItem }, { Set-StateItem a 1 }, { Remove-StateItem a }, { New-Checkpoint },
            { Get-Checkpoint }, { Export-StateItem }, { '{"key":"a","value":1}' | Import-StateItem }, { Measure-Wal }, { Test-WalIntegrity }, { Sync-Wal }, { Close-WalStore }, { Get-WalStore -Current }, { Use-WalTransaction { } }, { Start-WalTransaction },
            { New-TerminalSession }, { Get-TerminalSession }, { Get-TerminalPane }, { Remove-TerminalWindow 1 }, { Send-TerminalInput 1 x }, { Receive-TerminalOutput 1 }, { Restore-TerminalSession }) {
            Get-ErrorId $command | Should -Be 'StoreNotSpecified' -Because "$command"
        }
    }

    It 'of two ways to say which store: StoreAmbiguous' {
        foreach ($command in
            { Add-WalEntry -Store $store -Path $path a 1 }, { $store | Add-WalEntry -Path $path a 1 },
            { [pscustomobject]@{ Key = 'a'; Value = 1 } | Set-StateItem -Store $store -Path $path }) {
            Get-ErrorId $command | Should -Be 'StoreAmbiguous' -Because "$command"
        }
        $store.ItemCount | Should -Be 0
    }

    It 'name the full path of the store, whatever it was called: <Name>' -ForEach @(
        @{ Name = 'missing'; Where = 'none'; Run = { Open-WalStore ./none } }
        @{ Name = 'missing, for writing'; Where = 'none'; Run = { Set-StateItem -Path ./none a 1 } }
        @{ Name = 'no match'; Where = 'none*'; Run = { Get-StateItem -Path ./none* } }
        @{ Name = 'a file'; Where = 'store/ROOT'; Run = { Open-WalStore ./store/ROOT } }
        @{ Name = 'a file, for writing'; Where = 'store/ROOT'; Run = { Add-WalEntry -Path ./store/ROOT a 1 } }
        @{ Name = 'a file, for reading'; Where = 'store/ROOT'; Run = { Get-WalEntry ./store/ROOT } }
        @{ Name = 'a file, to create'; Where = 'store/ROOT'; Run = { New-WalStore ./store/ROOT } }
        @{ Name = 'no store'; Where = 'empty'; Run = { Get-WalEntry ./empty } }
        @{ Name = 'no store, for writing'; Where = 'empty'; Run = { Set-StateItem -Path ./empty a 1 } }
        @{ Name = 'no store, to verify'; Where = 'empty'; Run = { Test-WalIntegrity ./empty } }
        @{ Name = 'exists'; Where = 'store'; Run = { New-WalStore ./store } }
        @{ Name = 'locked'; Where = 'store'; Run = { Open-WalStore ./store } }
        @{ Name = 'missing, for a transaction'; Where = 'none'; Run = { Use-WalTransaction ./none { } } }
        @{ Name = 'locked, to recover'; Where = 'store'; Run = { Invoke-Recovery ./store } }
        @{ Name = 'lost ROOT'; Where = 'damaged'; Run = { Open-WalStore ./damaged } }
        @{ Name = 'lost ROOT, for writing'; Where = 'damaged'; Run = { Use-WalStore ./damaged { } } }
        @{ Name = 'lost ROOT, for reading'; Where = 'damaged'; Run = { Get-Checkpoint -LiteralPath ./damaged } }
    ) {
        $null = New-Item -ItemType Directory (Join-Path $directory empty)
        Copy-OpenStore $path (Join-Path $directory damaged)
        0..3 | ForEach-Object { Set-FlippedBit (Join-Path $directory damaged/ROOT) ($_ * 4096 + 100) }
        Push-Location $directory
        try { $failure = Get-ErrorOf $Run }
        finally { Pop-Location }
        "$failure" | Should -BeLike "*'$([wildcardpattern]::Escape((Join-Path $directory $Where)))'*"
    }

    It 'of a process that locks itself out name it, and say what to do instead' {
        $link = Join-Path $directory link
        $null = New-Item -ItemType SymbolicLink -Path $link -Target $path
        foreach ($command in { Open-WalStore $path }, { Invoke-Recovery $path }, { Set-StateItem -Path $link a 1 }, { Use-WalStore $link { } }, { New-Checkpoint $link }) {
            $failure = Get-ErrorOf $command
            $failure.FullyQualifiedErrorId | Should -BeLike 'StoreLocked,*' -Because "$command"
            "$failure" | Should -BeLike "This process (PID $PID) has the store*-Store*Get-WalStore*Close-WalStore*" -Because "$command"
        }
    }

    It 'are written where one of several stores fails, and thrown where nothing can be written: <Run>' -ForEach @(
        @{ Ends = $false; Run = { Get-StateItem -Path "$path-none" } }
        @{ Ends = $false; Run = { Get-WalEntry "$path-none" } }
        @{ Ends = $false; Run = { Watch-WalEntry "$path-none" } }
        @{ Ends = $false; Run = { Get-Checkpoint "$path-none" } }
        @{ Ends = $false; Run = { Get-WalStore "$path-none" } }
        @{ Ends = $false; Run = { Test-WalIntegrity "$path-none" } }
        @{ Ends = $false; Run = { New-Checkpoint "$path-none" } }
        @{ Ends = $false; Run = { Sync-Wal "$path-none" } }
        @{ Ends = $false; Run = { Close-WalStore "$path-none" } }
        @{ Ends = $false; Run = { Open-WalStore "$path-none" } }
        @{ Ends = $false; Run = { Open-WalStore Env:/PATH } }
        @{ Ends = $false; Run = { New-WalStore $path } }
        @{ Ends = $false; Run = { New-WalStore Env:/PATH } }
        @{ Ends = $false; Run = { Invoke-Recovery "$path-none" } }
        @{ Ends = $true; Run = { Set-StateItem -Path "$path-none" a 1 } }
        @{ Ends = $true; Run = { Remove-StateItem -Path "$path-none" a } }
        @{ Ends = $true; Run = { Add-WalEntry -Path "$path-none" a 1 } }
        @{ Ends = $true; Run = { Use-WalStore "$path-none" { } } }
        @{ Ends = $true; Run = { Use-WalTransaction "$path-none" { } } }
        @{ Ends = $true; Run = { Start-WalTransaction "$path-none" } }
        @{ Ends = $true; Run = { Complete-WalTransaction } }
        # What the command itself was told wrong ends it.
        @{ Ends = $true; Run = { Open-WalStore $path -SegmentBytes 1 } }
        @{ Ends = $true; Run = { New-WalStore "$path-2" -SegmentBytes 1 } }
        @{ Ends = $true; Run = { Invoke-Recovery $path -LockTimeout -1 } }
        @{ Ends = $true; Run = { Watch-WalEntry $path -Timeout -1 } }
        # The store of Use-WalStore is as good as one by name.
        @{ Ends = $false; Run = { Sync-Wal -Store (Open-WalStore $path -ReadOnly) } }
        @{ Ends = $false; Run = { Use-WalStore $path -ReadOnly { Sync-Wal } } }
        @{ Ends = $false; Run = { Use-WalStore $store { $store.Dispose(); Get-WalEntry } } }
        # Handles from the pipeline are items; one by name is where all items go.
        @{ Ends = $false; Run = { $store.Dispose(); $store | Set-StateItem a 1 } }
        @{ Ends = $false; Run = { $store.Dispose(); $store | Add-WalEntry a 1 } }
        @{ Ends = $false; Run = { $store.Dispose(); $store | Use-WalStore -ScriptBlock { } } }
        @{ Ends = $true; Run = { $store.Dispose(); Set-StateItem -Store $store a 1 } }
        @{ Ends = $true; Run = { $store.Dispose(); Add-WalEntry -Store $store a 1 } }
        @{ Ends = $true; Run = { $store.Dispose(); Use-WalStore $store { } } }
        @{ Ends = $true; Run = { $store.Dispose(); Use-WalTransaction $store { } } }
        @{ Ends = $false; Run = { $store.Dispose(); $store | Use-WalTransaction -ScriptBlock { } } }
        # Items.
        @{ Ends = $false; Run = { Set-StateItem -Store $store a { } } }
        @{ Ends = $false; Run = { Add-WalEntry -Store $store '' 1 } }
        @{ Ends = $false; Run = { Remove-StateItem -Store $store a } }
        @{ Ends = $false; Run = { Get-StateItem -Store $store a } }
        @{ Ends = $false; Run = { Get-Checkpoint -Store $store -Id 9 } }
    ) {
        $errors = @()
        $ended = $true
        try {
            $errors = @(& { $ErrorActionPreference = 'Continue'; & $Run 2>&1 } | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
            $ended = $false
        }
        catch { $errors = @($_) }
        $errors.Count | Should -Be 1
        $ended | Should -Be $Ends
    }

    It 'about one handle do not keep the others from being written to' {
        $closed = New-WalStore "$path-2"
        $closed.Dispose()
        $reader = Open-WalStore $path -ReadOnly
        $closed, $reader, $store | Set-StateItem a 1 -ErrorAction SilentlyContinue -ErrorVariable errors
        $closed, $reader, $store | Add-WalEntry b 1 -ErrorAction SilentlyContinue -ErrorVariable +errors
        ($closed, $store | Use-WalStore -ScriptBlock { 'ran' } -ErrorAction SilentlyContinue -ErrorVariable +errors) | Should -Be 'ran'
        (Get-StateItem -Store $store).Key | Should -Be 'a', 'b'
        $errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be 'StoreClosed', 'StoreReadOnly', 'StoreClosed', 'StoreReadOnly', 'StoreClosed'
    }

    It 'about one key or pattern do not keep the others from being read' {
        Set-StateItem -Store $store a 1
        $items = Get-StateItem -Store $store 'x[', none, a -ErrorAction SilentlyContinue -ErrorVariable errors
        $items.Key | Should -Be 'a'
        $errors.Count | Should -Be 2
    }

    It 'about one store do not keep the others from being read' {
        $errors = @()
        $results = @(Test-WalIntegrity "$path-none", $path -ErrorAction SilentlyContinue -ErrorVariable errors)
        $results | Should -Be $true
        @($errors | Where-Object FullyQualifiedErrorId -Like 'StoreNotFound,*').Count | Should -Be 1
    }

    It 'about one key do not keep the others from being set' {
        $rows = [pscustomobject]@{ Key = 'a'; Value = 1 }, [pscustomobject]@{ Key = ''; Value = 2 }, [pscustomobject]@{ Key = 'c'; Value = { } }, [pscustomobject]@{ Key = 'd'; Value = 4 }
        $rows | Set-StateItem -Store $store -ErrorAction SilentlyContinue -ErrorVariable errors
        (Get-StateItem -Store $store).Key | Should -Be 'a', 'd'
        $errors.Count | Should -Be 2
    }

    It 'stop the script under $ErrorActionPreference Stop' {
        & {
            $ErrorActionPreference = 'Stop'
            { 1, { }, 3 | Add-WalEntry -Store $store -Type t } | Should -Throw -ErrorId 'ValueNotSupported,*'
        }
        (Get-WalEntry -Store $store).Value | Should -Be 1
    }

    It 'of a transaction under Stop roll it back' {
        & {
            $ErrorActionPreference = 'Stop'
            { 1, { }, 3 | Add-WalEntry -Store $store -Type t -AsTransaction } | Should -Throw -ErrorId 'ValueNotSupported,*'
        }
        Get-WalEntry -Store $store | Should -BeNullOrEmpty
    }

    It 'are described for every error the engine has' {
        $type = (Get-Command Add-WalEntry).ImplementingType.Assembly.GetType('PersistenceModule.ErrorRecords')
        $descriptions = $type.GetProperty('Descriptions', [Reflection.BindingFlags]'NonPublic, Static').GetValue($null)
        foreach ($name in [Enum]::GetValues([Persistence.Diagnostics.StoreError])) {
            $descriptions.ContainsKey($name) | Should -BeTrue -Because $name
            $descriptions[$name].Category | Should -Not -Be 'NotSpecified'
        }
    }

    It 'are all named in the help topic' {
        $topic = Get-Content -Raw (Join-Path (Split-Path (Get-TestedManifest)) 'en-US/about_PersistenceModule.help.txt')
        foreach ($name in [Enum]::GetNames([Persistence.Diagnostics.StoreError]) + 'StoreNotSpecified', 'StoreAmbiguous', 'PathNotFileSystem', 'PathAmbiguous', 'KeyInvalid', 'StateItemNotFound',
            'ItemInvalid', 'LineInvalid', 'SourceUnreadable', 'DestinationInvalid', 'PatternInvalid', 'RangeAmbiguous', 'KindAmbiguous', 'CheckpointNotChosen', 'StoreNotOpen', 'TransactionNotSpecified', 'TransactionNotSupported', 'ArgumentInvalid', 'OutputNotFound') {
            $topic | Should -Match "\b$name\b"
        }
    }

    It 'refuse a link that was planted inside the store' -Skip:$IsWindows {
        $store.Dispose()
        Move-Item (Join-Path $path ROOT) (Join-Path $directory elsewhere)
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $path ROOT) -Target (Join-Path $directory elsewhere)
        Get-ErrorId { Open-WalStore $path } | Should -Be 'AccessDenied'
        Get-ErrorId { Get-StateItem -Path $path } | Should -Be 'AccessDenied'
    }

    It 'of a store that is closed under a running command say so' {
        1..100 | Add-WalEntry -Store $store -Type t -AsTransaction
        $reader = Open-WalStore $path -ReadOnly
        Get-ErrorId { Get-WalEntry -Store $reader | ForEach-Object { Close-WalStore -Store $reader; Get-WalEntry -Store $reader } } | Should -Be 'StoreClosed'
    }
}
