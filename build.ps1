#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests and packs. Works on a fresh clone; needs the .NET SDK that global.json names, and Pester 5 for the module's tests.

.PARAMETER Task
Build    compiles everything, and puts the module's assemblies into bin/, where the manifest at the root loads them from.
Test     Build, then the unit tests, then the module's tests in fresh PowerShell processes.
Coverage runs the engine's tests with its lines counted, and fails below the goals (tests/coverage).
Pack     makes artifacts/PersistenceModule/<version>/, compiled ahead of time for -Runtime, and an archive of it.
Docs     writes docs/configuration.md from the table of configuration keys.
Clean    removes what the others made.

.PARAMETER Configuration
Release or Debug.

.PARAMETER Runtime
What Pack compiles ahead of time for, as a runtime identifier (linux-x64, win-x64, osx-arm64): this machine by default. 'any' packs
assemblies that are compiled when they are first used, for every platform.

.EXAMPLE
./build.ps1 -Task Test

.EXAMPLE
./build.ps1 -Task Pack -Runtime win-x64
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Coverage', 'Pack', 'Docs', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    [string] $Runtime = [Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$artifacts = Join-Path $root 'artifacts'
$project = Join-Path $root 'src/PersistenceModule/PersistenceModule.csproj'

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE." }
}

function Invoke-Build {
    Invoke-Dotnet build (Join-Path $root 'Persistence.slnx') --configuration $Configuration --nologo
}

function Invoke-Test {
    Invoke-Build
    foreach ($tests in Get-ChildItem (Join-Path $root 'tests') -Recurse -Filter '*.csproj') {
        Invoke-Dotnet test --project $tests.FullName --configuration $Configuration --no-build
    }

    Invoke-ModuleTest (Join-Path $root 'PersistenceModule.psd1')
}

function Invoke-ModuleTest([string] $Manifest) {
    & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File (Join-Path $root 'tests/pester/Invoke-PesterSuite.ps1') -Module $Manifest
    if ($LASTEXITCODE -ne 0) { throw 'The module''s tests failed.' }
}

function Invoke-Coverage {
    & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File (Join-Path $root 'tests/coverage/Invoke-Coverage.ps1')
    if ($LASTEXITCODE -ne 0) { throw 'A goal of line coverage is missed, or it could not be measured.' }
}

# Compiling ahead of time needs a compiler package for the target, which not every package source has.
function Publish-Module([string] $Destination) {
    $common = @('publish', $project, '--configuration', $Configuration, '--nologo', '--output', $Destination, '-p:CopyToModuleDirectory=false')
    if ($Runtime -eq 'any') {
        Invoke-Dotnet @common
        return 'any'
    }

    try {
        Invoke-Dotnet @common --runtime $Runtime --self-contained false '-p:PublishReadyToRun=true'
        return $Runtime
    }
    catch {
        Write-Warning "Could not compile ahead of time for $Runtime; packing for any platform. $_"
        Invoke-Dotnet @common
        return 'any'
    }
}

function Invoke-Pack {
    $version = (Import-PowerShellDataFile (Join-Path $root 'PersistenceModule.psd1')).ModuleVersion
    $packages = Join-Path $artifacts 'PersistenceModule'
    $staged = Join-Path $packages $version
    $published = Join-Path $artifacts 'publish/PersistenceModule/staging'
    Remove-Item -Recurse -Force -LiteralPath $staged, $published -ErrorAction Ignore
    $null = New-Item -ItemType Directory (Join-Path $staged 'bin')

    $target = Publish-Module $published | Tee-Object -Variable output | Select-Object -Last 1
    $output | Select-Object -SkipLast 1 | Write-Host
    foreach ($assembly in 'PersistenceModule', 'Persistence.Core') {
        Copy-Item (Join-Path $published "$assembly.dll"), (Join-Path $published "$assembly.pdb") (Join-Path $staged 'bin')
    }

    foreach ($item in 'PersistenceModule.psd1', 'PersistenceModule.types.ps1xml', 'PersistenceModule.format.ps1xml', 'en-US', 'samples', 'LICENSE', 'README.md', 'CHANGELOG.md') {
        $source = Join-Path $root $item
        if (Test-Path -LiteralPath $source) { Copy-Item -Recurse -LiteralPath $source -Destination $staged }
    }

    # It is built from a clone of the repository.
    Remove-Item -Recurse -Force -LiteralPath (Join-Path $staged 'samples/TerminalHost')

    $archive = Join-Path $packages "PersistenceModule-$version-$target.zip"
    Remove-Item -Force -LiteralPath $archive -ErrorAction Ignore
    [IO.Compression.ZipFile]::CreateFromDirectory($staged, $archive)
    Test-Package (Join-Path $staged 'PersistenceModule.psd1')
    Write-Host "Packed $staged and $archive"
}

# A package that cannot be imported, or lacks a command, is none.
function Test-Package([string] $Manifest) {
    $env:PERSISTENCE_PACKED_MANIFEST = $Manifest
    try {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command {
            $ErrorActionPreference = 'Stop'
            $module = Import-Module $env:PERSISTENCE_PACKED_MANIFEST -PassThru
            $missing = (Import-PowerShellDataFile $env:PERSISTENCE_PACKED_MANIFEST).CmdletsToExport | Where-Object { -not $module.ExportedCmdlets.ContainsKey($_) }
            if ($missing) { throw "The package lacks $missing." }
        }
        if ($LASTEXITCODE -ne 0) { throw 'The package cannot be imported.' }
    }
    finally { Remove-Item Env:PERSISTENCE_PACKED_MANIFEST }
}

# In a process of its own: what it loads stays loaded.
function Invoke-Docs {
    Invoke-Build
    $env:PERSISTENCE_DOCS_ROOT = $root
    try {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command {
            $ErrorActionPreference = 'Stop'
            Add-Type -Path (Join-Path $env:PERSISTENCE_DOCS_ROOT 'bin/Persistence.Core.dll')
            [IO.File]::WriteAllText((Join-Path $env:PERSISTENCE_DOCS_ROOT 'docs/configuration.md'), [Persistence.Configuration.ConfigurationReference]::ToMarkdown())
        }
        if ($LASTEXITCODE -ne 0) { throw 'The document cannot be written.' }
    }
    finally { Remove-Item Env:PERSISTENCE_DOCS_ROOT }
}

function Invoke-Clean {
    Remove-Item -Recurse -Force -LiteralPath $artifacts, (Join-Path $root 'bin') -ErrorAction Ignore
}

foreach ($name in $Task) { & "Invoke-$name" }
