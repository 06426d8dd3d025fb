BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    [xml] $help = Get-Content -Raw (Join-Path (Split-Path (Get-TestedManifest)) 'en-US/PersistenceModule.dll-Help.xml')
    $examples = foreach ($command in $help.helpItems.command) {
        $number = 0
        foreach ($example in $command.examples.example) { @{ Command = $command.details.name.Trim(); Number = ++$number; Code = $example.code } }
    }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $template = New-TestDirectory
    $quiet = "[log]`nsegment_bytes = 65536`nspare_segments = 0`n[reserve]`nballast_bytes = 0`n[checkpoint]`nretained = 3`n"
    foreach ($name in 'inventory', 'events', 'settings', 'cache', 'bank', 'site', 'copy', 'shop', 'stores/one', 'stores/two') {
        $store = Join-Path $template $name
        $null = New-Item -ItemType Directory $store
        [IO.File]::WriteAllText((Join-Path $store persistence.toml), $quiet)
        New-WalStore $store | Close-WalStore
    }
    Use-WalStore (Join-Path $template inventory) {
        Set-StateItem host/web0 @{ Cpu = 2 }
        New-Checkpoint -Name 'before the import'
        Set-StateItem host/web1 @{ Cpu = 4 }
        New-Checkpoint -Name test
        Set-StateItem host/web1 @{ Cpu = 6 }
        New-Checkpoint
    }
    1..3 | ForEach-Object { [pscustomobject]@{ Name = "p$_" } } | Add-WalEntry -Path (Join-Path $template events) -Type process
    Use-WalStore (Join-Path $template bank) { Set-StateItem account/a 500; Set-StateItem account/b 0 }
    Use-WalTransaction (Join-Path $template site) { param($tx) $tx.WriteFile('old.html', 'old') }
    Use-WalStore (Join-Path $template shop) {
        Set-StateItem settings ([pscustomobject]@{ Colour = 'blue' })
        Set-StateItem temp/1 1
        Set-StateItem host/web1 @{ Cpu = 1 }
        $null = New-EntityTable Process ([ordered]@{ Name = 'String'; Id = 'Int32'; Parent = 'Reference' })
        $null = New-EntityTable Owner @{ User = 'String' }
        $null = New-EntityTable Memory @{ Bytes = 'Int64' }
        $null = New-EntityTable Gone
        $init = New-Entity @{ Process = @{ Name = 'init'; Id = 1 }; Owner = @{ User = 'root' }; Memory = @{ Bytes = 20MB } }
        $null = New-Entity @{ Process = @{ Name = 'pwsh'; Id = 4; Parent = $init }; Owner = @{ User = 'me' }; Memory = @{ Bytes = 120MB }; Gone = @{} }
        $null = New-TerminalSession build /bin/sh -NoStart -WorkingDirectory / -Environment @{ PS1 = '$ ' }
        $null = New-TerminalSession ops /bin/sh -NoStart -WorkingDirectory /
    }
    Backup-WalStore (Join-Path $template inventory) (Join-Path $template backups/inventory)
    Export-StateItem -Path (Join-Path $template inventory) -Destination (Join-Path $template inventory.jsonl)
    Set-Content (Join-Path $template settings.csv) 'Key,Value', 'colour,blue'
    Set-Content (Join-Path $template services.jsonl) '{"name":"dns","port":53}'
    $null = New-Item -ItemType Directory (Join-Path $template build)
    Set-Content (Join-Path $template build/index.html) '<p>'

    # What an example takes for granted that a test cannot have.
    function Edit-Example([string] $Code) {
        $Code.Replace('/mnt/backups', './backups').Replace("-ToTime '2026-03-01 12:00'", '-ToTime (Get-Date)').Replace('-ToTime (Get-Date).AddHours(-1)', '-ToTime (Get-Date)').Replace('make all; ', '') -replace '-Confirm\s*$', '-Confirm:$false'
    }

    # Runs it as if it were typed, in a runspace of its own, and returns its errors. One that goes on until Ctrl+C is stopped once it has shown something.
    function Invoke-Example([string] $Code, [string] $Directory, [bool] $IsEndless) {
        $running = Start-Runspace {
            param($directory, $code)
            Set-Location $directory
            $ConfirmPreference = 'None'
            if ($code -match '\$store\b(?! =)' -and $code -notmatch '\$store = Open-WalStore ./shop') { $store = Open-WalStore ./shop }
            if ($code -match 'Terminal' -and $code -notmatch 'Open-WalStore' -and $store) { $null = Restore-TerminalSession -Store $store }
            if ($code -match '\$last\b') { $last = Get-WalEntry ./events -Last 1 }
            . ([scriptblock]::Create($code))
        } $Directory, $Code
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not $running.Run.AsyncWaitHandle.WaitOne(100) -and $watch.Elapsed.TotalSeconds -lt 60) {
            if ($IsEndless) {
                Set-StateItem -Path (Join-Path $Directory inventory) host/web1 @{ Cpu = 10 }
                Add-WalEntry -Path (Join-Path $Directory events) -Type process -InputObject ([pscustomobject]@{ Name = 'later' })
                if ($running.Output.Count -gt 0) { break }
            }
        }
        if ($IsEndless -and -not $running.Run.IsCompleted) { Stop-Runspace $running; return }
        try { $null = $running.Shell.EndInvoke($running.Run) }
        catch { $_.Exception.InnerException.ErrorRecord }
        $running.Shell.Streams.Error
        $running.Shell.Dispose()
    }
}

AfterAll { Remove-TestDirectory $template }

Describe 'Example <Number> of the help of <Command>' -ForEach $examples {
    BeforeEach {
        $directory = New-TestDirectory
        # Stores that an example makes are not there before.
        $without = if ($Command -eq 'New-WalStore') { 'inventory', 'cache' } else { @() }
        Get-ChildItem $template | Where-Object Name -NotIn $without | Copy-Item -Recurse -Destination $directory
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'runs as it is written' {
        $expected = if ($Command -eq 'Use-WalTransaction' -and $Number -eq 2) { 'ValidationFailed,PersistenceModule.UseWalTransactionCommand' }
        $failures = @(Invoke-Example (Edit-Example $Code) $directory ($Command -eq 'Watch-WalEntry'))
        ($failures | Where-Object FullyQualifiedErrorId -NE $expected | Out-String) | Should -BeNullOrEmpty -Because $Code
        if ($expected) { $failures.FullyQualifiedErrorId | Should -Contain $expected }
    }
}
