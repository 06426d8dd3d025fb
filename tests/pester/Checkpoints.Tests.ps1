BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Checkpoints' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -CheckpointsRetained 3
        1..5 | ForEach-Object { Set-StateItem -Store $store "k$_" $_ }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are taken and returned' {
        $checkpoint = New-Checkpoint -Store $store -Name 'first'
        $checkpoint.Id | Should -Be 1
        $checkpoint.Name | Should -Be 'first'
        $checkpoint.ItemCount | Should -Be 5
        Join-Path $path $checkpoint.Path | Should -Exist
    }

    It 'are where recovery starts' {
        $checkpoint = New-Checkpoint -Store $store
        Set-StateItem -Store $store k6 6
        Copy-OpenStore $path "$path-copy"
        $report = Invoke-Recovery "$path-copy"
        $report.CheckpointId | Should -Be $checkpoint.Id
        $report.ItemsLoaded | Should -Be 5
        @(Get-StateItem -Path "$path-copy").Count | Should -Be 6
    }

    It 'are taken by path' {
        $store.Dispose()
        (New-Checkpoint $path).ItemCount | Should -Be 5
        Get-WalStore | Should -BeNullOrEmpty
        (Get-WalStore $path).CheckpointCount | Should -Be 1
    }

    It 'are listed oldest first, by name and by number, also while a writer holds the store' {
        'one', 'two', 'three' | ForEach-Object { $null = New-Checkpoint -Store $store -Name $_ }
        (Get-Checkpoint -Store $store).Name | Should -Be 'one', 'two', 'three'
        (Get-Checkpoint $path).Id | Should -Be 1, 2, 3
        (Get-Checkpoint $path -Name t*).Name | Should -Be 'two', 'three'
        (Get-Checkpoint $path -Name TWO).Id | Should -Be 2
        (Get-Checkpoint $path -Id 3, 1).Id | Should -Be 1, 3
    }

    It 'that are not there are an error, unless they were asked for by pattern' {
        Get-ErrorId { Get-Checkpoint $path -Id 7 } | Should -Be 'CheckpointNotFound'
        Get-ErrorId { Get-Checkpoint $path -Name nothing } | Should -Be 'CheckpointNotFound'
        Get-Checkpoint $path -Name nothing* | Should -BeNullOrEmpty
    }

    It 'make room for newer ones' {
        1..5 | ForEach-Object { $null = New-Checkpoint -Store $store }
        (Get-Checkpoint $path).Id | Should -Be 3, 4, 5
    }

    It 'hold what has changed when that is asked for' {
        (New-Checkpoint -Store $store).IsFull | Should -BeTrue
        Set-StateItem -Store $store k1 changed
        Remove-StateItem -Store $store k2
        $increment = New-Checkpoint -Store $store -Incremental
        $increment.IsFull | Should -BeFalse
        $increment.ParentId | Should -Be 1
        $increment.ItemCount | Should -Be 2
        Copy-OpenStore $path "$path-copy"
        (Invoke-Recovery "$path-copy").CheckpointId | Should -Be 2
        (Get-StateItem -Path "$path-copy" k1).Value | Should -Be 'changed'
        @(Get-StateItem -Path "$path-copy").Count | Should -Be 4
        (New-Checkpoint -Store $store -Full).IsFull | Should -BeTrue
        Get-ErrorId { New-Checkpoint -Store $store -Full -Incremental } | Should -Be 'KindAmbiguous'
    }

    It 'are kept as long as is asked for' {
        1..3 | ForEach-Object { $null = New-Checkpoint -Store $store -Full }
        $null = New-Checkpoint -Store $store -Full -Keep 2
        (Get-Checkpoint $path).Id | Should -Be 3, 4
    }

    It 'are shown with their kind' {
        $null = New-Checkpoint -Store $store
        $null = New-Checkpoint -Store $store -Incremental
        $shown = Get-Checkpoint $path | Out-String
        $shown | Should -Match '1 full'
        $shown | Should -Match '2 increment'
    }

    It 'stop on Ctrl+C and leave nothing behind' {
        # What cannot be compressed well takes its time.
        $bytes = [byte[]]::new(150000)
        [Random]::new(7).NextBytes($bytes)
        $big = [Convert]::ToBase64String($bytes)
        1..300 | ForEach-Object { Set-StateItem -Store $store "large$_" "$_$big" }
        $running = Start-Runspace { param($store) New-Checkpoint -Store $store } $store
        while (-not (Get-ChildItem (Join-Path $path 'staging')) -and -not $running.Run.IsCompleted) { }
        Stop-Runspace $running
        Get-Checkpoint $path | Should -BeNullOrEmpty
        Get-ChildItem (Join-Path $path 'staging') | Should -BeNullOrEmpty
        (New-Checkpoint -Store $store).ItemCount | Should -Be 305
    }

    Context 'verified' {
        BeforeEach {
            $null = New-Checkpoint -Store $store -Name 'one'
            $null = New-Checkpoint -Store $store -Name 'two' -Incremental
            $third = New-Checkpoint -Store $store -Name 'three' -Full
        }

        It 'are sound, beside a writer and after it' {
            Test-Checkpoint $path | Should -BeTrue
            $store | Test-Checkpoint | Should -BeTrue
            $store.Dispose()
            $found = Test-Checkpoint $path -Detailed
            $found.IsUsable | Should -Be $true, $true, $true
            $found[1].Chain | Should -Be 1, 2
            $found[1].Name | Should -Be 'two'
        }

        It 'tell damage, and of the ones that build on it' {
            $store.Dispose()
            $file = Join-Path $path 'checkpoints/0000000001.full'
            $bytes = [IO.File]::ReadAllBytes($file); $bytes[150] = $bytes[150] -bxor 1; [IO.File]::WriteAllBytes($file, $bytes)
            Test-Checkpoint $path -WarningVariable warnings -WarningAction SilentlyContinue | Should -BeFalse
            $warnings.Count | Should -Be 2
            $warnings[0].Message | Should -Match '0000000001.full'
            $found = Test-Checkpoint $path -Detailed -WarningAction SilentlyContinue
            $found.IsUsable | Should -Be $false, $false, $true
            Test-Checkpoint $path -Name three | Should -BeTrue
            Test-Checkpoint $path -Id 2 -WarningAction SilentlyContinue | Should -BeFalse
            Get-ErrorId { Test-Checkpoint $path -Id 9 } | Should -Be 'CheckpointNotFound'
            Test-Checkpoint $path -Id 3, 9 -ErrorAction SilentlyContinue | Should -BeFalse
            Test-Checkpoint $path -Name 'nothing*' | Should -BeFalse
            $found[0].Problem | Should -Match 'does not match its checksum'
            ($found | Out-String) | Should -Match '2 increment two +False +1 2'
        }
    }

    Context 'removed' {
        BeforeEach {
            $null = New-Checkpoint -Store $store -Name 'one'
            $null = New-Checkpoint -Store $store -Name 'two' -Incremental
            $null = New-Checkpoint -Store $store -Name 'three' -Full
        }

        It 'go with the increments that build on them' {
            Remove-Checkpoint -Store $store -Id 1
            (Get-Checkpoint $path).Id | Should -Be 3
            @(Get-ChildItem (Join-Path $path 'checkpoints')).Count | Should -Be 1
            $store.Dispose()
            Test-Checkpoint $path | Should -BeTrue
        }

        It 'that cannot be read are listed as far as they are known, and go' {
            $file = Join-Path $path 'checkpoints/0000000001.full'
            $bytes = [IO.File]::ReadAllBytes($file); $bytes[20] = $bytes[20] -bxor 1; [IO.File]::WriteAllBytes($file, $bytes)
            $found = Get-Checkpoint $path
            $found.Id | Should -Be 1, 2, 3
            $found[0].Problem | Should -Match '0000000001.full'
            ($found | Out-String) | Should -Match '1 full +cannot be read'
            (Get-WalStore $path).CheckpointCount | Should -Be 3
            (Measure-Wal $path).LastCheckpoint | Should -Not -BeNullOrEmpty
            Remove-Checkpoint -Store $store -Id 1
            (Get-Checkpoint $path).Id | Should -Be 3
        }

        It 'go by name and from the pipeline, and the next one after the newest is full' {
            Set-StateItem -Store $store k9 9
            Remove-StateItem -Store $store k1
            Get-Checkpoint $path -Name three | Remove-Checkpoint $path
            (New-Checkpoint -Store $store -Incremental).IsFull | Should -BeTrue
            Copy-OpenStore $path "$path-copy"
            @(Get-StateItem -Path "$path-copy").Count | Should -Be 5
        }

        It 'stay when nothing says which, when there is no such one, and with -WhatIf' {
            Get-ErrorId { Remove-Checkpoint -Store $store } | Should -Be 'CheckpointNotChosen'
            Get-ErrorId { Remove-Checkpoint -Store $store -Id 1, 8 -ErrorAction Stop } | Should -Be 'CheckpointNotFound'
            Remove-Checkpoint $path -Name * -WhatIf
            (Get-Checkpoint $path).Id | Should -Be 1, 2, 3
        }

        It 'stay when the state could not be rebuilt without them' {
            $store.Dispose()
            $store = Open-WalStore $path -LogRetainBytes 0 -CheckpointsRetained 1
            1..3 | ForEach-Object { Set-StateItem -Store $store a ('x' * 20MB); $null = New-Checkpoint -Store $store -Full }
            Get-ErrorId { Remove-Checkpoint -Store $store -Id (Get-Checkpoint $path).Id } | Should -Be 'CheckpointInvalid'
            @(Get-Checkpoint $path).Count | Should -Be 1
        }
    }
}
