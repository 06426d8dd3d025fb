BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Stores' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'New-WalStore' {
        It 'creates a store and returns it open' {
            $store = New-WalStore $path
            $store | Should -BeOfType PersistenceModule.WalStore
            $store.Path | Should -Be $path
            $store.IsOpen | Should -BeTrue
            $store.IsReadOnly | Should -BeFalse
            $store.Durability | Should -Be 'Sync'
            $store.ItemCount | Should -Be 0
            Join-Path $path 'ROOT' | Should -Exist
        }

        It 'refuses a directory that holds a store' {
            (New-WalStore $path).Dispose()
            Get-ErrorId { New-WalStore $path } | Should -Be 'StoreExists'
        }

        It 'refuses a directory with other files, and leaves it alone' {
            $null = New-Item -ItemType Directory $path
            Set-Content (Join-Path $path 'mine.txt') 'mine'
            $before = Get-Fingerprint $path
            Get-ErrorId { New-WalStore $path } | Should -Be 'StoreMismatch'
            Get-Fingerprint $path | Should -Be $before
        }

        It 'takes an empty directory, and a path relative to the current location' {
            $null = New-Item -ItemType Directory $path
            Push-Location $directory
            try { (New-WalStore store).Path | Should -Be $path }
            finally { Pop-Location }
        }

        It 'hands its options on, and names the range when one is out of it' {
            (New-WalStore $path -Durability Batch -FlushInterval 0.2 -SegmentBytes 64KB).Durability | Should -Be 'Batch'
            $failure = Get-ErrorOf { New-WalStore "$path-2" -SegmentBytes 1KB }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ConfigurationInvalid,*'
            $failure.Exception.Message | Should -BeLike '*log.segment_bytes*32768*'
            "$path-2" | Should -Not -Exist
        }

        It 'makes files that only their owner can read' -Skip:$IsWindows {
            $null = New-WalStore $path
            [IO.File]::GetUnixFileMode($path) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
            [IO.File]::GetUnixFileMode("$path/ROOT") | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite')
        }
    }

    Context 'Open-WalStore' {
        It 'opens a closed store with what is in it' {
            $store = New-WalStore $path
            Set-StateItem -Store $store a 1
            Close-WalStore -Store $store
            $again = Open-WalStore $path
            $again.ItemCount | Should -Be 1
            $again.Recovery.WasClean | Should -BeTrue
        }

        It 'creates only when told to' {
            Get-ErrorId { Open-WalStore $path } | Should -Be 'StoreNotFound'
            $path | Should -Not -Exist
            (Open-WalStore $path -Create).IsOpen | Should -BeTrue
        }

        It 'opens the existing store with -Create' {
            $store = New-WalStore $path
            Set-StateItem -Store $store a 1
            $store.Dispose()
            (Open-WalStore $path -Create).ItemCount | Should -Be 1
        }

        It 'opens several with wildcards and from the pipeline' {
            1..3 | ForEach-Object { (New-WalStore (Join-Path $directory "s$_")).Dispose() }
            @(Open-WalStore (Join-Path $directory 's[12]')).Count | Should -Be 2
            Get-WalStore | Close-WalStore
            @(Get-ChildItem -Directory $directory | Open-WalStore).Count | Should -Be 3
        }

        It 'takes a literal path with wildcard characters in its name' {
            $odd = Join-Path $directory 'a[1]'
            (New-WalStore $odd).Dispose()
            "$(Get-ErrorOf { Open-WalStore $odd })" | Should -BeLike '*wildcards*-LiteralPath*'
            "$(Get-ErrorOf { Open-WalStore "$path-none" })" | Should -Not -BeLike '*wildcards*'
            (Open-WalStore -LiteralPath $odd).Path | Should -Be $odd
        }

        It 'opens for reading while this or another handle writes, and shows one moment' {
            $store = New-WalStore $path
            Set-StateItem -Store $store a 1
            $reader = Open-WalStore $path -ReadOnly
            Set-StateItem -Store $store b 2
            $reader.IsReadOnly | Should -BeTrue
            @(Get-StateItem -Store $reader).Key | Should -Be 'a'
            Get-ErrorId { Set-StateItem -Store $reader c 3 } | Should -Be 'StoreReadOnly'
        }

        It 'refuses a second writer in the same process' {
            $null = New-WalStore $path
            $failure = Get-ErrorOf { Open-WalStore $path }
            $failure.FullyQualifiedErrorId | Should -BeLike 'StoreLocked,*'
            $failure.Exception.Owner.ProcessId | Should -Be $PID
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-WalStore*-LockTimeout*'
        }

        It 'recovers a store that was not closed, and says so with -Verbose' {
            $store = New-WalStore $path
            Set-StateItem -Store $store a 1
            Copy-OpenStore $path "$path-copy"
            $said = Open-WalStore "$path-copy" -Verbose 4>&1
            $copy = $said | Where-Object { $_ -is [PersistenceModule.WalStore] }
            $copy.Recovery.WasClean | Should -BeFalse
            Get-StateItem -Store $copy a -ValueOnly | Should -Be 1
            "$said" | Should -BeLike '*did not close the store*'
        }
    }

    Context 'Close-WalStore' {
        It 'closes from the pipeline, silently, and twice is harmless' {
            $store = New-WalStore $path
            $store | Close-WalStore | Should -BeNullOrEmpty
            $store.IsOpen | Should -BeFalse
            { $store | Close-WalStore } | Should -Not -Throw
            (Close-WalStore -Store $store -PassThru).Path | Should -Be $path
        }

        It 'closes by path what this process has open there' {
            $store = New-WalStore $path
            Close-WalStore $path
            $store.IsOpen | Should -BeFalse
        }

        It 'closes the handle it is given as its argument, and no other that is open there' {
            $store = New-WalStore "$path[1]"
            $reader = Open-WalStore -LiteralPath "$path[1]" -ReadOnly
            Close-WalStore $reader
            $reader.IsOpen | Should -BeFalse
            $store.IsOpen | Should -BeTrue
            $other = New-WalStore $path
            Close-WalStore $store, $other
            $store.IsOpen, $other.IsOpen | Should -Be $false, $false
        }

        It 'says so where this process has nothing open, and closes the others' {
            $store = New-WalStore $path
            (New-WalStore "$path-2").Dispose()
            Close-WalStore "$path-2", $path -ErrorAction SilentlyContinue -ErrorVariable errors
            $store.IsOpen | Should -BeFalse
            $errors.FullyQualifiedErrorId | Should -Be 'StoreNotOpen,PersistenceModule.CloseWalStoreCommand'
            "$errors" | Should -BeLike "*$path-2*"
        }

        It 'leaves a handle that later commands refuse' {
            $store = New-WalStore $path
            $store.Dispose()
            Get-ErrorId { Set-StateItem -Store $store a 1 } | Should -Be 'StoreClosed'
            Get-ErrorId { Get-StateItem -Store $store } | Should -Be 'StoreClosed'
            Get-ErrorId { Get-WalEntry -Store $store } | Should -Be 'StoreClosed'
            Get-ErrorId { New-Checkpoint -Store $store } | Should -Be 'StoreClosed'
            Get-ErrorId { Sync-Wal -Store $store } | Should -Be 'StoreClosed'
        }
    }

    Context 'Get-WalStore' {
        It 'lists the open handles of the process' {
            Get-WalStore | Should -BeNullOrEmpty
            $store = New-WalStore $path
            @(Get-WalStore).Count | Should -Be 1
            (Get-WalStore).StoreId | Should -Be $store.StoreId
            $store.Dispose()
            Get-WalStore | Should -BeNullOrEmpty
        }

        It 'shows a handle as a row, or as a list whose lines are short' {
            $null = New-WalStore $path
            Get-WalStore | Out-String | Should -Match 'State +Durability +Items'
            foreach ($list in (Get-WalStore | Format-List | Out-String -Width 200), (Get-WalStore | Format-List * | Out-String -Width 200)) {
                $list | Should -Match '(?m)^Path +: '
                $list | Should -Match '(?m)^Recovery +: after a clean end, records replayed: 0\r?$'
            }
            Get-WalStore $path | Format-List * | Out-String | Should -Match "(?m)^Writer +: process $PID on "
        }

        It 'describes a store by path, with the process that holds it' {
            $store = New-WalStore $path
            Set-StateItem -Store $store a 1
            $info = Get-WalStore $path
            $info | Should -BeOfType PersistenceModule.WalStoreInfo
            $info.ItemCount | Should -Be 1
            $info.WasClean | Should -BeFalse
            $info.Writer.ProcessId | Should -Be $PID
            $store.Dispose()
            (Get-WalStore $path).WasClean | Should -BeTrue
            (Get-WalStore $path).Writer | Should -BeNullOrEmpty
        }
    }

    Context 'Use-WalStore' {
        It 'gives the commands inside their store, and the block as its argument' {
            $result = Use-WalStore $path -Create { param($given) Set-StateItem a 5; Get-StateItem a -ValueOnly; $given.Path }
            $result | Should -Be 5, $path
            Get-WalStore | Should -BeNullOrEmpty
        }

        It 'runs the block in its caller''s scope' {
            $seen = 0
            Use-WalStore $path -Create { $seen = 7 }
            $seen | Should -Be 7
        }

        It 'nests: the innermost counts, and the outer one comes back' {
            $paths = Use-WalStore "$path-1" -Create {
                (Get-WalStore -Current).Path
                Use-WalStore "$path-2" -Create { (Get-WalStore -Current).Path }
                (Get-WalStore -Current).Path
            }
            $paths | Should -Be "$path-1", "$path-2", "$path-1"
        }

        It 'leaves an open handle open' {
            $store = New-WalStore $path
            Use-WalStore $store { Set-StateItem a 1 }
            $store | Use-WalStore -ScriptBlock { Set-StateItem b 2 }
            $store.IsOpen | Should -BeTrue
            $store.ItemCount | Should -Be 2
        }

        It 'closes the store and takes it back when the block throws' {
            { Use-WalStore $path -Create { Set-StateItem a 1; throw 'out' } } | Should -Throw 'out'
            Get-ErrorId { Get-StateItem } | Should -Be 'StoreNotSpecified'
            (Open-WalStore $path).ItemCount | Should -Be 1
        }

        It 'hands on the errors of the block with their own line' {
            $run = { Use-WalStore $path -Create {
                    [int]::Parse('x') } }
            $failure = Get-ErrorOf $run
            $failure.Exception.InnerException | Should -BeOfType ([FormatException])
            $failure.InvocationInfo.ScriptLineNumber | Should -Be ($run.StartPosition.StartLine + 1)
        }

        It 'closes the store and takes it back when the pipeline is stopped early' {
            $first = Use-WalStore $path -Create { 1..5 | ForEach-Object { Set-StateItem "k$_" $_; $_ } } | Select-Object -First 1
            $first | Should -Be 1
            Get-ErrorId { Get-StateItem } | Should -Be 'StoreNotSpecified'
            (Open-WalStore $path).ItemCount | Should -Be 1
        }

        It 'closes the store and takes it back on break' {
            foreach ($once in 1) { Use-WalStore $path -Create { Set-StateItem a 1; break } }
            Get-ErrorId { Get-StateItem } | Should -Be 'StoreNotSpecified'
            (Open-WalStore $path).ItemCount | Should -Be 1
        }

        It 'streams: output arrives while the block still runs' {
            $seen = [Collections.Generic.List[string]]::new()
            Use-WalStore $path -Create { foreach ($i in 1..2) { $seen.Add("made $i"); $i } } | ForEach-Object { $seen.Add("got $_") }
            $seen | Should -Be 'made 1', 'got 1', 'made 2', 'got 2'
        }

        It 'belongs to its runspace alone' {
            Use-WalStore $path -Create {
                1 | ForEach-Object -Parallel {
                    Import-Module $using:PSScriptRoot/TestTools.psm1
                    Get-ErrorId { Get-StateItem }
                } | Should -Be 'StoreNotSpecified'
            }
        }
    }

    Context 'Handles' {
        It 'can be used by many runspaces at once' {
            $store = New-WalStore $path
            $manifest = Get-TestedManifest
            1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module $using:manifest
                $worker = $_
                1..25 | ForEach-Object { Add-WalEntry -Store $using:store -Key "w$worker-$_" -Value $_ }
            }
            $store.ItemCount | Should -Be 100
        }

        It 'are used by commands that are given their path' {
            $store = New-WalStore $path
            Set-StateItem -Path $path a 1
            $store.ItemCount | Should -Be 1
            Use-WalStore $path { Add-WalEntry b 2 }
            $store.ItemCount | Should -Be 2
            $store.IsOpen | Should -BeTrue
        }

        It 'are closed when the module is removed' {
            $script = Join-Path $directory 'remove.ps1'
            Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $s = New-WalStore $path; Set-StateItem -Store $s a 1; Remove-Module PersistenceModule; $s.IsOpen'
            $child = Start-Child $script $path
            Read-Line $child | Should -Be 'False'
            $child.WaitForExit()
            (Open-WalStore $path).Recovery.WasClean | Should -BeTrue
        }

        It 'cost nothing when the process ends without closing them' {
            $script = Join-Path $directory 'leave.ps1'
            Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $s = New-WalStore $path; Set-StateItem -Store $s a 1; "done"'
            $child = Start-Child $script $path
            Read-Line $child | Should -Be 'done'
            $child.WaitForExit()
            (Open-WalStore $path).ItemCount | Should -Be 1
        }
    }

    It 'keep as much log as they are told to, by number of segments and by age' {
        foreach ($limit in @{ LogRetainSegments = 1 }, @{ LogRetainFor = 0.001 }) {
            $kept = New-WalStore (New-TestDirectory) -SegmentBytes 64KB -CheckpointsRetained 1 @limit
            1..60 | ForEach-Object { Add-WalEntry -Store $kept -Type t -InputObject ('x' * 3000) }
            Start-Sleep -Milliseconds 1100
            $null = New-Checkpoint -Store $kept
            @(Get-WalEntry -Store $kept -Type t).Count | Should -BeIn (0..20)
            Remove-TestDirectory $kept.Path
        }
        $all = New-WalStore (New-TestDirectory) -SegmentBytes 64KB -CheckpointsRetained 1 -LogRetainSegments 99 -LogRetainFor '1:00:00'
        1..60 | ForEach-Object { Add-WalEntry -Store $all -Type t -InputObject ('x' * 3000) }
        $null = New-Checkpoint -Store $all
        @(Get-WalEntry -Store $all -Type t).Count | Should -Be 60
        Remove-TestDirectory $all.Path
        { New-WalStore (New-TestDirectory) -LogRetainSegments -1 } | Should -Throw -ErrorId 'ConfigurationInvalid,*'
    }

    Context 'Sync-Wal' {
        It 'makes what was committed without durability durable' {
            $store = New-WalStore $path -Durability None
            $entry = Add-WalEntry -Store $store a 1 -PassThru
            $entry.IsDurable | Should -BeFalse
            Sync-Wal -Store $store | Should -BeNullOrEmpty
            $store.DurableLsn | Should -BeGreaterThan $entry.Lsn
            (Get-WalEntry -Store $store).IsDurable | Should -BeTrue
        }
    }
}
