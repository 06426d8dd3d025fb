<#
.SYNOPSIS
Runs the engine's tests with its lines counted, and prints for each folder of the engine how many of them were reached. Ends with 1 if a goal is missed.

.DESCRIPTION
The engine is built once more, into artifacts/coverage, and only that copy is instrumented: no other build or test is slowed or changed. Only the
tests of Persistence.Core.Tests count: what the harness reaches is luck, and its processes load other copies.

.PARAMETER Report
A report made before, to print without running anything.

.PARAMETER Uncovered
Folders, wildcards allowed, whose lines that were not reached are listed. Those of a folder that misses its goal are listed in any case.
#>
[CmdletBinding()]
param(
    [string] $Report,
    [string[]] $Uncovered = @()
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).ProviderPath
$whole = 'the whole engine'

# In percent of lines. A folder that is not listed has no goal of its own; one that is listed and not there (yet) is passed over.
$goals = @{ Recovery = 100; Wal = 95; Transactions = 95; Locking = 90; $whole = 90 }

# What cannot run on this system, each with its reason. Everything else counts.
$excluded = [ordered]@{
    'Storage/Disk/Portable/PortableWindows.cs'   = 'calls Windows'
    'Storage/Disk/Portable/WindowsErrors.cs'     = 'error codes of Windows'
    'Storage/Disk/Portable/WindowsOwnerOnly.cs'  = 'access lists of Windows'
}

function Invoke-Dotnet {
    & dotnet @args | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE." }
}

function Measure-Engine {
    $artifacts = Join-Path $root 'artifacts/coverage'
    $tests = Join-Path $artifacts 'bin/Persistence.Core.Tests/release'
    $report = Join-Path $artifacts 'coverage.json'
    # A run that was interrupted leaves the instrumented engine.
    Remove-Item -LiteralPath $report, (Join-Path $tests 'Persistence.Core.dll'), (Join-Path $tests 'Persistence.Core.pdb') -ErrorAction Ignore
    # Sources are looked for where they lie: so no path is mapped, as it is in every other build.
    Invoke-Dotnet build (Join-Path $root 'tests/Persistence.Core.Tests') --configuration Release --nologo "-p:ArtifactsPath=$artifacts" '-p:PathMap=' '-p:DeterministicSourcePaths=false'
    Invoke-Dotnet msbuild (Join-Path $PSScriptRoot 'Coverage.proj') '-restore' '-target:Measure' '-verbosity:minimal' '-nologo' "-p:TestProgram=$(Join-Path $tests 'Persistence.Core.Tests.dll')" "-p:Report=$report"
    return $report
}

# One object per line of source that can be reached; a line counts as reached if anything that was compiled from it was.
function Read-Report([string] $Path) {
    $source = (Join-Path $root 'src/Persistence.Core').Replace('\', '/') + '/'
    foreach ($module in (Get-Content -Raw -LiteralPath $Path | ConvertFrom-Json -AsHashtable).Values) {
        foreach ($file in $module.Keys) {
            # What a generator wrote lies elsewhere.
            $name = $file.Replace('\', '/')
            if (-not $name.StartsWith($source)) { continue }
            $name = $name.Substring($source.Length)
            $text = Get-Content -LiteralPath $file
            $hits = @{}
            foreach ($class in $module[$file].Keys) {
                foreach ($method in $module[$file][$class].Keys) {
                    $lines = $module[$file][$class][$method].Lines
                    # The constructor that the compiler adds to every record, for 'with', is no line of source.
                    if ($method.EndsWith("::.ctor($class)") -and $text[[int]@($lines.Keys)[0] - 1] -match '\brecord\b') { continue }
                    foreach ($line in $lines.Keys) { $hits[[int]$line] = [int]$hits[[int]$line] + $lines[$line] }
                }
            }

            foreach ($line in $hits.Keys) {
                [pscustomobject]@{ File = $name; Folder = $name.Split('/')[0]; Line = $line; IsReached = $hits[$line] -gt 0 }
            }
        }
    }
}

function Show-Folder([string] $Name, [object[]] $Lines) {
    $reached = @($Lines | Where-Object IsReached).Count
    $goal = $goals[$Name]
    $isMissed = $null -ne $goal -and $reached * 100 -lt $goal * $Lines.Count
    Write-Output ('{0,-18} {1,7} {2,7} {3,8:F2} % {4,6} {5}' -f $Name, $Lines.Count, $reached, (100 * $reached / $Lines.Count), ($null -eq $goal ? '' : "$goal %"), ($isMissed ? 'MISSED' : ''))
    if ($isMissed) { $script:missed += $Name }
}

function Show-Unreached([string[]] $Folders, [object[]] $Lines) {
    $unreached = $Lines | Where-Object { -not $_.IsReached } | Where-Object { $line = $_; $Folders.Where({ $line.Folder -like $_ }) }
    foreach ($file in $unreached | Group-Object File | Sort-Object Name) {
        Write-Output "$($file.Name): $(($file.Group.Line | Sort-Object) -join ', ')"
    }
}

if (-not $Report) { $Report = Measure-Engine }
$missed = @()
$lines = @(Read-Report $Report)
$counted = @($lines | Where-Object { -not $excluded.Contains($_.File) })
Write-Output ('{0,-18} {1,7} {2,7} {3,10} {4,6}' -f 'folder', 'lines', 'reached', '', 'goal')
foreach ($folder in $counted | Group-Object Folder | Sort-Object Name) { Show-Folder $folder.Name $folder.Group }
Show-Folder $whole $counted
foreach ($file in $excluded.Keys) {
    Write-Output "not counted: $file, $(@($lines | Where-Object File -eq $file).Count) lines: $($excluded[$file])"
}

# From a command line that is no PowerShell's, a list comes as one word.
$listed = @($Uncovered -split ',') + @($missed | ForEach-Object { $_ -eq $whole ? '*' : $_ })
Show-Unreached $listed $counted
if ($missed) {
    Write-Output "Missed: $($missed -join ', ')"
    exit 1
}
