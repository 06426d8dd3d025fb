BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Entries' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'Add-WalEntry' {
        It 'writes a state item, silently' {
            Add-WalEntry -Store $store -Key a -Value 1 | Should -BeNullOrEmpty
            (Get-StateItem -Store $store a).Value | Should -Be 1
        }

        It 'takes key and value by position' {
            Use-WalStore $store { Add-WalEntry a 1 }
            (Get-StateItem -Store $store a).Value | Should -Be 1
        }

        It 'returns the entry with -PassThru, with what it replaced' {
            $first = Add-WalEntry -Store $store a 1 -PassThru
            $second = Add-WalEntry -Store $store a 2 -PassThru
            $first.Kind | Should -Be 'StateItemSet'
            $first.HadPrevious | Should -BeFalse
            $first.IsDurable | Should -BeTrue
            $second.PreviousValue | Should -Be 1
            $second.HadPrevious | Should -BeTrue
            $second.Lsn | Should -BeGreaterThan $first.Lsn
            $logged = Get-WalEntry -Store $store -FromLsn $second.Lsn
            foreach ($property in 'Lsn', 'Time', 'Kind', 'Key', 'Value', 'PreviousValue', 'HadPrevious', 'TransactionId', 'IsDurable') {
                $logged.$property | Should -Be $second.$property -Because $property
            }
        }

        It 'deletes, and deleting what is not there is logged too' {
            Add-WalEntry -Store $store a 1
            $entry = Add-WalEntry -Store $store a -Delete -PassThru
            $entry.Kind | Should -Be 'StateItemRemoved'
            $entry.PreviousValue | Should -Be 1
            (Add-WalEntry -Store $store a -Delete -PassThru).HadPrevious | Should -BeFalse
            Get-StateItem -Store $store | Should -BeNullOrEmpty
            @(Get-WalEntry -Store $store).Count | Should -Be 3
        }

        It 'appends application records from the pipeline' {
            1..3 | Add-WalEntry -Store $store -Type number
            $entries = @(Get-WalEntry -Store $store -Type number)
            $entries.Value | Should -Be 1, 2, 3
            $entries.Kind | Sort-Object -Unique | Should -Be 'Record'
            Get-StateItem -Store $store | Should -BeNullOrEmpty
        }

        It 'appends an array given by name as one record' {
            Add-WalEntry -Store $store -Type list -InputObject @(1, 2, 3)
            @(Get-WalEntry -Store $store).Count | Should -Be 1
            (Get-WalEntry -Store $store).Value.Count | Should -Be 3
        }

        It 'takes keys and values from a CSV' -ForEach @('Path', 'Store', 'Transaction') {
            $rows = "Key,Value`nk1,v1`nk2,v2" | ConvertFrom-Csv
            switch ($_) {
                Path { $rows | Add-WalEntry -Path $path }
                Store { $rows | Add-WalEntry -Store $store }
                Transaction { $rows | Add-WalEntry -Store $store -AsTransaction }
            }
            (Get-StateItem -Store $store).Value | Should -Be 'v1', 'v2'
        }

        It 'takes handles from the pipeline, when what to write is given by name' {
            $other = New-WalStore "$path-2"
            $store, $other | Add-WalEntry -Key a -Value 1
            $store, $other | Add-WalEntry b 2
            $store, $other | Add-WalEntry -Type t -InputObject 3
            $store, $other | Add-WalEntry -Key a -Delete
            foreach ($one in $store, $other) {
                (Get-WalEntry -Store $one).Value | Should -Be 1, 2, 3, $null
                (Get-StateItem -Store $one).Key | Should -Be 'b'
                $one.IsOpen | Should -BeTrue
            }
        }

        It 'takes values from the pipeline, and the store by name, by path or from Use-WalStore' {
            1, $null, 2 | Add-WalEntry -Store $store -Type t
            3 | Add-WalEntry -Path $path -Type t
            Use-WalStore $store { 4, $null | Add-WalEntry -Type t }
            $values = (Get-WalEntry -Store $store -Type t).Value
            $values.Count | Should -Be 6
            $values | Should -Be 1, $null, 2, 3, 4, $null
        }

        It 'takes objects with Key and Value from the pipeline, and the store by name, by path or from Use-WalStore' {
            [pscustomobject]@{ Key = 'a'; Value = $null; More = 1 } | Add-WalEntry -Store $store
            [pscustomobject]@{ Key = 5; Value = 2 } | Add-WalEntry -Path $path
            Use-WalStore $store { @{ c = 3 }.GetEnumerator() | Add-WalEntry }
            [pscustomobject]@{ Key = 'd' } | Add-WalEntry -Store $store -Value 4
            [pscustomobject]@{ Value = 5 } | Add-WalEntry -Store $store -Key e
            (Get-StateItem -Store $store).Key | Should -Be '5', 'a', 'c', 'd', 'e'
            (Get-StateItem -Store $store).Value | Should -Be 2, $null, 3, 4, 5
        }

        It 'says what is missing in objects without Key and Value, and writes the others' -ForEach @('Store', 'Transaction') {
            $rows = [pscustomobject]@{ Name = 'web1'; Cpu = 8 }, [pscustomobject]@{ Key = 'k'; Value = 1 }, [pscustomobject]@{ Key = 'alone' }, 5, $null
            $errors = @()
            try { $rows | Add-WalEntry -Store $store -AsTransaction:($_ -eq 'Transaction') -ErrorAction SilentlyContinue -ErrorVariable errors }
            catch { $_.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*' }
            $said = @($errors | Where-Object { "$($_.FullyQualifiedErrorId)" -like 'ItemInvalid,*' })
            $said.Count | Should -Be 4
            "$($said[0])" | Should -BeLike '*no Key and no Value (it has Name, Cpu)*Key and Value are expected*-Type*'
            "$($said[1])" | Should -BeLike '*no Value (it has Key)*'
            "$($said[2])" | Should -BeLike '*Int32*'
            "$said" | Should -Not -BeLike '*web1*'
            @(Get-StateItem -Store $store).Key | Should -Be ($_ -eq 'Store' ? 'k' : $null)
        }

        It 'refuses a transaction of which every object is refused' {
            { [pscustomobject]@{ Name = 1 } | Add-WalEntry -Store $store -AsTransaction -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'TransactionAborted,*'
        }

        It 'refuses a handle as what is to be written' {
            foreach ($command in { $store | Add-WalEntry }, { $store | Add-WalEntry -Type t }, { $store | Set-StateItem }, { $store | Remove-StateItem }) {
                Get-ErrorId $command | Should -Be 'ItemInvalid' -Because "$command"
            }
            Get-ErrorId { Add-WalEntry -Store $store -Type t -InputObject $store } | Should -Be 'ValueNotSupported'
            Get-WalEntry -Store $store | Should -BeNullOrEmpty
        }

        It 'writes nothing where a handle is null' {
            $null = New-WalStore "$path-2"
            Use-WalStore "$path-2" {
                Get-ErrorId { $null | Add-WalEntry -Key a -Value 1 } | Should -Be 'StoreNotSpecified'
                Get-ErrorId { $null | Add-WalEntry -Type t -InputObject 1 } | Should -Be 'StoreNotSpecified'
                Get-ErrorId { Add-WalEntry -Store $null -Key a -Value 1 } | Should -Be 'StoreNotSpecified'
                Get-ErrorId { 1 | Add-WalEntry -Store $null -Type t } | Should -Be 'StoreNotSpecified'
                Get-WalEntry | Should -BeNullOrEmpty
            }
        }

        It 'deletes the keys of the items it is given' {
            'a', 'b', 'c' | ForEach-Object { Add-WalEntry -Store $store $_ 1 }
            Get-StateItem -Store $store -Key '[ab]' | Add-WalEntry -Store $store -Delete
            (Get-StateItem -Store $store).Key | Should -Be 'c'
        }

        It 'opens the store by path and closes it again' {
            $store.Dispose()
            Add-WalEntry -Path $path a 1
            Add-WalEntry -LiteralPath $path b 2
            Add-WalEntry -Path (Join-Path $directory 'st*') c 3
            (Get-StateItem -Path $path).Key | Should -Be 'a', 'b', 'c'
            (Get-WalStore $path).WasClean | Should -BeTrue
        }

        It 'is durable when it returns: a copy of the files taken then has the entry' {
            Add-WalEntry -Store $store a 1
            Copy-OpenStore $path "$path-copy"
            (Get-StateItem -Path "$path-copy" a).Value | Should -Be 1
        }
    }

    Context 'Add-WalEntry -AsTransaction' {
        It 'is one commit for the whole pipeline' {
            $entries = 1..50 | ForEach-Object { [pscustomobject]@{ Key = "k$_"; Value = $_ } } | Add-WalEntry -Store $store -AsTransaction -PassThru
            $entries.Count | Should -Be 50
            @($entries.TransactionId | Sort-Object -Unique).Count | Should -Be 1
            $entries[0].TransactionId | Should -Be $entries[0].Lsn
            $entries.IsDurable | Should -Not -Contain $false
            (Get-WalEntry -Store $store).Lsn | Should -Be $entries.Lsn
        }

        It 'logs nothing before the end, and nothing at all when the pipeline fails upstream' {
            { & { 1; 2; throw 'upstream' } | Add-WalEntry -Store $store -Type t -AsTransaction } | Should -Throw 'upstream'
            Get-WalEntry -Store $store | Should -BeNullOrEmpty
        }

        It 'logs nothing when the pipeline is stopped before its end' {
            $seen = 1..10 | ForEach-Object { $_ } | ForEach-Object { Add-WalEntry -Store $store -Type outside -InputObject $_; $_ } |
                Select-Object -First 3
            $seen.Count | Should -Be 3
            1..10 | & { process { $_ } } | Add-WalEntry -Store $store -Type t -AsTransaction -PassThru | Out-Null
            @(Get-WalEntry -Store $store -Type t).Count | Should -Be 10
            @(Get-WalEntry -Store $store -Type outside).Count | Should -Be 3
        }

        It 'has committed when the first entry comes out, whatever the reader does then' {
            $first = 1..10 | Add-WalEntry -Store $store -Type t -AsTransaction -PassThru | Select-Object -First 1
            $first.Value | Should -Be 1
            @(Get-WalEntry -Store $store).Count | Should -Be 10
        }

        It 'is rolled back whole when an item cannot be stored, and names every such item' {
            $errors = @()
            $caught = $null
            try { 1, { code }, 2, (Get-Process -Id $PID), 3 | Add-WalEntry -Store $store -Type t -AsTransaction -ErrorVariable errors -ErrorAction SilentlyContinue }
            catch { $caught = $_ }
            $caught.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
            $caught.Exception.Message | Should -BeLike '2 of 5 items*'
            @($errors | Where-Object { "$($_.FullyQualifiedErrorId)" -like 'ValueNotSupported,*' }).Count | Should -Be 2
            Get-WalEntry -Store $store | Should -BeNullOrEmpty
        }

        It 'belongs to one store' {
            $other = New-WalStore "$path-2"
            $store | Add-WalEntry -Key a -Value 1 -AsTransaction
            (Get-StateItem -Store $store).Key | Should -Be 'a'
            { $store, $other | Add-WalEntry -Key b -Value 1 -AsTransaction } | Should -Throw -ErrorId 'StoreAmbiguous,*'
            $store.ItemCount | Should -Be 1
            $other.ItemCount | Should -Be 0
        }

        It 'does nothing with an empty pipeline' {
            @() | Add-WalEntry -Store $store -Type t -AsTransaction
            Get-WalEntry -Store $store | Should -BeNullOrEmpty
        }
    }

    Context 'Get-WalEntry' {
        BeforeEach {
            $entries = @(
                Add-WalEntry -Store $store app/a 1 -PassThru
                Add-WalEntry -Store $store app/b 2 -PassThru
                Add-WalEntry -Store $store -Type login -InputObject 'x' -PassThru
                Add-WalEntry -Store $store app/a -Delete -PassThru
                Add-WalEntry -Store $store -Type Logout -InputObject 'y' -PassThru
            )
        }

        It 'reads everything in order, from a handle and from a path' {
            (Get-WalEntry -Store $store).Lsn | Should -Be $entries.Lsn
            (Get-WalEntry $path).Lsn | Should -Be $entries.Lsn
            ($store | Get-WalEntry).Lsn | Should -Be $entries.Lsn
            (Get-Item $path | Get-WalEntry).Lsn | Should -Be $entries.Lsn
            ($path | Get-WalEntry).Lsn | Should -Be $entries.Lsn
        }

        It 'filters by type, whatever the case' {
            (Get-WalEntry -Store $store -Type log*).Type | Should -Be 'login', 'Logout'
            (Get-WalEntry -Store $store -Type LOGIN).Value | Should -Be 'x'
        }

        It 'filters by key, by case' {
            (Get-WalEntry -Store $store -Key app/a).Kind | Should -Be 'StateItemSet', 'StateItemRemoved'
            @(Get-WalEntry -Store $store -Key app/*).Count | Should -Be 3
            Get-WalEntry -Store $store -Key APP/* | Should -BeNullOrEmpty
        }

        It 'filters by kind' {
            (Get-WalEntry -Store $store -Kind StateItemRemoved, Record).Lsn | Should -Be $entries[2..4].Lsn
        }

        It 'starts and ends at positions' {
            (Get-WalEntry -Store $store -FromLsn $entries[1].Lsn -ToLsn $entries[3].Lsn).Lsn | Should -Be $entries[1..3].Lsn
        }

        It 'starts and ends at times' {
            (Get-WalEntry -Store $store -After $entries[2].Time).Lsn | Should -Be @($entries | Where-Object Time -GE $entries[2].Time).Lsn
            (Get-WalEntry -Store $store -Before $entries[2].Time).Lsn | Should -Be @($entries | Where-Object Time -LT $entries[2].Time).Lsn
            Get-WalEntry -Store $store -After (Get-Date).AddHours(1) | Should -BeNullOrEmpty
        }

        It 'takes the first and the last' {
            (Get-WalEntry -Store $store -First 2).Lsn | Should -Be $entries[0..1].Lsn
            (Get-WalEntry -Store $store -Last 2).Lsn | Should -Be $entries[3..4].Lsn
        }

        It 'refuses to take the first and the last at once' {
            Get-ErrorId { Get-WalEntry -Store $store -First 3 -Last 1 } | Should -Be 'RangeAmbiguous'
        }

        It 'streams, and stops when nobody wants more' {
            (Get-WalEntry -Store $store | Select-Object -First 1).Lsn | Should -Be $entries[0].Lsn
            Add-WalEntry -Store $store after 1
            $store.ItemCount | Should -Be 2
        }

        It 'shows checkpoints' {
            $checkpoint = New-Checkpoint -Store $store
            $entry = Get-WalEntry -Store $store -Kind Checkpoint
            $entry.Value.CheckpointId | Should -Be $checkpoint.Id
        }

        It 'reads while another process holds the store, up to what is durable' {
            (Get-WalEntry $path -Last 1).IsDurable | Should -BeIn $true, $false
            @(Get-WalEntry $path).Count | Should -Be 5
        }

        It 'says when a position was removed by retention' {
            $small = New-WalStore "$path-small" -SegmentBytes 64KB -LogRetainBytes 0 -CheckpointsRetained 1
            1..40 | ForEach-Object { Add-WalEntry -Store $small "k$_" ('x' * 8000) }
            1..3 | ForEach-Object { $null = New-Checkpoint -Store $small; Add-WalEntry -Store $small last $_ }
            Get-ErrorId { Get-WalEntry -Store $small -FromLsn 4096 } | Should -Be 'LogTruncated'
            @(Get-WalEntry -Store $small).Count | Should -BeGreaterThan 0
        }
    }
}
