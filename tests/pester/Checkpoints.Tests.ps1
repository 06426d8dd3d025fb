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
}
