BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $sample = Join-Path (Split-Path (Get-TestedManifest)) 'samples/package-inventory.ps1'
    $kills = 20

    # A package database: enough of it that the kills fall into the work, and a few paragraphs to skip.
    function New-Database([string] $File, [int] $Count) {
        $text = [Text.StringBuilder]::new()
        foreach ($i in 1..$Count) {
            $null = $text.Append("Package: package-$i`nStatus: install ok installed`nInstalled-Size: $i`nArchitecture: all`nVersion: 1.$i`nDepends: a (>= 1), b`nDescription: number $i`n more of it`n .`n and more`n`n")
        }
        $null = $text.Append("Package: gone`nStatus: deinstall ok config-files`nArchitecture: all`n`nPackage: package-1`nStatus: install ok installed`nArchitecture: all`n`nStatus: install ok installed`n")
        [IO.File]::WriteAllText($File, $text.ToString())
    }

    function Start-Sample([string] $Path, [string] $Database) { Start-Child $sample '-Path', $Path, '-Source', $Database, '-Verbose' }

    function Send-Signal([Diagnostics.Process] $Process, [string] $Signal) {
        & kill "-$Signal" $Process.Id
    }

    # Reads acknowledgements until so many have come or the output ends.
    function Read-Acknowledged([Diagnostics.Process] $Process, [int] $Count) {
        while ($Count-- -gt 0 -and $null -ne ($line = Read-Line $Process)) {
            if ($line -match 'Recorded (package/\S+)') { $Matches[1] } else { $Count++ }
        }
    }

    # Everything acknowledged is there, nothing is there twice, and no byte is damaged.
    function Assert-Sound([string] $Path, [string[]] $Acknowledged) {
        if (-not (Test-Path (Join-Path $Path ROOT))) {
            $Acknowledged | Should -BeNullOrEmpty
            return
        }
        Test-WalIntegrity $Path -WarningAction SilentlyContinue | Should -BeTrue
        $logged = @(Get-WalEntry $Path -Key package/* -WarningAction SilentlyContinue)
        @($logged | Group-Object Key | Where-Object Count -GT 1) | Should -BeNullOrEmpty
        $there = [Collections.Generic.HashSet[string]]::new([string[]]@($logged.Key))
        @($Acknowledged | Where-Object { -not $there.Contains($_) }) | Should -BeNullOrEmpty
    }

    function Test-UnderSignal([string] $Signal) {
        $acknowledged = [Collections.Generic.List[string]]::new()
        $interrupted = 0
        foreach ($round in 1..$kills) {
            $child = Start-Sample $path $database
            try {
                if ($round % 4 -eq 0) {
                    # Wherever it happens to be: starting, opening, recovering, working.
                    $null = $child.WaitForExit((Get-Random -Minimum 0 -Maximum 900))
                    Send-Signal $child $Signal
                    Read-Acknowledged $child ([int]::MaxValue) | ForEach-Object { $acknowledged.Add($_) }
                }
                else {
                    Read-Acknowledged $child (Get-Random -Minimum 1 -Maximum 25) | ForEach-Object { $acknowledged.Add($_) }
                    Send-Signal $child $Signal
                    Read-Acknowledged $child ([int]::MaxValue) | ForEach-Object { $acknowledged.Add($_) }
                }
                $child.WaitForExit()
                if ($child.ExitCode -ne 0) { $interrupted++ }
            }
            finally {
                if (-not $child.HasExited) { $child.Kill(); $child.WaitForExit() }
                $child.Dispose()
            }
            Assert-Sound $path $acknowledged
        }

        $interrupted | Should -BeGreaterThan ($kills / 2) -Because 'the signals must fall into the work'
        $summary = & $sample -Path $path -Source $database -WarningAction SilentlyContinue
        $summary.RecordedBefore + $summary.Recorded | Should -Be $count
        Assert-Sound $path $acknowledged
        (Get-StateItem -Path $path package/*).Key | Sort-Object | Should -Be (1..$count | ForEach-Object { "package/package-${_}:all" } | Sort-Object)
    }
}

Describe 'The package inventory' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $database = Join-Path $directory 'status'
        $count = 1500
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'records each package once, names what it skips, and returns a summary' {
        $count = 20
        New-Database $database $count
        $said = & $sample -Path $path -Source $database 3>&1
        $summary = $said[-1]
        $summary.Recorded | Should -Be $count
        $summary.Found | Should -Be ($count + 1)
        $summary.Skipped | Should -Be 2
        "$said" | Should -BeLike '*gone*deinstall*'
        $package = Get-StateItem -Path $path package/package-7:all -ValueOnly
        $package.Version | Should -Be '1.7'
        $package.InstalledBytes | Should -Be 7KB
        $package.Depends | Should -Be 'a (>= 1)', 'b'
        $package.Summary | Should -Be 'number 7'
        (Get-WalStore $path).WasClean | Should -BeTrue
    }

    It 'has nothing to do the second time' {
        New-Database $database 20
        $null = & $sample -Path $path -Source $database -WarningAction SilentlyContinue
        $summary = & $sample -Path $path -Source $database -WarningAction SilentlyContinue
        $summary.RecordedBefore | Should -Be 20
        $summary.Recorded | Should -Be 0
        @(Get-WalEntry $path).Count | Should -Be 20
    }

    It 'records the processes where there is no package database' {
        $summary = & $sample -Path $path -Source (Join-Path $directory none) -WarningAction SilentlyContinue
        $summary.Source | Should -Be 'processes'
        $summary.Recorded | Should -BeGreaterThan 0
        (Get-StateItem -Path $path "package/${PID}:*" -ValueOnly).Id | Should -Be $PID
    }

    It 'reads this machine''s own packages' -Skip:(-not (Test-Path /var/lib/dpkg/status)) {
        $summary = & $sample -Path $path -WarningAction SilentlyContinue
        $installed = @(Select-String -LiteralPath /var/lib/dpkg/status -Pattern '^Status: .* installed$').Count
        $summary.Found | Should -Be $installed
        @(Get-StateItem -Path $path package/*).Count | Should -Be $summary.Recorded
        Test-WalIntegrity $path | Should -BeTrue
    }

    It 'loses and repeats nothing when it is killed twenty times with SIGKILL' -Skip:$IsWindows {
        New-Database $database $count
        Test-UnderSignal KILL
    }

    It 'loses and repeats nothing when it is ended twenty times with SIGTERM' -Skip:$IsWindows {
        New-Database $database $count
        Test-UnderSignal TERM
    }
}
