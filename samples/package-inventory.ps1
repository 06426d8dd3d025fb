<#
.SYNOPSIS
Records the installed packages of this machine in a store: each exactly once, however often the script is interrupted.

.DESCRIPTION
Reads the package database of Debian and its relatives, or, where there is none, the list of processes. Each package becomes a
state item, durable before the next one is begun. The script may be killed at any moment, by any means: run again, it goes
on where it stopped.

What cannot be recorded is skipped with a warning that says why. At the end the script returns a summary.

.PARAMETER Path
The store's directory. It is created when there is none.

.PARAMETER Source
A package database in the format of /var/lib/dpkg/status.

.EXAMPLE
./package-inventory.ps1 -Path ./inventory

Records what is installed, and returns how many packages were found, recorded and skipped.

.EXAMPLE
./package-inventory.ps1 -Path ./inventory -Verbose
Get-StateItem -Path ./inventory package/lib*

Names each package once it is durable, and looks some of them up afterwards.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Path,

    [ValidateNotNullOrEmpty()]
    [string] $Source = '/var/lib/dpkg/status'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# The module beside this script, unless one is loaded or the script was copied elsewhere.
if (-not (Get-Module PersistenceModule)) {
    $manifest = Join-Path $PSScriptRoot '../PersistenceModule.psd1'
    Import-Module ((Test-Path -LiteralPath $manifest) ? $manifest : 'PersistenceModule') -Verbose:$false
}

# One paragraph of the database, as a table of its fields. Lines that begin with a blank continue the field before.
function Read-Paragraph([string] $File) {
    $fields = [ordered]@{}
    $last = $null
    foreach ($line in [IO.File]::ReadLines($File)) {
        if ($line.Length -eq 0) {
            if ($fields.Count -gt 0) { $fields }
            $fields = [ordered]@{}
            $last = $null
        }
        elseif ($line[0] -in ' ', "`t") {
            if ($null -ne $last) { $fields[$last] += "`n" + $line.Substring(1) }
        }
        elseif ($line -match '^([^:\s]+):\s*(.*)$') {
            $last = $Matches[1]
            $fields[$last] = $Matches[2]
        }
    }

    if ($fields.Count -gt 0) { $fields }
}

function Get-Field($Fields, [string] $Name) { $Fields.Contains($Name) ? $Fields[$Name] : $null }

function Get-InstalledPackage([string] $File) {
    foreach ($fields in Read-Paragraph $File) {
        $name = Get-Field $fields Package
        $status = Get-Field $fields Status
        if (-not $name) {
            Write-Warning "Skipped a paragraph without a package name."
            $counts.Skipped++
            continue
        }

        if ($status -notlike '* installed') {
            Write-Warning "Skipped ${name}: its status is '$status'."
            $counts.Skipped++
            continue
        }

        $size = Get-Field $fields Installed-Size
        [pscustomobject]@{
            Key = 'package/{0}:{1}' -f $name, (Get-Field $fields Architecture)
            Value = [pscustomobject]@{
                PSTypeName = 'Inventory.Package'
                Name = $name
                Version = Get-Field $fields Version
                Architecture = Get-Field $fields Architecture
                Section = Get-Field $fields Section
                InstalledBytes = $size -as [long] ? [long]$size * 1KB : $null
                Depends = @("$(Get-Field $fields Depends)" -split ',\s*' -ne '')
                Summary = "$(Get-Field $fields Description)".Split("`n")[0]
            }
        }
    }
}

function Get-RunningProcess {
    foreach ($process in Get-Process) {
        $started = try { $process.StartTime } catch { $null }
        if ($null -eq $started) {
            Write-Warning "Skipped process $($process.Id): when it started cannot be read."
            $counts.Skipped++
            continue
        }

        [pscustomobject]@{
            Key = 'package/{0}:{1}' -f $process.Id, $started.ToUniversalTime().Ticks
            Value = [pscustomobject]@{
                PSTypeName = 'Inventory.Process'
                Name = $process.ProcessName
                Id = $process.Id
                Started = $started
                WorkingSet = $process.WorkingSet64
            }
        }
    }
}

$hasDatabase = Test-Path -LiteralPath $Source -PathType Leaf
$counts = @{ Found = 0; Before = 0; Recorded = 0; Skipped = 0 }
$store = Open-WalStore -LiteralPath $Path -Create
try {
    # The state itself says what is done: there is no progress file that could disagree with it.
    $known = [Collections.Generic.HashSet[string]]::new([StringComparer]::Ordinal)
    Get-StateItem -Store $store 'package/*' | ForEach-Object { $null = $known.Add($_.Key) }
    $counts.Before = $known.Count
    Write-Verbose "$($known.Count) packages were recorded before."

    & { if ($hasDatabase) { Get-InstalledPackage $Source } else { Get-RunningProcess } } | ForEach-Object {
        $counts.Found++
        # Also keeps out what the database lists twice.
        if ($known.Add($_.Key)) { $_ }
    } | Add-WalEntry -Store $store -PassThru | ForEach-Object {
        $counts.Recorded++
        Write-Verbose "Recorded $($_.Key)"
    }
}
finally {
    # Worth a clean end when there is one. Nothing depends on it.
    Close-WalStore -Store $store -Confirm:$false
}

[pscustomobject]@{
    PSTypeName = 'Inventory.Summary'
    Store = (Resolve-Path -LiteralPath $Path).ProviderPath
    Source = $hasDatabase ? $Source : 'processes'
    Found = $counts.Found
    RecordedBefore = $counts.Before
    Recorded = $counts.Recorded
    Skipped = $counts.Skipped
}
