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

    It 'say whether they are durable, read beside the writer that has not flushed them' {
        $batch = New-WalStore "$path-none" -Durability None
        Set-StateItem -Store $batch flushed 1
        Sync-Wal -Store $batch
        (Set-StateItem -Store $batch open 2 -PassThru).IsDurable | Should -BeFalse
        (Get-StateItem -Store $batch flushed).IsDurable | Should -BeTrue
        (Get-StateItem -Store $batch open).IsDurable | Should -BeFalse
        Sync-Wal -Store $batch
        (Get-StateItem -Store $batch open).IsDurable | Should -BeTrue
        Close-WalStore $batch
        (Get-StateItem -Path "$path-none" -Key open).IsDurable | Should -BeTrue
        (Set-StateItem -Store $store a 1 -PassThru).IsDurable | Should -BeTrue
    }

    It 'are not found by a pattern with half a surrogate pair, which is no error' {
        Set-StateItem -Store $store a 1
        Get-StateItem -Store $store "a$([char]0xD83D)*" | Should -BeNullOrEmpty
        Use-WalTransaction $store { Get-StateItem "a$([char]0xD83D)*" } | Should -BeNullOrEmpty
        Get-StateItem -Store $store 'a*' -ValueOnly | Should -Be 1
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

    It 'are set and removed in each store from the pipeline' {
        $other = New-WalStore "$path-2"
        $store, $other | Set-StateItem -Key a -Value 1
        $store, $other | Set-StateItem b 2
        ($store, $other | Remove-StateItem a -PassThru).Value | Should -Be 1, 1
        foreach ($one in $store, $other) { (Get-StateItem -Store $one).Key | Should -Be 'b' }
    }

    It 'are set from objects with Key and Value, or with one of these' {
        $rows = [pscustomobject]@{ Key = 'a'; Value = 1; More = 0 }, [pscustomobject]@{ Key = 'b'; Value = $null }
        $rows | Set-StateItem -Store $store
        $store.Dispose()
        $rows | Select-Object @{ n = 'Key'; e = { "path/$($_.Key)" } }, Value | Set-StateItem -Path $path
        Use-WalStore $path { $rows | Select-Object @{ n = 'Key'; e = { "use/$($_.Key)" } }, Value | Set-StateItem }
        $rows | Select-Object Key | Set-StateItem -LiteralPath $path -Value 5
        $rows | Select-Object Value | Set-StateItem -Path $path -Key last
        $items = Get-StateItem -Path $path
        $items.Key | Should -Be 'a', 'b', 'last', 'path/a', 'path/b', 'use/a', 'use/b'
        $items.Value | Should -Be 5, 5, $null, 1, $null, 1, $null
    }

    It 'say what an object lacks that was to be set or removed' {
        $rows = [pscustomobject]@{ Name = 'web1' }, [pscustomobject]@{ Key = 'a'; Value = 1 }
        $rows | Set-StateItem -Store $store -ErrorAction SilentlyContinue -ErrorVariable errors
        (Get-StateItem -Store $store).Key | Should -Be 'a'
        $errors.FullyQualifiedErrorId | Should -Be 'ItemInvalid,PersistenceModule.SetStateItemCommand'
        "$errors" | Should -BeLike '*no Key and no Value (it has Name)*'
        $rows | Remove-StateItem -Store $store -ErrorAction SilentlyContinue -ErrorVariable errors
        $store.ItemCount | Should -Be 0
        "$errors" | Should -BeLike '*no Key (it has Name)*'
    }

    It 'are not removed by pattern; the error shows how to' {
        'host/a', 'host/b', 'other' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        $failure = Get-ErrorOf { Remove-StateItem -Store $store -Key 'host/*' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StateItemNotFound,*'
        "$failure" | Should -BeLike "*pipe Get-StateItem -Key 'host/*' into it*"
        $store.Dispose()
        Get-StateItem -Path $path -Key 'host/*' | Remove-StateItem -Path $path
        (Get-StateItem -Path $path).Key | Should -Be 'other'
    }

    It 'survive closing and opening' {
        Set-StateItem -Store $store a 1
        $store.Dispose()
        Set-StateItem -Path $path b 2
        Remove-StateItem -Path $path a
        (Get-StateItem -Path $path).Key | Should -Be 'b'
    }
}
