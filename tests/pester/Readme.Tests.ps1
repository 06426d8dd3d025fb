BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $root = Split-Path (Get-TestedManifest)
    $text = Get-Content -Raw (Join-Path $root README.md)
    $tour = [regex]::Match($text, '(?s)## Five minutes(.*?)From C#').Groups[1].Value
}

Describe 'The five-minute tour of the README' {
    BeforeEach {
        # A place that looks like the clone, and in which nothing but the tour writes.
        $directory = New-TestDirectory
        Get-ChildItem -LiteralPath $root -Force | Where-Object Name -In bin, en-US, samples, PersistenceModule.psd1, PersistenceModule.types.ps1xml, PersistenceModule.format.ps1xml |
            ForEach-Object { $null = New-Item -ItemType SymbolicLink -Path (Join-Path $directory $_.Name) -Target $_.FullName }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'runs as it is written' {
        $blocks = [regex]::Matches($tour, '(?s)```powershell\r?\n(.*?)```').ForEach({ $_.Groups[1].Value }).Where({ $_ -notlike '*-Task Pack*' })
        $blocks.Count | Should -Be 4
        $lines = ($blocks -join "`n").Split("`n").Where({ $_ -notlike 'pwsh build.ps1*' })
        $script = Join-Path $directory tour.ps1
        Set-Content $script ("`$ErrorActionPreference = 'Stop'; Set-Location `$PSScriptRoot", ($lines -join "`n"), "'the end'" -join "`n")

        $child = Start-Child $script
        $said = $child.StandardOutput.ReadToEndAsync()
        $child.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said.Result | Should -Match 'the end\s*$'
        $child.WaitForExit()

        $hosts = Import-Csv (Join-Path $root samples/hosts.csv)
        $store = Join-Path $directory inventory
        (Get-StateItem -Path $store).Key | Should -Be ($hosts | ForEach-Object { "host/$($_.Name)" } | Sort-Object)
        @(Get-WalEntry $store -Key host/web1).Count | Should -Be 3
        @(Get-WalEntry $store -Type retired).Count | Should -Be 1
        Use-WalStore $store -ReadOnly { param($reader) $reader.ReadFileText('web1.json') } | Should -Match '"Name"'
        @(Get-WalEntry $store -Type process).Count | Should -BeGreaterThan 0
        (Get-Checkpoint $store).Name | Should -Be 'after import'
    }
}

Describe 'The terminals of the README' -Skip:($IsWindows -or -not (Test-Path /bin/sh)) {
    BeforeEach { $directory = New-TestDirectory }
    AfterEach { Remove-TestDirectory $directory }

    It 'come back as it says' {
        $section = [regex]::Match($text, '(?s)## Terminals that come back(.*?)\n## ').Groups[1].Value
        $blocks = [regex]::Matches($section, '(?s)```powershell\r?\n(.*?)```').ForEach({ $_.Groups[1].Value })
        $blocks.Count | Should -Be 2
        $before = "`$ErrorActionPreference = 'Stop'; Import-Module `$env:PERSISTENCE_TEST_MODULE; Set-Location '$directory'"
        # Who reads on takes a moment; then the directory that the shell is in is known.
        $killed = "while ((Get-TerminalPane -Store `$store).WorkingDirectory -ne '/tmp') { [Threading.Thread]::Sleep(20) }; 'killed'; [Diagnostics.Process]::GetCurrentProcess().Kill()"
        Set-Content (Join-Path $directory first.ps1) ($before, $blocks[0], $killed -join "`n")
        Set-Content (Join-Path $directory second.ps1) ($before, $blocks[1], "'the end'" -join "`n")

        $first = Start-Child (Join-Path $directory first.ps1)
        $said = $first.StandardOutput.ReadToEndAsync()
        $first.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said.Result | Should -Match 'I am in /tmp'
        $said.Result | Should -Match 'killed\s*$'
        $first.WaitForExit()
        $second = Start-Child (Join-Path $directory second.ps1)
        $said = $second.StandardOutput.ReadToEndAsync()
        $second.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said.Result | Should -Match 'build:0\.0 +1 Restored'
        $said.Result | Should -Match 'I am in /tmp'
        $said.Result | Should -Match 'back in /tmp'
        $said.Result | Should -Match 'the end\s*$'
        $second.WaitForExit()
    }
}

Describe 'The entities of the README' -Skip:(-not $IsLinux) {
    BeforeEach { $directory = New-TestDirectory }
    AfterEach { Remove-TestDirectory $directory }

    It 'are this machine''s processes, and are there after a kill as of the last round' {
        $section = [regex]::Match($text, '(?s)\n## Entities(.*?)\n## ').Groups[1].Value
        $blocks = [regex]::Matches($section, '(?s)```powershell\r?\n(.*?)```').ForEach({ $_.Groups[1].Value })
        $blocks.Count | Should -Be 3
        $before = "`$ErrorActionPreference = 'Stop'; Import-Module `$env:PERSISTENCE_TEST_MODULE; Set-Location '$directory'"
        $dump = 'Find-Entity -Store $store Process | ForEach-Object { "$($_.Id) $($_.Process) $($_.Owner) $($_.Memory)" } | Sort-Object'
        # A round writes down what it is about to commit, and says when it is committed; it does not rest.
        $loop = $blocks[1].Replace("`r", '').Replace("    }`n    Start-Sleep 1`n", "        [IO.File]::WriteAllLines(`"`$PWD/round-`$round`", [string[]] ($dump)); Set-StateItem round `$round`n    }`n    `"round `$round`"`n").Replace('while ($true) {', 'while ($true) { $round++')
        $loop | Should -BeLike '*$round++*WriteAllLines*"round $round"*'
        Set-Content (Join-Path $directory first.ps1) ($before, '$round = 0', $blocks[0], $loop -join "`n")
        Set-Content (Join-Path $directory second.ps1) ($before, "`$store = Open-WalStore ./machine; (Get-StateItem round -Store `$store).Value; $dump; 'the end'; `$store.Dispose()" -join "`n")
        Set-Content (Join-Path $directory third.ps1) ($before, $blocks[2], "'the end'" -join "`n")

        $first = Start-Child (Join-Path $directory first.ps1)
        $errors = $first.StandardError.ReadToEndAsync()
        do { $line = Read-Line $first } until ($line -eq 'round 20' -or $null -eq $line)
        # Somewhere in the rounds that follow.
        $null = $first.WaitForExit((Get-Random -Minimum 0 -Maximum 500))
        $first.Kill()
        $acknowledged = [int] ($first.StandardOutput.ReadToEnd().Trim().Split("`n")[-1] -replace '\D')
        $first.WaitForExit()
        $errors.Result | Should -BeNullOrEmpty
        $acknowledged = [Math]::Max($acknowledged, 20)

        $second = Start-Child (Join-Path $directory second.ps1)
        $said = $second.StandardOutput.ReadToEnd().Trim().Split("`n")
        $second.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said[-1] | Should -Be 'the end'
        [int] $said[0] | Should -BeIn $acknowledged, ($acknowledged + 1)
        $said[1..($said.Count - 2)] | Should -Be (Get-Content (Join-Path $directory "round-$($said[0])"))
        Test-WalIntegrity (Join-Path $directory machine) -WarningAction SilentlyContinue | Should -BeTrue

        $third = Start-Child (Join-Path $directory third.ps1)
        $said = $third.StandardOutput.ReadToEnd()
        $third.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said | Should -Match 'of .* was started by '
        $said | Should -Match 'the end\s*$'
        $memory = Use-WalStore (Join-Path $directory machine) -ReadOnly { Get-EntityComponent -Table Memory -ValueOnly }
        $memory.Count | Should -BeGreaterThan 1
        @($memory | Where-Object { $_.Peak -ne $_.Bytes }).Count | Should -Be 0
    }

    It 'begin in their document with lines that run as they are written' {
        $document = Get-Content -Raw (Join-Path $PSScriptRoot ../../docs/entities.md)
        $block = [regex]::Match($document, '(?s)```powershell\r?\n(.*?)```').Groups[1].Value
        Set-Content (Join-Path $directory begin.ps1) ("`$ErrorActionPreference = 'Stop'; Import-Module `$env:PERSISTENCE_TEST_MODULE; Set-Location '$directory'", $block -join "`n")
        $child = Start-Child (Join-Path $directory begin.ps1)
        $said = $child.StandardOutput.ReadToEndAsync()
        $child.StandardError.ReadToEnd() | Should -BeNullOrEmpty
        $said.Result | Should -Match '(?m)^8\s*$'
        $said.Result | Should -Match 'Name=web1; Cores=8; Rack=0\.1'
    }
}

Describe 'The table of commands of the README' {
    It 'has every command, and no other' {
        $table = [regex]::Match($text, '(?s)## The commands(.*?)\n## ').Groups[1].Value
        $listed = foreach ($row in [regex]::Matches($table, '(?m)^\| (`.*?`) \|').ForEach({ $_.Groups[1].Value })) {
            # A row may name a noun once for several verbs: `New-`, `Open-WalStore`.
            $names = [regex]::Matches($row, '`(.*?)`').ForEach({ $_.Groups[1].Value })
            $noun = $names[-1].Split('-')[1]
            $names.ForEach({ $_.EndsWith('-') ? "$_$noun" : $_ })
        }
        $listed | Sort-Object | Should -Be ((Import-PowerShellDataFile (Get-TestedManifest)).CmdletsToExport | Sort-Object)
    }
}
