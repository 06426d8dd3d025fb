BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # What a value is, all the way down, as text: two values with the same text are the same data of the same types.
    function Format-Value($Value) {
        if ($null -eq $Value) { return 'null' }
        $bare = $Value.PSObject.BaseObject
        $type = $bare.GetType()
        $text = switch ($bare) {
            { $_ -is [System.Management.Automation.PSCustomObject] } { ($Value.PSObject.TypeNames -join ',') + ($Value.PSObject.Properties | ForEach-Object { "$($_.Name)=$(Format-Value $_.Value)" }) -join ';'; break }
            { $_ -is [System.Collections.Specialized.OrderedDictionary] } { ($_.GetEnumerator() | ForEach-Object { "$(Format-Value $_.Key)=$(Format-Value $_.Value)" }) -join ';'; break }
            { $_ -is [hashtable] } { ($_.GetEnumerator() | ForEach-Object { "$(Format-Value $_.Key)=$(Format-Value $_.Value)" } | Sort-Object -CaseSensitive) -join ';'; break }
            { $_ -is [array] } { @(foreach ($item in $_) { Format-Value $item }) -join ','; break }
            { $_ -is [datetime] } { "$($_.Ticks) $($_.Kind)"; break }
            { $_ -is [datetimeoffset] } { "$($_.Ticks) $($_.Offset)"; break }
            { $_ -is [double] } { [BitConverter]::DoubleToInt64Bits($_); break }
            { $_ -is [single] } { [BitConverter]::SingleToInt32Bits($_); break }
            { $_ -is [decimal] } { [decimal]::GetBits($_) -join ','; break }
            { $_ -is [string] } { ([int[]][char[]] $_) -join ' '; break }
            { $_ -is [char] } { [int] $_; break }
            { $_ -is [uri] } { "$($_.OriginalString) $($_.IsAbsoluteUri)"; break }
            default { "$_" }
        }
        "$($type.FullName)($text)"
    }
}

Describe 'Export-StateItem and Import-StateItem' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        $copy = New-WalStore "$path-copy"
        $file = Join-Path $directory 'items.jsonl'
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'give back exactly what was stored: <Name>' -ForEach @(
        @{ Name = '$null'; Value = $null }
        @{ Name = 'bool'; Value = $true }
        @{ Name = 'int'; Value = -5 }
        @{ Name = 'long'; Value = 5L }
        @{ Name = 'large long'; Value = [long]::MaxValue }
        @{ Name = 'byte'; Value = [byte] 5 }
        @{ Name = 'sbyte'; Value = [sbyte] -5 }
        @{ Name = 'short'; Value = [short] -5 }
        @{ Name = 'ushort'; Value = [ushort] 5 }
        @{ Name = 'uint'; Value = [uint] 5 }
        @{ Name = 'ulong'; Value = [ulong]::MaxValue }
        @{ Name = 'bigint'; Value = [bigint] 5 }
        @{ Name = 'large bigint'; Value = [bigint]::Pow(10, 30) }
        @{ Name = 'double'; Value = 1.0 }
        @{ Name = 'NaN'; Value = [double]::NaN }
        @{ Name = 'infinity'; Value = [double]::NegativeInfinity }
        @{ Name = 'minus zero'; Value = -0.0 }
        @{ Name = 'float'; Value = [single] 1.1 }
        @{ Name = 'decimal'; Value = 1.50d }
        @{ Name = 'char'; Value = [char] 'x' }
        @{ Name = 'string'; Value = "é 'x' `"y`" \ `n`t`0" + [char]::ConvertFromUtf32(0x1F600) }
        @{ Name = 'half a surrogate pair'; Value = "a$([char] 0xD800)" }
        @{ Name = 'empty string'; Value = '' }
        @{ Name = 'string like a date'; Value = '2024-02-29T12:00:00Z' }
        @{ Name = 'DateTime UTC'; Value = [datetime]::new(638448048000000001, 'Utc') }
        @{ Name = 'DateTime local'; Value = [datetime]::new(638448048000000001, 'Local') }
        @{ Name = 'DateTime unspecified'; Value = [datetime]::new(638448048000000000, 'Unspecified') }
        @{ Name = 'DateTimeOffset'; Value = [datetimeoffset]::new(638448048000000000, '05:30') }
        @{ Name = 'TimeSpan'; Value = [timespan]::FromTicks(-12345678901) }
        @{ Name = 'DateOnly'; Value = [DateOnly]::new(2024, 2, 29) }
        @{ Name = 'TimeOnly'; Value = [TimeOnly]::new(1, 2, 3) }
        @{ Name = 'Guid'; Value = [guid] '01234567-89ab-cdef-0123-456789abcdef' }
        @{ Name = 'Version'; Value = [version] '1.2.3' }
        @{ Name = 'Uri'; Value = [uri] 'https://host/a?b=c' }
        @{ Name = 'relative Uri'; Value = [uri]::new('a/b', [UriKind]::Relative) }
        @{ Name = 'enum'; Value = [System.IO.FileMode]::Append }
        @{ Name = 'byte[]'; Value = [byte[]] (1, 2, 3) }
        @{ Name = 'int[]'; Value = [int[]] (1, 2) }
        @{ Name = 'string[] with null'; Value = [string[]] ('a', [NullString]::Value) }
        @{ Name = 'empty array'; Value = @() }
        @{ Name = 'array of one'; Value = , 1 }
        @{ Name = 'array of arrays'; Value = @(@(1), @(), @($null)) }
        @{ Name = 'hashtable'; Value = @{ a = 1; b = @{ c = [guid]::Empty } } }
        @{ Name = 'hashtable with other keys'; Value = @{ 1 = 'a'; [guid]::Empty = 'b' } }
        @{ Name = 'ordered'; Value = [ordered]@{ z = 1; a = 2; m = $null } }
        @{ Name = 'ordered with other keys'; Value = & { $d = [ordered]@{}; $d.Add([datetime]::UnixEpoch, 1); $d.Add('x', 2); $d } }
        @{ Name = 'object'; Value = [pscustomobject]@{ Name = 'web'; Ports = 80, 443; Since = [datetime]::UnixEpoch } }
        @{ Name = 'object of a type of its own'; Value = [pscustomobject]@{ PSTypeName = 'My.Type'; A = 1 } }
        @{ Name = 'object with a name like a hint'; Value = [pscustomobject]@{ '$Bytes' = 'no'; '$x' = 1 } }
        @{ Name = 'empty object'; Value = [pscustomobject]@{} }
        @{ Name = 'nested'; Value = @{ list = @([ordered]@{ a = [decimal] 1; b = , [char] 'c' }, [pscustomobject]@{ d = [byte[]] 1 }) } }
    ) {
        Set-StateItem -Store $store key $Value
        $lines = @(Export-StateItem -Store $store)
        $lines.Count | Should -Be 1
        $lines | Import-StateItem -Store $copy
        $stored = Get-StateItem -Store $store key -ValueOnly
        Format-Value $stored | Should -Be (Format-Value $Value)
        Format-Value (Get-StateItem -Store $copy key -ValueOnly) | Should -Be (Format-Value $Value)
        Export-StateItem -Store $copy | Should -Be $lines
    }

    It 'write lines in ordinal order of the keys, the same for the same items' {
        'b', 'a', 'B', 'ä', 'a/1' | ForEach-Object { Set-StateItem -Store $store $_ @{ two = 2; one = 1; three = 3 } }
        'a/1', 'B', 'ä', 'a', 'b' | ForEach-Object { Set-StateItem -Store $copy $_ @{ three = 3; one = 1; two = 2 } }
        $lines = Export-StateItem -Store $store
        ($lines | ConvertFrom-Json).key | Should -Be 'B', 'a', 'a/1', 'b', 'ä'
        Export-StateItem -Store $copy | Should -Be $lines
        $lines[0] | Should -Be '{"key":"B","value":{"$Hashtable":{"one":1,"three":3,"two":2}}}'
    }

    It 'export what keys and patterns name, each item once; a key that is not there is an error' {
        'app/a', 'app/b', 'other', 'x[1]' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        $lines = Export-StateItem -Store $store 'app/*', '*/b', other, 'x`[1`]', none -ErrorAction SilentlyContinue -ErrorVariable errors
        ($lines | ConvertFrom-Json).key | Should -Be 'app/a', 'app/b', 'other', 'x[1]'
        $errors.FullyQualifiedErrorId | Should -BeLike 'StateItemNotFound,*'
        Export-StateItem -Store $store nothing* | Should -BeNullOrEmpty
        [pscustomobject]@{ Key = 'other' } | Export-StateItem -Store $store | Should -BeLike '*other*'
    }

    It 'work by path, with handles from the pipeline, and in Use-WalStore' {
        Set-StateItem -Store $store a 1
        $lines = Export-StateItem -Path $path
        Export-StateItem -LiteralPath $path | Should -Be $lines
        $store | Export-StateItem | Should -Be $lines
        Use-WalStore $store { Export-StateItem } | Should -Be $lines
        $copy.Dispose()
        $lines | Import-StateItem -Path "$path-copy"
        Use-WalStore "$path-copy" { '{"key":"b","value":2}' | Import-StateItem }
        (Get-StateItem -Path "$path-copy").Key | Should -Be 'a', 'b'
        Get-ErrorId { Export-StateItem } | Should -Be 'StoreNotSpecified'
        Get-ErrorId { '{"key":"b","value":2}' | Import-StateItem } | Should -Be 'StoreNotSpecified'
        Get-ErrorId { $lines | Import-StateItem -Store $store -Path $path } | Should -Be 'StoreAmbiguous'
    }

    It 'write a file that is there whole, for its owner only, and read it' {
        1..500 | ForEach-Object { [pscustomobject]@{ Key = "k$_"; Value = 'x' * 3000 } } | Add-WalEntry -Store $store -AsTransaction
        Set-Content $file 'what was there before'
        Export-StateItem -Store $store -Destination $file | Should -BeNullOrEmpty
        Get-Content $file | Should -Be (Export-StateItem -Store $store)
        (Get-ChildItem $directory -Force -File).Name | Should -Be 'items.jsonl'
        if ($IsLinux -or $IsMacOS) { "$((Get-Item $file).UnixFileMode)" | Should -Be 'UserWrite, UserRead' }
        Import-StateItem $file -Store $copy
        Get-StateItem -Store $copy | Should -HaveCount 500
        Push-Location $directory
        try { Export-StateItem -Store $copy -Destination ./again.jsonl } finally { Pop-Location }
        (Get-FileHash (Join-Path $directory again.jsonl)).Hash | Should -Be (Get-FileHash $file).Hash
    }

    It 'leave the file as it was when the export does not come to its end' {
        Set-Content $file 'what was there before'
        Set-StateItem -Store $store a 1
        $stopped = @{ Key = 'a' }, @{ Key = 'a' } | ForEach-Object { [pscustomobject] $_ }
        { $stopped | ForEach-Object { $_; throw 'upstream' } | Export-StateItem -Store $store -Destination $file } | Should -Throw 'upstream'
        Get-ErrorId { Export-StateItem -Path "$path-none" -Destination $file } | Should -Be 'StoreNotFound'
        Get-ErrorId { Export-StateItem -Path $path, "$path-copy" -Destination $file } | Should -Be 'StoreAmbiguous'
        Get-Content $file | Should -Be 'what was there before'
        (Get-ChildItem $directory -Force -File).Name | Should -Be 'items.jsonl'
    }

    It 'say what is wrong with a destination or a source' {
        Set-StateItem -Store $store a 1
        Get-ErrorId { Export-StateItem -Store $store -Destination (Join-Path $directory none/items.jsonl) } | Should -Be 'DestinationInvalid'
        Get-ErrorId { Export-StateItem -Store $store -Destination $path } | Should -Be 'DestinationInvalid'
        Get-ErrorId { Export-StateItem -Store $store -Destination Env:/x } | Should -Be 'PathNotFileSystem'
        Get-ErrorId { Import-StateItem (Join-Path $directory none.jsonl) -Store $copy } | Should -Be 'SourceUnreadable'
        Get-ErrorId { Import-StateItem $path -Store $copy } | Should -Be 'SourceUnreadable'
        $failure = Get-ErrorOf { Import-StateItem (Join-Path $directory none.jsonl) -Store $copy }
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'import plain JSON as what it looks like' {
        '{"key":"a","value":{"Name":"web","Ports":[80,443],"Load":0.5,"Since":"2024-02-29","Up":true,"None":null,"Big":5000000000}}' | Import-StateItem -Store $copy
        $value = Get-StateItem -Store $copy a -ValueOnly
        $value.PSObject.Properties.Name | Should -Be 'Name', 'Ports', 'Load', 'Since', 'Up', 'None', 'Big'
        $value.Ports.GetType().Name | Should -Be 'Object[]'
        $value.Ports[0] | Should -BeOfType int
        $value.Load | Should -BeOfType double
        $value.Since | Should -BeOfType string
        $value.Big | Should -BeOfType long
        '{"value":{"$Hashtable":{"a":{"$Byte":1}}},"key":"b"}' | Import-StateItem -Store $copy
        (Get-StateItem -Store $copy b -ValueOnly).a | Should -BeOfType byte
    }

    It 'report a bad line with its number, quote none of it, and import all others' {
        $lines = '{"key":"a","value":1}', 'SECRET', '', '{"key":"b","value":{"$Guid":"SECRET"}}', '{"key":"","value":"SECRET"}', '{"key":"c","value":2}', '{"key":"d","valeu":"SECRET"}', '{"key":"e","value":3}'
        $lines | Import-StateItem -Store $copy -BatchSize 2 -ErrorAction SilentlyContinue -ErrorVariable errors
        (Get-StateItem -Store $copy).Key | Should -Be 'a', 'c', 'e'
        $errors | ForEach-Object FullyQualifiedErrorId | Should -Be (@('LineInvalid,PersistenceModule.ImportStateItemCommand') * 4)
        $errors.TargetObject | Should -Be 'line 2', 'line 4', 'line 5', 'line 7'
        "$errors" | Should -Not -Match 'SECRET'
        foreach ($failure in $errors) { ($failure | Out-String) + ($failure.Exception | Format-List * -Force | Out-String) -replace '(?m)^.*Import-StateItem -Store.*$' | Should -Not -Match 'SECRET' }

        [IO.File]::WriteAllBytes($file, [Text.Encoding]::UTF8.GetPreamble() + [Text.Encoding]::UTF8.GetBytes("{`"key`":`"f`",`"value`":1}`r`n") + [byte[]] (0x22, 0xFF, 0x22, 10) + [Text.Encoding]::UTF8.GetBytes("`n{`"key`":`"g`",`"value`":1}"))
        Import-StateItem $file -Store $copy -ErrorAction SilentlyContinue -ErrorVariable errors
        (Get-StateItem -Store $copy).Key | Should -Be 'a', 'c', 'e', 'f', 'g'
        $errors.TargetObject | Should -Be 'line 2'
        "$errors" | Should -BeLike '*not valid UTF-8*'
    }

    It 'import each batch as one commit, in the order of the lines' {
        1..10 | ForEach-Object { "{`"key`":`"k$_`",`"value`":$_}" } | Import-StateItem -Store $copy -BatchSize 4
        $entries = Get-WalEntry -Store $copy
        $entries.Value | Should -Be (1..10)
        ($entries | Group-Object TransactionId -NoElement | ForEach-Object Count) | Should -Be 4, 4, 2
        '{"key":"k1","value":"first"}', '{"key":"k1","value":"last"}' | Import-StateItem -Store $copy
        Get-StateItem -Store $copy k1 -ValueOnly | Should -Be 'last'
    }

    It 'import values that are together too large for one commit, and report one that is too large alone' {
        $large = '"' + ('x' * 3MB) + '"'
        1..4 | ForEach-Object { "{`"key`":`"k$_`",`"value`":$large}" } | Import-StateItem -Store $copy
        Get-StateItem -Store $copy | Should -HaveCount 4
        @((Get-WalEntry -Store $copy).TransactionId | Where-Object { $_ }).Count | Should -Be 0
        $tooLarge = '"' + ('x' * 65MB) + '"'
        "{`"key`":`"huge`",`"value`":$tooLarge}", '{"key":"small","value":1}' | Import-StateItem -Store $copy -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors.TargetObject | Should -Be 'line 1'
        Get-StateItem -Store $copy small -ValueOnly | Should -Be 1
    }

    It 'return the items with -PassThru, each once' {
        $items = '{"key":"a","value":1}', '{"key":"b","value":2}', '{"key":"a","value":3}' | Import-StateItem -Store $copy -PassThru
        $items | ForEach-Object { "$($_.Key)=$($_.Value)" } | Should -Be 'a=3', 'b=2'
        $items.IsDurable | Should -Be $true, $true
        '{"key":"a","value":1}' | Import-StateItem -Store $copy | Should -BeNullOrEmpty
    }

    It 'import a file into each store from the pipeline, and lines of one string' {
        Set-Content $file '{"key":"a","value":1}'
        $store, $copy | Import-StateItem -Source $file
        foreach ($one in $store, $copy) { Get-StateItem -Store $one a -ValueOnly | Should -Be 1 }
        "{`"key`":`"b`",`"value`":1}`r`n{`"key`":`"c`",`"value`":1}`n" | Import-StateItem -Store $copy
        (Get-StateItem -Store $copy).Key | Should -Be 'a', 'b', 'c'
    }

    It 'end with what was committed when the pipeline ends early' {
        { 1..10 | ForEach-Object { if ($_ -eq 8) { throw 'upstream' }; "{`"key`":`"k$_`",`"value`":$_}" } | Import-StateItem -Store $copy -BatchSize 3 } | Should -Throw 'upstream'
        $copy.ItemCount | Should -Be 6
        $copy.Dispose()
        Get-ErrorId { '{"key":"a","value":1}' | Import-StateItem -Store $copy } | Should -Be 'StoreClosed'
    }

    It 'take part in the transaction of the runspace, however the store is named: <Name>' -ForEach @(
        @{ Name = 'handle'; Run = { Import-StateItem $file -Store $store -BatchSize 2; Export-StateItem -Store $store } }
        @{ Name = 'path'; Run = { Import-StateItem $file -Path $path -BatchSize 2; Export-StateItem -Path $path } }
        @{ Name = 'literal path'; Run = { Import-StateItem $file -LiteralPath "$path/" -BatchSize 2; Export-StateItem -LiteralPath $path } }
        @{ Name = 'current'; Run = { Get-Content $file | Import-StateItem -BatchSize 2; Export-StateItem } }
    ) {
        Set-StateItem -Store $store before 0
        Set-Content $file (1..5 | ForEach-Object { "{`"key`":`"k$_`",`"value`":$_}" })
        $entries = @(Get-WalEntry -Store $store).Count
        $lines = Use-WalTransaction $store {
            param($tx)
            Set-StateItem own 1
            & $Run
            $tx.ChangeCount | Should -Be 6
            Get-StateItem k3 -ValueOnly | Should -Be 3
            @(Get-WalEntry -Store $store).Count | Should -Be $entries -Because 'nothing is committed before the transaction is'
            Invoke-Elsewhere { param($store) (Get-StateItem -Store $store).Key } $store | Should -Be 'before'
        }
        $lines | Should -Be (@('{"key":"before","value":0}') + (1..5 | ForEach-Object { "{`"key`":`"k$_`",`"value`":$_}" }) + '{"key":"own","value":1}')
        Export-StateItem -Store $store | Should -Be $lines
        $new = @(Get-WalEntry -Store $store) | Select-Object -Skip $entries
        $new.Count | Should -Be 6
        @($new.TransactionId | Sort-Object -Unique).Count | Should -Be 1
    }

    It 'leave nothing of an import whose transaction is rolled back' {
        Set-StateItem -Store $store kept 1
        $before = Export-StateItem -Store $store
        { Use-WalTransaction $store { 1..5 | ForEach-Object { "{`"key`":`"k$_`",`"value`":$_}" } | Import-StateItem -BatchSize 1; throw 'changed my mind' } } | Should -Throw 'changed my mind'
        { Use-WalTransaction $store { '{"key":"kept","value":2}', 'no line' | Import-StateItem } } | Should -Throw '*line 2*'
        $transaction = Start-WalTransaction -Store $store
        '{"key":"kept","value":3}' | Import-StateItem -Store $store
        Undo-WalTransaction $transaction
        Use-WalTransaction $store {
            try { Use-WalTransaction { '{"key":"inner","value":1}' | Import-StateItem; throw 'inner' } } catch { $null = $_ }
            Export-StateItem | Should -Be $before
        }
        Export-StateItem -Store $store | Should -Be $before
        @(Get-WalEntry -Store $store).Count | Should -Be 1
    }

    It 'return with -PassThru in a transaction what is in no log yet' {
        Use-WalTransaction $store {
            $items = '{"key":"a","value":1}', '{"key":"b","value":2}' | Import-StateItem -PassThru
            $items | ForEach-Object { "$($_.Key)=$($_.Value)" } | Should -Be 'a=1', 'b=2'
            $items.Lsn | Should -Be $null, $null
            $items.IsDurable | Should -Be $false, $false
        }
        Get-StateItem -Store $store b -ValueOnly | Should -Be 2
    }

    It 'import lines from before a transaction began by themselves, and those after it has ended, too' {
        $started = & { '{"key":"a","value":1}'; Start-WalTransaction -Store $store; '{"key":"b","value":1}' } | ForEach-Object { if ($_ -is [string]) { $_ } else { $transaction = $_ } } | Import-StateItem -Store $store
        $started | Should -BeNullOrEmpty
        Undo-WalTransaction $transaction
        (Get-StateItem -Store $store).Key | Should -Be 'a'
        & { $null = Start-WalTransaction -Store $store; '{"key":"c","value":1}'; Undo-WalTransaction; '{"key":"d","value":1}' } | Import-StateItem -Store $store
        (Get-StateItem -Store $store).Key | Should -Be 'a', 'd'
    }

    It 'export in a transaction the state it began with and its own changes, and have read no more than they were asked for' {
        'app/a', 'app/b', 'other' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        Use-WalTransaction $store {
            Set-StateItem app/c 2
            Remove-StateItem app/a
            Invoke-Elsewhere { param($store) Set-StateItem -Store $store other 9 } $store
            Export-StateItem 'app/*', 'app/c', 'app/b' | Should -Be '{"key":"app/b","value":1}', '{"key":"app/c","value":2}'
            Export-StateItem app/a -ErrorAction SilentlyContinue -ErrorVariable errors | Should -BeNullOrEmpty
            $errors.FullyQualifiedErrorId | Should -BeLike 'StateItemNotFound,*'
            Export-StateItem 'app/*' -Destination $file
        }
        Get-Content $file | Should -Be '{"key":"app/b","value":1}', '{"key":"app/c","value":2}'
        $conflict = Get-ErrorOf { Use-WalTransaction $store { $null = Export-StateItem; Invoke-Elsewhere { param($store) Set-StateItem -Store $store other 10 } $store; Set-StateItem app/d 1 } }
        $conflict.Exception | Should -BeOfType Persistence.Diagnostics.TransactionConflictException
    }

    It 'do not take part in a transaction on another store' {
        Use-WalTransaction $store { '{"key":"a","value":1}' | Import-StateItem -Store $copy; Undo-WalTransaction }
        (Get-StateItem -Store $copy).Key | Should -Be 'a'
        Get-StateItem -Store $store | Should -BeNullOrEmpty
    }

    It 'complete keys' {
        Set-StateItem -Store $store alpha 1
        @([System.Management.Automation.CommandCompletion]::CompleteInput('Export-StateItem -Path $path -Key a', 35, $null).CompletionMatches | ForEach-Object CompletionText) | Should -Be 'alpha'
    }
}
