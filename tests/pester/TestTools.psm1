# What the Pester files have in common. Imported by each; the module under test is too.

Set-StrictMode -Version 3

$manifest = $env:PERSISTENCE_TEST_MODULE
if (-not $manifest) { $manifest = Join-Path $PSScriptRoot '../../PersistenceModule.psd1' }
Import-Module $manifest -Global

function Get-TestedManifest { (Resolve-Path -LiteralPath $manifest).ProviderPath }

# A directory of the test's own.
function New-TestDirectory { [IO.Directory]::CreateTempSubdirectory('persistence-test-').FullName }

# Closes whatever the test left open, and removes its directory.
function Remove-TestDirectory([string] $Path) {
    Get-WalStore | Close-WalStore -Confirm:$false
    Remove-Item -Recurse -Force -LiteralPath $Path -ErrorAction Ignore
}

# Every file with its content's hash, and every directory: equal lists mean that not a byte differs. LOCK, which an open store keeps
# to itself, has no content.
function Get-Fingerprint([string] $Path) {
    Get-ChildItem -LiteralPath $Path -Recurse -Force | Sort-Object FullName | ForEach-Object {
        $name = [IO.Path]::GetRelativePath($Path, $_.FullName)
        if ($_.PSIsContainer) { "$name/" }
        else { '{0} {1} {2:O} {3}' -f $name, $_.Length, $_.LastWriteTimeUtc, ($_.Name -eq 'LOCK' ? '' : (Get-FileHash -LiteralPath $_.FullName -Algorithm SHA256).Hash) }
    }
}

# The error a command ends in, whether it is written or thrown.
function Get-ErrorOf([scriptblock] $Script) {
    $errors = @()
    try { $errors = @(& $Script 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) }
    catch { $errors = @($_) }
    if ($errors.Count -eq 0) { throw 'The command did not fail.' }
    $errors[0]
}

# The first part of the id: the second names the command.
function Get-ErrorId([scriptblock] $Script) { (Get-ErrorOf $Script).FullyQualifiedErrorId.Split(',')[0] }

# A PowerShell process that runs a script, its streams in our hands.
function Start-Child([string] $Script, [string[]] $Arguments = @()) {
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in '-NoProfile', '-NonInteractive', '-File', $Script) { $start.ArgumentList.Add($argument) }
    foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.Environment['PERSISTENCE_TEST_MODULE'] = Get-TestedManifest
    $start.Environment['NO_COLOR'] = '1'
    [Diagnostics.Process]::Start($start)
}

# The next line, or nothing at the end of the output.
function Read-Line([Diagnostics.Process] $Process) { $Process.StandardOutput.ReadLine() }

# Runs a script in a runspace of its own, which can be stopped.
function Start-Runspace([scriptblock] $Script, [object[]] $Arguments) {
    $shell = [powershell]::Create()
    $null = $shell.AddCommand('Import-Module').AddArgument((Get-TestedManifest))
    $null = $shell.AddStatement().AddScript($Script.ToString())
    foreach ($argument in $Arguments) { $null = $shell.AddArgument($argument) }
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing.Complete()
    [pscustomobject]@{ Shell = $shell; Output = $output; Run = $shell.BeginInvoke($nothing, $output) }
}

# Stops it, as Ctrl+C would.
function Stop-Runspace($Running) {
    $null = $Running.Shell.BeginStop($null, $null)
    if (-not $Running.Run.AsyncWaitHandle.WaitOne(30000)) { throw 'The pipeline does not stop.' }
    if ($Running.Shell.InvocationStateInfo.State -ne 'Stopped') { throw 'The pipeline was not stopped.' }
    $Running.Shell.Dispose()
}

# Waits for it, and returns its output; its errors are thrown.
function Wait-Runspace($Running) {
    if (-not $Running.Run.AsyncWaitHandle.WaitOne(60000)) { throw 'The pipeline does not end.' }
    try { $null = $Running.Shell.EndInvoke($Running.Run) }
    finally { $Running.Shell.Dispose() }
    $Running.Output
}

# Runs a script to its end in a runspace of its own.
function Invoke-Elsewhere([scriptblock] $Script, [object[]] $Arguments) { Wait-Runspace (Start-Runspace $Script $Arguments) }

# Waits until something is so.
function Wait-Until([scriptblock] $Condition) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt 60) { throw "Waited in vain for: $Condition" }
        [Threading.Thread]::Sleep(20)
    }
}

# Whether a process is there that does something yet.
function Test-Running([int] $Id) {
    $process = Get-Process -Id $Id -ErrorAction Ignore
    $null -ne $process -and -not $process.HasExited
}

# Flips one bit of a file.
function Set-FlippedBit([string] $Path, [long] $Offset) {
    $stream = [IO.File]::Open($Path, 'Open', 'ReadWrite', 'ReadWrite')
    try {
        $null = $stream.Seek($Offset, 'Begin')
        $byte = $stream.ReadByte()
        $null = $stream.Seek($Offset, 'Begin')
        $stream.WriteByte($byte -bxor 16)
    }
    finally { $stream.Dispose() }
}

# Overwrites a part of a file with zeros.
function Clear-FileFrom([string] $Path, [long] $Offset, [int] $Count) {
    $stream = [IO.File]::Open($Path, 'Open', 'ReadWrite', 'ReadWrite')
    try {
        $null = $stream.Seek($Offset, 'Begin')
        $stream.Write([byte[]]::new($Count), 0, $Count)
    }
    finally { $stream.Dispose() }
}

# A store as a killed process leaves it: its files copied while a handle holds it.
function Copy-OpenStore([string] $From, [string] $To) {
    $null = New-Item -ItemType Directory $To
    Get-ChildItem -LiteralPath $From -Force | Where-Object Name -NE 'LOCK' | Copy-Item -Recurse -Exclude 'spare-*' -Destination $To
}

Export-ModuleMember -Function *
