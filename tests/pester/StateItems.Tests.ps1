BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'State items' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are set silently, or returned with -PassThru' {
        Set-StateItem -Store $store a 1 | Should -BeNullOrEmpty
        $item = Set-StateItem -Store $store a 2 -PassThru
        $item.Key | Should -Be 'a'
        $item.Value | Should -Be 2
        $item.Lsn | Should -Be (Get-WalEntry -Store $store -Last 1).Lsn
        $item.Time | Should -Be (Get-WalEntry -Store $store -Last 1).Time
    }

    It 'come in ordinal order of their keys' {
        'b', 'a', 'B', 'ä', 'a/1' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        (Get-StateItem -Store $store).Key | Should -Be 'B', 'a', 'a/1', 'b', 'ä'
    }

    It 'are found by exact key, by case' {
        Set-StateItem -Store $store Key 1
        (Get-StateItem -Store $store Key).Value | Should -Be 1
        Get-ErrorId { Get-StateItem -Store $store key } | Should -Be 'StateItemNotFound'
    }

    It 'are found by wildcard; none is no error' {
        'app/a', 'app/b', 'other' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        (Get-StateItem -Store $store app/*).Key | Should -Be 'app/a', 'app/b'
        (Get-StateItem -Store $store '*/?', 'oth*').Key | Should -Be 'app/a', 'app/b', 'other'
        Get-StateItem -Store $store nothing* | Should -BeNullOrEmpty
    }

    It 'with wildcard characters in their keys are found when these are escaped' {
        Set-StateItem -Store $store 'a[1]*' 1
        Set-StateItem -Store $store 'a1x' 2
        (Get-StateItem -Store $store ([wildcardpattern]::Escape('a[1]*'))).Value | Should -Be 1
        Remove-StateItem -Store $store 'a[1]*'
        (Get-StateItem -Store $store).Key | Should -Be 'a1x'
    }

    It 'are found by the keys of the objects in the pipeline, all from one moment' {
        1..20 | ForEach-Object { Set-StateItem -Store $store "k$_" $_ }
        $store.Dispose()
        (2..4 | ForEach-Object { [pscustomobject]@{ Key = "k$_" } } | Get-StateItem -Path $path).Value | Should -Be 2, 3, 4
    }

    It 'give their bare values with -ValueOnly, arrays in one piece' {
        Set-StateItem -Store $store a @(1, 2)
        $values = @(Get-StateItem -Store $store a -ValueOnly)
        $values.Count | Should -Be 1
        $values[0].Count | Should -Be 2
    }

    It 'are removed; what is not there is an error and is not logged' {
        Set-StateItem -Store $store a 1
        Remove-StateItem -Store $store a | Should -BeNullOrEmpty
        Get-StateItem -Store $store | Should -BeNullOrEmpty
        Get-ErrorId { Remove-StateItem -Store $store a } | Should -Be 'StateItemNotFound'
        @(Get-WalEntry -Store $store).Count | Should -Be 2
    }

    It 'are removed by pipeline, and returned with -PassThru' {
        1..4 | ForEach-Object { Set-StateItem -Store $store "k$_" $_ }
        $removed = Get-StateItem -Store $store 'k[12]' | Remove-StateItem -Store $store -PassThru
        $removed.Value | Should -Be 1, 2
        (Get-StateItem -Store $store).Key | Should -Be 'k3', 'k4'
    }

    It 'survive closing and opening' {
        Set-StateItem -Store $store a 1
        $store.Dispose()
        Set-StateItem -Path $path b 2
        Remove-StateItem -Path $path a
        (Get-StateItem -Path $path).Key | Should -Be 'b'
    }

    It 'complete their keys from the open store' {
        'alpha', 'beta', 'it''s' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        Use-WalStore $store {
            $found = [System.Management.Automation.CommandCompletion]::CompleteInput('Get-StateItem -Key a', 20, $null).CompletionMatches
            $found.CompletionText | Should -Be 'alpha'
            $line = 'Get-StateItem -Key it'
            [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be "'it''s'"
        }
    }
}
