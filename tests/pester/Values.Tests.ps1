BeforeDiscovery {
    # Value and, where it is not the value itself, what comes back.
    $scalars = @(
        @{ Name = 'null'; Value = $null }
        @{ Name = 'true'; Value = $true }
        @{ Name = 'string'; Value = 'text' }
        @{ Name = 'empty string'; Value = '' }
        @{ Name = 'emoji'; Value = '😀 日本' }
        @{ Name = 'char'; Value = [char]'x' }
        @{ Name = 'byte'; Value = [byte]200 }
        @{ Name = 'sbyte'; Value = [sbyte]-5 }
        @{ Name = 'int16'; Value = [int16]-300 }
        @{ Name = 'uint16'; Value = [uint16]65000 }
        @{ Name = 'int32'; Value = 1 }
        @{ Name = 'uint32'; Value = [uint32]::MaxValue }
        @{ Name = 'int64'; Value = 1L }
        @{ Name = 'uint64'; Value = [uint64]::MaxValue }
        @{ Name = 'single'; Value = [single]1.5 }
        @{ Name = 'double'; Value = [double]::NaN }
        @{ Name = 'decimal'; Value = 1.10d }
        @{ Name = 'bigint'; Value = [bigint]::Parse('123456789012345678901234567890') }
        @{ Name = 'date, utc'; Value = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Utc) }
        @{ Name = 'date, unspecified'; Value = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Unspecified) }
        @{ Name = 'date, local'; Value = [datetime]::new(2024, 2, 29, 12, 0, 0, [DateTimeKind]::Local) }
        @{ Name = 'date with offset'; Value = [datetimeoffset]::new(2024, 2, 29, 12, 0, 0, [timespan]::FromHours(2)) }
        @{ Name = 'time span'; Value = [timespan]::FromSeconds(1.5) }
        @{ Name = 'guid'; Value = [guid]'3c7f2a0e-5a6b-4c55-9a40-5d0f6c1e8b72' }
        @{ Name = 'version'; Value = [version]'1.2.3' }
        @{ Name = 'uri'; Value = [uri]'https://example.org/a?b=c' }
        @{ Name = 'enum'; Value = [DayOfWeek]::Friday }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # Through the log, the state, a checkpoint, and the files.
    function Get-RoundTripped($Value) {
        Set-StateItem -Store $store k $Value
        $live = Get-StateItem -Store $store k
        $entry = Get-WalEntry -Store $store -Key k -Last 1
        $null = New-Checkpoint -Store $store
        $stored = Get-StateItem -Path $path k
        Assert-Same $live.Value $stored.Value
        Assert-Same $live.Value $entry.Value
        , $stored.Value
    }

    function Assert-Same($Left, $Right) {
        [System.Management.Automation.PSSerializer]::Serialize($Left, 80) | Should -BeExactly ([System.Management.Automation.PSSerializer]::Serialize($Right, 80))
    }
}

Describe 'Values' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'come back as they were: <Name>' -ForEach $scalars {
        $back = Get-RoundTripped $Value
        if ($null -eq $Value) { $null -eq $back | Should -BeTrue }
        else {
            $back.GetType() | Should -Be $Value.GetType()
            $back.Equals($Value) | Should -BeTrue
        }
        if ($Value -is [datetime]) { $back.Kind | Should -Be $Value.Kind }
        if ($Value -is [datetimeoffset]) { $back.Offset | Should -Be $Value.Offset }
        if ($Value -is [decimal]) { "$back" | Should -Be '1.10' }
    }

    It 'keep bytes as bytes' {
        $back = Get-RoundTripped ([byte[]](1, 2, 255))
        , $back | Should -BeOfType byte[]
        $back | Should -Be 1, 2, 255
    }

    It 'keep arrays of <Count>' -ForEach @(@{ Count = 0 }, @{ Count = 1 }, @{ Count = 3 }) {
        $array = [object[]]@(for ($i = 0; $i -lt $Count; $i++) { $i })
        $back = Get-RoundTripped $array
        , $back | Should -BeOfType object[]
        $back.Count | Should -Be $Count
    }

    It 'keep the element type of typed arrays' {
        $back = Get-RoundTripped ([int[]](1, 2))
        , $back | Should -BeOfType int[]
        , (Get-RoundTripped ([string[]]('a', $null))) | Should -BeOfType string[]
    }

    It 'keep nulls and nested empty arrays where they are' {
        $back = Get-RoundTripped @($null, @(), @(, @()), $null)
        $back.Count | Should -Be 4
        $null -eq $back[0] | Should -BeTrue
        , $back[1] | Should -BeOfType object[]
        $back[1].Count | Should -Be 0
        $back[2].Count | Should -Be 1
        $back[2][0].Count | Should -Be 0
    }

    It 'keep hashtables, whose keys compare as PowerShell''s do' {
        $back = Get-RoundTripped @{ Name = 'x'; 5 = 'five'; [DayOfWeek]::Monday = 1 }
        $back | Should -BeOfType hashtable
        $back['NAME'] | Should -Be 'x'
        $back[5] | Should -Be 'five'
        $back[[DayOfWeek]::Monday] | Should -Be 1
        $back.Count | Should -Be 3
    }

    It 'keep a hashtable that tells cases apart, with all its keys' {
        $exact = [hashtable]::new([StringComparer]::Ordinal)
        $exact['a'] = 1
        $exact['A'] = 2
        $back = Get-RoundTripped $exact
        $back['a'] | Should -Be 1
        $back['A'] | Should -Be 2
    }

    It 'keep the order of ordered dictionaries' {
        $back = Get-RoundTripped ([ordered]@{ z = 1; a = 2; M = 3 })
        $back | Should -BeOfType System.Collections.Specialized.OrderedDictionary
        $back.Keys | Should -Be 'z', 'a', 'M'
        $back['m'] | Should -Be 3
    }

    It 'keep custom objects, nested, in order, with their type names' {
        $value = [pscustomobject]@{
            PSTypeName = 'Inventory.Host'
            Name = 'web'
            Disks = @([pscustomobject]@{ Size = 1L }, [pscustomobject]@{ Size = 2L })
            Tags = @{ a = @(1) }
        }
        $back = Get-RoundTripped $value
        $back.pstypenames | Should -Be 'Inventory.Host', 'System.Management.Automation.PSCustomObject', 'System.Object'
        $back.psobject.Properties.Name | Should -Be 'Name', 'Disks', 'Tags'
        $back.Disks[1].Size | Should -BeOfType long
        $back.Tags.A.Count | Should -Be 1
        $back | Should -BeOfType pscustomobject
    }

    It 'keep what an object computes for itself, as it was then' {
        $value = [pscustomobject]@{ a = 2 } | Add-Member -PassThru -MemberType ScriptProperty -Name Twice -Value { $this.a * 2 }
        (Get-RoundTripped $value).Twice | Should -Be 4
    }

    It 'lose the extended properties of a string, and only these' {
        $value = 'text' | Add-Member -PassThru -NotePropertyName Extra -NotePropertyValue 1
        $back = Get-RoundTripped $value
        $back | Should -BeExactly 'text'
        $back.psobject.Properties['Extra'] | Should -BeNullOrEmpty
        Set-Content (Join-Path $directory f) 'one line'
        Get-RoundTripped (Get-Content (Join-Path $directory f)) | Should -BeExactly 'one line'
    }

    It 'take an enumeration that is not loaded as its number with its name' {
        Add-Type "namespace Probe { public enum Colour : short { Red = 3 } }"
        Set-StateItem -Store $store k ([Probe.Colour]::Red)
        (Get-StateItem -Store $store k).Value | Should -Be ([Probe.Colour]::Red)
        $store.Dispose()
        $script = Join-Path $directory 'read.ps1'
        Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $v = (Get-StateItem -Path $path k).Value; "$($v.GetType().Name) $($v.TypeName) $($v.Value) $($v.Value.GetType().Name)"'
        $child = Start-Child $script $path
        Read-Line $child | Should -Be 'UnresolvedEnum Probe.Colour 3 Int16'
        $child.WaitForExit()
    }

    It 'read a CSV row, a JSON document and selected properties back as they are' {
        $json = '{"a":[1,2,{"b":null}],"c":{"d":1.5}}' | ConvertFrom-Json
        Assert-Same (Get-RoundTripped $json) $json
        $row = "A,B`n1,two" | ConvertFrom-Csv
        Assert-Same (Get-RoundTripped $row) $row
        $selected = Get-Item $PSScriptRoot | Select-Object Name, @{ n = 'Length'; e = { 5 } }
        Assert-Same (Get-RoundTripped $selected) $selected
    }

    It 'of 64 levels are kept' {
        $value = 1
        1..64 | ForEach-Object { $value = [object[]]@(, $value) }
        Set-StateItem -Store $store k $value
        $depth = 0
        for ($at = (Get-StateItem -Store $store k).Value; $at -is [array]; $at = $at[0]) { $depth++ }
        $depth | Should -Be 64
    }

    Context 'that are not data' {
        BeforeAll {
            $refused = @{
                'a script block' = @{ Value = { 1 }; Path = '$' }
                'a script block inside' = @{ Value = @{ a = @(1, @{ b = { 1 } }) }; Path = '$.a[1].b' }
                'a credential' = @{ Value = [pscustomobject]@{ servers = @(0, 1, 2, @{ credential = [pscredential]::new('u', [securestring]::new()) }) }; Path = '$.servers[3].credential' }
                'a secure string' = @{ Value = @(, [securestring]::new()); Path = '$[0]' }
                'a process' = @{ Value = [pscustomobject]@{ p = Get-Process -Id $PID }; Path = '$.p' }
                'a stream' = @{ Value = @{ s = [IO.MemoryStream]::new() }; Path = '$.s' }
                'a delegate' = @{ Value = @{ d = [Action] { } }; Path = '$.d' }
                'a type' = @{ Value = [string]; Path = '$' }
                'an array of two dimensions' = @{ Value = [int[,]]::new(1, 1); Path = '$' }
            }
            $table = @{}
            $table.self = @{ table = $table }
            $refused['a hashtable that contains itself'] = @{ Value = $table; Path = '$.self.table' }
            $list = [Collections.ArrayList]::new()
            $null = $list.Add(@(, $list))
            $refused['a list that contains itself'] = @{ Value = $list; Path = '$[0][0]' }
            $custom = [pscustomobject]@{ child = [pscustomobject]@{ parent = $null } }
            $custom.child.parent = $custom
            $refused['an object that contains itself'] = @{ Value = $custom; Path = '$.child.parent' }
            $deep = 1
            1..65 | ForEach-Object { $deep = [object[]]@(, $deep) }
            $refused['65 levels'] = @{ Value = $deep; Path = '$' + '[0]' * 64 }
        }

        It 'are refused with the path to the place, and nothing is logged: <_>' -ForEach @(
            'a script block', 'a script block inside', 'a credential', 'a secure string', 'a process', 'a stream', 'a delegate', 'a type',
            'an array of two dimensions', 'a hashtable that contains itself', 'a list that contains itself', 'an object that contains itself', '65 levels'
        ) {
            $case = $refused[$_]
            $failure = Get-ErrorOf { Add-WalEntry -Store $store -Key k -Value $case.Value }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ValueNotSupported,*'
            $failure.Exception.ValuePath | Should -BeExactly $case.Path
            $failure.TargetObject | Should -Be 'k'
            $failure.CategoryInfo.Category | Should -Be 'InvalidType'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-WalEntry -Store $store | Should -BeNullOrEmpty
        }

        It 'do not keep the rest of the pipeline from being stored' {
            $errors = @()
            1, { code }, 3 | Add-WalEntry -Store $store -Type t -ErrorAction SilentlyContinue -ErrorVariable errors
            (Get-WalEntry -Store $store).Value | Should -Be 1, 3
            $errors.Count | Should -Be 1
        }

        It 'name no content in the error' {
            $failure = Get-ErrorOf { Add-WalEntry -Store $store -Key k -Value @{ a = 'topsecret'; b = { 'hidden' } } }
            ($failure | Out-String) + ($failure | Format-List -Force | Out-String) | Should -Not -Match 'topsecret|hidden'
        }
    }
}
