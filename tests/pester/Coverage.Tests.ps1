BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $clone = (Resolve-Path (Join-Path $PSScriptRoot '../..')).ProviderPath
    $script = Join-Path $clone 'tests/coverage/Invoke-Coverage.ps1'

    # A report as the tool writes it: file, type, method, line and how often it was reached.
    function Show-Report([hashtable[]] $Methods) {
        $files = @{}
        foreach ($method in $Methods) {
            $file = Join-Path $clone $method.File
            $files[$file] ??= @{}
            $files[$file][$method.Type] ??= @{}
            $files[$file][$method.Type][$method.Name] = @{ Lines = $method.Lines; Branches = @() }
        }

        $report = Join-Path $directory 'coverage.json'
        @{ 'Persistence.Core.dll' = $files } | ConvertTo-Json -Depth 9 | Set-Content -LiteralPath $report
        $child = Start-Child $script '-Report', $report
        $output = $child.StandardOutput.ReadToEnd()
        $child.WaitForExit()
        [pscustomobject]@{ Output = $output; ExitCode = $child.ExitCode }
    }

    function Get-Method([string] $File, [hashtable] $Lines, [string] $Name = 'M::Do()') { @{ File = "src/Persistence.Core/$File"; Type = 'M'; Name = $Name; Lines = $Lines } }
}

Describe 'The goals of line coverage' {
    BeforeEach { $directory = New-TestDirectory }
    AfterEach { Remove-TestDirectory $directory }

    It 'are met at exactly the goal' {
        $log = @{}
        1..20 | ForEach-Object { $log["$_"] = $_ -eq 7 ? 0 : 1 }
        $result = Show-Report (Get-Method 'Wal/LogReader.cs' $log), (Get-Method 'Recovery/LogReplayer.cs' @{ '5' = 1; '6' = 3 })
        $result.ExitCode | Should -Be 0
        $result.Output | Should -Match 'Wal +20 +19 +95\.00 % +95 %'
        $result.Output | Should -Match 'Recovery +2 +2 +100\.00 % +100 %'
        $result.Output | Should -Not -Match 'MISSED'
    }

    It 'are missed by a single line, which is named' {
        $lines = @{}
        1..1000 | ForEach-Object { $lines["$_"] = $_ -eq 77 ? 0 : 1 }
        $result = Show-Report (Get-Method 'Recovery/LogReplayer.cs' $lines)
        $result.ExitCode | Should -Be 1
        $result.Output | Should -Match 'Recovery/LogReplayer.cs: 77\r?\n'
        $result.Output | Should -Match 'Missed: Recovery\r?\n'
    }

    It 'are missed by the engine as a whole, whichever folder it is' {
        $result = Show-Report (Get-Method 'Engine/StoreHost.cs' @{ '1' = 1; '2' = 0 })
        $result.ExitCode | Should -Be 1
        $result.Output | Should -Match 'the whole engine +2 +1 +50\.00 % +90 % MISSED'
        $result.Output | Should -Match 'Engine/StoreHost.cs: 2\r?\n'
    }

    It 'take a line as reached when anything compiled from it was' {
        $result = Show-Report (Get-Method 'Recovery/LogReplayer.cs' @{ '5' = 0 }), (Get-Method 'Recovery/LogReplayer.cs' @{ '5' = 1 } 'M::<Do>b__0()')
        $result.ExitCode | Should -Be 0
        $result.Output | Should -Match 'Recovery +1 +1 '
    }

    It 'leave out what cannot run here, and say so' {
        $result = Show-Report (Get-Method 'Storage/Disk/Portable/PortableWindows.cs' @{ '1' = 0; '2' = 0 }), (Get-Method 'Engine/StoreHost.cs' @{ '1' = 1 })
        $result.ExitCode | Should -Be 0
        $result.Output | Should -Match 'not counted: Storage/Disk/Portable/PortableWindows.cs, 2 lines: calls Windows'
    }

    It 'leave out generated code and the copy constructors of records' {
        $record = 'Recovery/RecoveryReport.cs'
        $declaredAt = (Select-String -LiteralPath (Join-Path $clone "src/Persistence.Core/$record") -Pattern 'record RecoveryReport').LineNumber
        $result = Show-Report (
            @{ File = 'artifacts/obj/LibraryImports.g.cs'; Type = 'M'; Name = 'M::Do()'; Lines = @{ '1' = 0 } },
            (Get-Method $record @{ "$declaredAt" = 0 } 'System.Void M::.ctor(M)'),
            (Get-Method $record @{ '9' = 1 }))
        $result.ExitCode | Should -Be 0
        $result.Output | Should -Match 'the whole engine +1 +1 '
    }
}
