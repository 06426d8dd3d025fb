<#
.SYNOPSIS
Runs every Pester file in a fresh PowerShell process and prints one line per file, the failures, and a last line of totals.

.PARAMETER Module
The manifest to test: the built clone's by default, a packed module's for testing what is shipped.

.PARAMETER Name
Which files, by name; wildcards.
#>
[CmdletBinding()]
param(
    [string] $Module = (Join-Path $PSScriptRoot '../../PersistenceModule.psd1'),
    [string[]] $Name = '*.Tests.ps1'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge '5.0')) {
    Write-Output 'Pester 5 is not installed: Install-PSResource Pester.'
    exit 1
}

$manifest = (Resolve-Path -LiteralPath $Module).ProviderPath
$powershell = [Environment]::ProcessPath
$child = @'
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $env:PERSISTENCE_TEST_FILE
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$result = Invoke-Pester -Configuration $configuration
$failures = @(
    foreach ($test in $result.Failed) { "$($test.ExpandedPath)`n$(($test.ErrorRecord | Out-String).Trim())" }
    foreach ($block in $result.FailedBlocks) { "$($block.ExpandedPath)`n$(($block.ErrorRecord | Out-String).Trim())" }
    foreach ($container in $result.FailedContainers) { "$($container.Item)`n$(($container.ErrorRecord | Out-String).Trim())" }
)
$skipped = @($result.Skipped | ForEach-Object ExpandedPath)
@{
    Passed = $result.PassedCount
    Failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    Failures = $failures
    Skipped = $skipped
} | ConvertTo-Json -Depth 3 | Set-Content -LiteralPath $env:PERSISTENCE_TEST_RESULT
'@

$scratch = [IO.Directory]::CreateTempSubdirectory('persistence-suite-').FullName
$passed = 0
$failed = 0
$skipped = 0
try {
    $env:PERSISTENCE_TEST_MODULE = $manifest
    $files = Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1' | Where-Object { $file = $_; $Name.Where({ $file.Name -like $_ }) } | Sort-Object Name
    foreach ($file in $files) {
        $env:PERSISTENCE_TEST_FILE = $file.FullName
        $env:PERSISTENCE_TEST_RESULT = Join-Path $scratch "$($file.BaseName).json"
        $output = & $powershell -NoProfile -NonInteractive -Command $child 2>&1
        if (Test-Path -LiteralPath $env:PERSISTENCE_TEST_RESULT) {
            $result = Get-Content -Raw -LiteralPath $env:PERSISTENCE_TEST_RESULT | ConvertFrom-Json
        }
        else {
            $result = [pscustomobject]@{ Passed = 0; Failed = 1; Failures = @("The process ended without a result.`n$($output | Out-String)"); Skipped = @() }
        }

        $line = '{0}: {1} passed, {2} failed' -f $file.Name, $result.Passed, $result.Failed
        if ($result.Skipped.Count -gt 0) { $line += ', {0} skipped' -f $result.Skipped.Count }
        Write-Output $line
        foreach ($failure in $result.Failures) { Write-Output "  FAILED $($failure -replace '\n', "`n    ")" }
        foreach ($test in $result.Skipped) { Write-Output "  skipped $test" }
        $passed += $result.Passed
        $failed += $result.Failed
        $skipped += $result.Skipped.Count
    }
}
finally {
    Remove-Item Env:PERSISTENCE_TEST_MODULE, Env:PERSISTENCE_TEST_FILE, Env:PERSISTENCE_TEST_RESULT -ErrorAction Ignore
    Remove-Item -Recurse -Force -LiteralPath $scratch
}

$total = "$passed passed, $failed failed"
if ($skipped -gt 0) { $total += ", $skipped skipped" }
Write-Output $total
exit ($failed -gt 0 -or $passed -eq 0 ? 1 : 0)
