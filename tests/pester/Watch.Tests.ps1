BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # A command in a runspace of its own, which can be stopped. To go through its output before it has ended would be to wait for the end.
    function Start-Watch([scriptblock] $Script, [object[]] $Arguments) {
        $shell = [powershell]::Create()
        $null = $shell.AddCommand('Import-Module').AddArgument((Get-TestedManifest))
        $null = $shell.AddStatement().AddScript($Script.ToString())
        foreach ($argument in $Arguments) { $null = $shell.AddArgument($argument) }
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $none = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        [pscustomobject]@{ Shell = $shell; Output = $output; Run = $shell.BeginInvoke($none, $output) }
    }

    function Wait-Watch($Watch, [scriptblock] $Condition) {
        for ($i = 0; $i -lt 3000 -and -not (& $Condition) -and -not $Watch.Run.IsCompleted; $i++) { $null = $Watch.Run.AsyncWaitHandle.WaitOne(10) }
        & $Condition | Should -BeTrue -Because "there are $($Watch.Output.Count) objects and $($Watch.Shell.Streams.Error.Count) errors"
    }

    function Wait-Output($Watch, [int] $Count) { Wait-Watch $Watch { $Watch.Output.Count -ge $Count } }

    # Waits for its end.
    function Receive-Watch($Watch) {
        $Watch.Run.AsyncWaitHandle.WaitOne(30000) | Should -BeTrue -Because 'the watch must end'
        $Watch.Output.ReadAll()
        $Watch.Shell.Dispose()
    }

    function Stop-Watch($Watch) {
        $null = $Watch.Shell.BeginStop($null, $null)
        Receive-Watch $Watch
        $Watch.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
    }
}

Describe 'Watch-WalEntry' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'beside another process that writes' {
        BeforeEach {
            $script = Join-Path $directory 'writer.ps1'
            # Small segments, of which nothing is kept that recovery does not need.
            Set-Content $script @'
param($path, $retain)
Import-Module $env:PERSISTENCE_TEST_MODULE
$store = Open-WalStore $path -Create -SegmentBytes 64KB -LogRetainBytes $retain -CheckpointsRetained 1 -CheckpointLogBytes 0
"open"
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $verb, $from, $to = $line.Split(' ')
    switch ($verb) {
        records { [int] $from..[int] $to | ForEach-Object { Add-WalEntry -Store $store -Type number -InputObject ([pscustomobject]@{ Number = $_; Filler = 'x' * 3000 }) } }
        set { Set-StateItem -Store $store $from $to }
        checkpoint { $null = New-Checkpoint -Store $store }
    }
    "done $line"
}
$store.Dispose()
"closed"
'@
            function Start-Writer([long] $Retain = 1GB) {
                $process = Start-Child $script $path, $Retain
                Read-Line $process | Should -Be 'open'
                $process
            }

            function Invoke-Writer([string] $Line) {
                $writer.StandardInput.WriteLine($Line)
                Read-Line $writer | Should -Be "done $Line"
            }

            $writer = Start-Writer
        }
        AfterEach {
            if (-not $writer.HasExited) { $writer.Kill(); $writer.WaitForExit() }
            $writer.Dispose()
        }

        It 'shows each entry as it is written, from segment to segment, in order, once' {
            $watch = Start-Watch { param($path) Watch-WalEntry $path -FromLsn 0 -Type number } $path
            Invoke-Writer 'records 1 5'
            Wait-Output $watch 5
            Invoke-Writer 'records 6 100'
            Wait-Output $watch 100
            $seen = Stop-Watch $watch
            @($seen.Value.Number) | Should -Be (1..100)
            $seen.IsDurable | Should -Not -Contain $false
            @(Get-ChildItem (Join-Path $path wal) -Filter *.wal).Count | Should -BeGreaterThan 3
        }

        It 'shows what comes from now on, and what is wanted of it' {
            Invoke-Writer 'set a before'
            $watch = Start-Watch { param($path) 'begun'; Watch-WalEntry $path -Key 'a*' -Verbose 4>&1 } $path
            # The message says that it follows the log.
            Wait-Output $watch 2
            Invoke-Writer 'set b other'
            Invoke-Writer 'set a2 after'
            Wait-Output $watch 3
            $seen = Stop-Watch $watch
            $seen[2].Key | Should -Be 'a2'
            $seen[2].Value | Should -Be 'after'
            $seen.Count | Should -Be 3
        }

        It 'follows a killed writer to the next one' {
            $watch = Start-Watch { param($path) Watch-WalEntry $path -FromLsn 0 -Type number } $path
            Invoke-Writer 'records 1 3'
            $writer.Kill()
            $writer.WaitForExit()
            $writer.Dispose()
            $writer = Start-Writer
            Invoke-Writer 'records 4 6'
            Wait-Output $watch 6
            $seen = Stop-Watch $watch
            @($seen.Value.Number) | Should -Be (1..6)
        }

        It 'reports what retention took, with its range, and goes on' {
            $writer.StandardInput.Close()
            Read-Line $writer | Should -Be 'closed'
            $writer.WaitForExit()
            $writer.Dispose()
            $writer = Start-Writer -Retain 0
            Invoke-Writer 'records 1 60'
            Invoke-Writer 'checkpoint'
            Invoke-Writer 'records 61 62'
            $watch = Start-Watch { param($path) Watch-WalEntry $path -FromLsn 4096 -Type number 2>&1 } $path
            Wait-Watch $watch { $watch.Output.Count -gt 1 -and $watch.Output[$watch.Output.Count - 1].Value.Number -eq 62 }
            $seen = Stop-Watch $watch
            $lost = $seen[0]
            $lost.FullyQualifiedErrorId | Should -BeLike 'LogTruncated,*'
            $lost.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $lost.Exception.From.Value | Should -Be 4096
            $lost.Exception.To.Value | Should -BeGreaterThan 4096
            "$lost" | Should -BeLike "*from LSN 4096 to $($lost.Exception.To)*'$path'*"
            @($seen | Select-Object -Skip 1).Value.Number | Should -Be ($seen[1].Value.Number..62)
            $seen[1].Value.Number | Should -BeGreaterThan 1
        }

        It 'holds the segment it reads, so that retention takes it from others but not from under it' {
            $writer.StandardInput.Close()
            $writer.WaitForExit()
            $writer.Dispose()
            $writer = Start-Writer -Retain 0
            Invoke-Writer 'records 1 10'
            $gate = [Threading.SemaphoreSlim]::new(0)
            $watch = Start-Watch { param($path, $gate) Watch-WalEntry $path -FromLsn 0 -Type number | ForEach-Object { $_; $gate.Wait() } } $path, $gate
            Wait-Output $watch 1
            Invoke-Writer 'records 11 60'
            Invoke-Writer 'checkpoint'
            Invoke-Writer 'records 61 100'
            Join-Path $path wal/0000000001.wal | Should -Not -Exist
            $null = $gate.Release(1000)
            Wait-Output $watch 10
            $seen = Stop-Watch $watch
            @($seen.Value.Number | Select-Object -First 10) | Should -Be (1..10)
        }
    }

    Context 'in this process' {
        BeforeEach { $store = New-WalStore $path }

        It 'begins with the last ones, and ends when it has as many as were asked for' {
            1..20 | Add-WalEntry -Store $store -Type t
            Set-StateItem -Store $store k 1
            $store.Dispose()
            (Watch-WalEntry $path -Tail 3 -Type t -Count 3).Value | Should -Be 18, 19, 20
            (Watch-WalEntry $path -Tail 5 -Timeout 0).Count | Should -Be 5
            (Watch-WalEntry $path -Tail 100 -Timeout 0).Count | Should -Be 21
            (Watch-WalEntry -LiteralPath $path -FromLsn 0 -Count 2).Value | Should -Be 1, 2
            (Watch-WalEntry $path -FromLsn 0 -Kind StateItemSet -Count 1).Key | Should -Be 'k'
            Watch-WalEntry $path -Timeout 0.01 | Should -BeNullOrEmpty
        }

        It 'returns the entries that Get-WalEntry returns' {
            Add-WalEntry -Store $store a 1
            Add-WalEntry -Store $store a 2
            Add-WalEntry -Store $store a -Delete
            @{ x = 1 } | Add-WalEntry -Store $store -Type t
            $null = New-Checkpoint -Store $store
            $store.Dispose()
            $expected = Get-WalEntry $path
            $expected.Count | Should -Be 5
            $watched = Watch-WalEntry $path -FromLsn 0 -Timeout 0
            $watched | ConvertTo-Json -Depth 5 | Should -Be ($expected | ConvertTo-Json -Depth 5)
        }

        It 'ends when nobody wants more' {
            1..5 | Add-WalEntry -Store $store -Type t
            (Watch-WalEntry $path -FromLsn 0 | Select-Object -First 2).Value | Should -Be 1, 2
            ($store | Watch-WalEntry -Tail 2 | Select-Object -First 1).Value | Should -BeIn 3, 4
            $store.IsOpen | Should -BeTrue
        }

        It 'ends on Ctrl+C while it waits, and lets go of the store' {
            $watch = Start-Watch { param($path) 'begun'; Watch-WalEntry $path } $path
            Wait-Output $watch 1
            Stop-Watch $watch | Should -Be 'begun'
            Close-WalStore -Store $store
            Remove-Item -Recurse $path
            $path | Should -Not -Exist
        }

        It 'follows an open handle and the store of Use-WalStore, and says when the handle is closed' {
            $watch = Start-Watch { param($store) Use-WalStore $store { Watch-WalEntry -FromLsn 0 } 2>&1 } $store
            Add-WalEntry -Store $store a 1
            Wait-Output $watch 1
            Close-WalStore -Store $store
            $seen = Receive-Watch $watch
            $seen[0].Key | Should -Be 'a'
            $seen[1].FullyQualifiedErrorId | Should -BeLike 'StoreClosed,*'
        }

        It 'shows unflushed entries where they are asked for' {
            $lazy = New-WalStore "$path-lazy" -Durability None
            Add-WalEntry -Store $lazy -Type t -InputObject ('x' * 5MB)
            Add-WalEntry -Store $lazy -Type t -InputObject 'y'
            Watch-WalEntry $lazy.Path -FromLsn 0 -Timeout 0 | Should -BeNullOrEmpty
            $entry = Watch-WalEntry $lazy.Path -FromLsn 0 -IncludeUnsynced -Count 1
            $entry.Value.Length | Should -Be 5MB
            $entry.IsDurable | Should -BeFalse
            Sync-Wal -Store $lazy
            (Watch-WalEntry $lazy.Path -FromLsn 0 -Count 2).Value[1] | Should -Be 'y'
        }

        It 'follows several stores side by side' {
            $other = New-WalStore "$path-2"
            $watch = Start-Watch { param($stores) $stores | Watch-WalEntry -FromLsn 0 -Count 4 } @(, @($store, $other))
            Add-WalEntry -Store $other -Type t -InputObject 1
            Wait-Output $watch 1
            Add-WalEntry -Store $store -Type t -InputObject 2
            Wait-Output $watch 2
            3 | Add-WalEntry -Store $other -Type t
            4 | Add-WalEntry -Store $store -Type t
            @((Receive-Watch $watch).Value | Sort-Object) | Should -Be 1, 2, 3, 4
        }

        It 'ends in time though every entry brings another' {
            1..150 | Add-WalEntry -Store $store -Type t
            $seen = Watch-WalEntry -Store $store -FromLsn 0 -IncludeUnsynced -Timeout 0 -Count 1000 | ForEach-Object {
                $_
                Add-WalEntry -Store $store -Type t -InputObject 'another'
            }
            $seen.Value | Should -Be (1..150)
        }

        It 'keeps no store waiting for one whose every entry brings another' {
            $other = New-WalStore "$path-2"
            Add-WalEntry -Store $other -Type other -InputObject 1
            Add-WalEntry -Store $store -Type t -InputObject 1
            $seen = $store, $other | Watch-WalEntry -FromLsn 0 -IncludeUnsynced -Count 200 | ForEach-Object {
                $_
                Add-WalEntry -Store $store -Type t -InputObject 'another'
            }
            $seen.Count | Should -Be 200
            $seen.Type | Should -Contain 'other'
        }

        It 'goes on with the others where one cannot be followed' {
            1, 2 | Add-WalEntry -Store $store -Type t
            $said = @(Watch-WalEntry "$path-none", $path -FromLsn 0 -Count 2 -ErrorAction Continue 2>&1)
            $said[0].FullyQualifiedErrorId | Should -BeLike 'StoreNotFound,*'
            @($said | Select-Object -Skip 1).Value | Should -Be 1, 2
        }

        It 'stops with an error at damage' {
            1..3 | Add-WalEntry -Store $store -Type t
            $store.Dispose()
            Set-FlippedBit "$path/wal/0000000001.wal" (4096 + 4096 + 100)
            $said = @(Watch-WalEntry $path -FromLsn 0 -ErrorAction Continue 2>&1)
            $said[0].Value | Should -Be 1
            $said[1].FullyQualifiedErrorId | Should -BeLike 'ChecksumMismatch,*'
            $said.Count | Should -Be 2
        }

        It 'refuses a time that is none' {
            Get-ErrorId { Watch-WalEntry $path -Timeout -5 } | Should -Be 'ConfigurationInvalid'
            Get-ErrorId { Watch-WalEntry $path -Timeout ([timespan]::FromDays(100)) } | Should -Be 'ConfigurationInvalid'
        }
    }
}
