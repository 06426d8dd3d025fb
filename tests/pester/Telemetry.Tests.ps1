BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Telemetry' {
    BeforeEach { $directory = New-TestDirectory }
    AfterEach { Remove-TestDirectory $directory }

    # The runtime's own event pipe, which is what dotnet-counters and dotnet-trace read, here switched on from outside and written to a file.
    It 'is seen from outside the process, with names, tags and counts, and without payloads, keys or paths' {
        $script = Join-Path $directory job.ps1
        Set-Content $script @'
# By standard input: the trace has the command line in it.
$path = [Console]::In.ReadLine()
Import-Module $env:PERSISTENCE_TEST_MODULE
$store = New-WalStore $path
1..3 | ForEach-Object { Set-StateItem -Store $store "key-S3CR3T-$_" "value S3CR3T" }
$null = New-Checkpoint -Store $store -Name 'label S3CR3T'
$store.StoreId.ToString()
$null = [Console]::In.ReadLine()
$store | Close-WalStore
'@
        $trace = Join-Path $directory counters.nettrace
        $path = Join-Path $directory 'store-S3CR3T'
        $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($argument in '-NoProfile', '-NonInteractive', '-File', $script) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.Environment['PERSISTENCE_TEST_MODULE'] = Get-TestedManifest
        $start.Environment['DOTNET_EnableEventPipe'] = '1'
        $start.Environment['DOTNET_EventPipeOutputPath'] = $trace
        $start.Environment['DOTNET_EventPipeOutputStreaming'] = '1'
        $start.Environment['DOTNET_EventPipeConfig'] = 'System.Diagnostics.Metrics:0x3:5:SessionId=look;Metrics=Persistence;RefreshInterval=0.1;MaxTimeSeries=1000;MaxHistograms=100'
        $child = [Diagnostics.Process]::Start($start)
        $child.StandardInput.WriteLine($path)
        $id = Read-Line $child
        $id | Should -Match '^[0-9a-f-]{36}$'
        # The runtime publishes what was measured ten times a second: until it has done so, or it has long been too late.
        $commits = "persistence.wal.commits`0"
        $durability = "persistence.durability=sync,persistence.store=$id`0"
        $until = [datetime]::UtcNow.AddSeconds(60)
        do {
            $stream = [IO.File]::Open($trace, 'Open', 'Read', 'ReadWrite')
            try { $bytes = [byte[]]::new($stream.Length); $stream.ReadExactly($bytes) } finally { $stream.Dispose() }
            $seen = [Text.Encoding]::Unicode.GetString($bytes) + [Text.Encoding]::Unicode.GetString($bytes, 1, $bytes.Length - 1)
        } until (($seen.Contains($commits) -and $seen.Contains($durability) -and $seen.Contains("persistence.checkpoint.size`0")) -or [datetime]::UtcNow -gt $until)
        $child.StandardInput.WriteLine()
        $child.WaitForExit()
        $child.ExitCode | Should -Be 0

        $bytes = [IO.File]::ReadAllBytes($trace)
        $seen = [Text.Encoding]::Unicode.GetString($bytes) + [Text.Encoding]::Unicode.GetString($bytes, 1, $bytes.Length - 1)
        $documented = (Get-Content (Join-Path $PSScriptRoot ../../docs/telemetry.md) | Select-String '^\| `(persistence\.[\w.]+)` \| (counter|histogram|gauge) \|').Matches.ForEach({ $_.Groups[1].Value })
        $documented.Count | Should -BeGreaterThan 15
        foreach ($name in $documented) { $seen.Contains("$name`0") | Should -BeTrue -Because $name }
        $seen.Contains($durability) | Should -BeTrue
        $seen.Contains('S3CR3T') | Should -BeFalse
        [Text.Encoding]::UTF8.GetString($bytes).Contains('S3CR3T') | Should -BeFalse
    }
}
