BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    function New-SampleTable($Store) {
        $null = New-EntityTable -Store $Store Process ([ordered]@{ Name = 'String'; Id = 'Int32'; Parent = 'Reference'; Tags = 'String[]'; Started = 'Time' })
        $null = New-EntityTable -Store $Store Owner ([ordered]@{ User = 'String'; Level = @{ Type = 'Int32'; Default = 5 } })
        $null = New-EntityTable -Store $Store Memory ([ordered]@{ Bytes = 'Int64'; Share = 'Float64'; Children = 'Reference[]' })
        $null = New-EntityTable -Store $Store Gone
    }

    # Everything there is, for comparing.
    function Get-State($Store) {
        Get-Entity -Store $Store | Sort-Object { $_.Id.Value } | ForEach-Object {
            foreach ($table in $_.Tables) {
                $component = $_.Components[$table]
                "$($_.Id) $table $(@($component.PSObject.Properties | ForEach-Object { "$($_.Name)=$($_.Value -join ',')" }) -join ' ')"
            }
            if ($_.Tables.Count -eq 0) { "$($_.Id)" }
        }
    }
}

Describe 'Entities' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        New-SampleTable $store
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'that are created' {
        It 'have the components of a hashtable, and are returned' {
            $entity = New-Entity -Store $store -Component @{ Process = @{ Name = 'pwsh'; Id = 4 }; Owner = @{ User = 'me' } }
            $entity | Should -BeOfType PersistenceModule.EntityInfo
            $entity.Id | Should -BeOfType Persistence.Entities.EntityId
            $entity.Process.Name | Should -Be 'pwsh'
            $entity.Process.Id | Should -BeOfType int
            $entity.Owner.Level | Should -Be 5
            $entity.Tables | Should -Be 'Process', 'Owner'
            $entity.StorePath | Should -Be $path
            "$entity" | Should -Be '0.1'
            $store.EntityCount | Should -Be 1
        }

        It 'may have none' {
            (New-Entity -Store $store).Tables | Should -BeNullOrEmpty
            (New-Entity -Store $store @{}).Tables | Should -BeNullOrEmpty
            @($store | New-Entity).Count | Should -Be 1
            @(Get-Entity -Store $store).Count | Should -Be 3
        }

        It 'take any dictionary, and custom objects, and what is wrapped' {
            $generic = [System.Collections.Generic.Dictionary[string, object]]::new()
            $generic['Owner'] = [pscustomobject]@{ user = 'a'; LEVEL = (Write-Output 7) }
            (New-Entity -Store $store $generic).Owner.Level | Should -Be 7
            (New-Entity -Store $store ([ordered]@{ process = [ordered]@{ name = 'x' } })).Process.Name | Should -Be 'x'
            (New-Entity -Store $store ([pscustomobject]@{ Owner = $generic['Owner']; Gone = @{} })).Tables | Should -Be 'Owner', 'Gone'
        }

        It 'take those properties of other objects that are called like fields' {
            $null = New-EntityTable -Store $store File ([ordered]@{ Name = 'String'; Length = 'Int64'; LastWriteTimeUtc = 'Time'; Note = 'String' })
            $file = Join-Path $directory 'a.txt'
            Set-Content -LiteralPath $file -NoNewline '12345'
            $entity = New-Entity -Store $store @{ File = Get-Item $file }
            $entity.File.Name, $entity.File.Length, $entity.File.Note | Should -Be 'a.txt', 5, $null
            $entity.File.LastWriteTimeUtc.UtcDateTime | Should -Be (Get-Item $file).LastWriteTimeUtc
            (Get-Item $file | New-Entity -Store $store -Table File).File.Length | Should -Be 5
        }

        It 'come from the pipeline, each a commit of its own' {
            $entities = 1..5 | ForEach-Object { @{ Process = @{ Id = $_ } } } | New-Entity -Store $store
            $entities.Process.Id | Should -Be 1, 2, 3, 4, 5
            @(Get-WalEntry -Store $store -Kind EntityCreated).Count | Should -Be 5
            @(Get-WalEntry -Store $store -Kind EntityCreated | Where-Object TransactionId).Count | Should -Be 0
        }

        It 'have the values of one table with -Table' {
            $entities = 'a', 'b' | ForEach-Object { [pscustomobject]@{ User = $_ } } | New-Entity -Store $store -Table Owner
            $entities.Owner.User | Should -Be 'a', 'b'
            (New-Entity -Store $store -Table Gone -Component @{}).Tables | Should -Be 'Gone'
        }

        It 'have a component with defaults with -Table alone' {
            (New-Entity -Store $store -Table Owner).Owner.Level | Should -Be 5
            ($store | New-Entity -Table Gone).Tables | Should -Be 'Gone'
            Use-WalStore $path { (New-Entity -Table Owner -AsTransaction).Owner.Level } | Should -Be 5
            Get-ErrorId { New-Entity -Store $store -Table Owner -Component $null } | Should -Be 'ItemInvalid'
        }

        It 'can be copies' {
            $one = New-Entity -Store $store @{ Process = @{ Name = 'x'; Tags = 'a', 'b'; Started = [datetime]::UtcNow }; Gone = @{} }
            $two = $one | New-Entity -Store $store
            $two.Id | Should -Not -Be $one.Id
            ($two.Process | ConvertTo-Json) | Should -Be ($one.Process | ConvertTo-Json)
            $two.Tables | Should -Be 'Process', 'Gone'
        }

        It 'as one transaction come all together' {
            $entities = 1..3 | ForEach-Object { @{ Process = @{ Id = $_ } } } | New-Entity -Store $store -AsTransaction
            $entities.Process.Id | Should -Be 1, 2, 3
            $logged = @(Get-WalEntry -Store $store -Kind EntityCreated)
            $logged.Count | Should -Be 3
            @($logged.TransactionId | Select-Object -Unique).Count | Should -Be 1
        }

        It 'as one transaction have what was in the objects when they came' {
            $one = @{ Process = @{ Id = 0 } }
            $bytes = [string[]]::new(1)
            $entities = 1..3 | ForEach-Object { $bytes[0] = "$_"; $one.Process = @{ Id = $_; Tags = $bytes }; $one } | New-Entity -Store $store -AsTransaction
            $entities.Process.Id | Should -Be 1, 2, 3
            $entities.Process.Tags | Should -Be '1', '2', '3'
        }

        It 'as one transaction come not at all when one of them cannot be written' {
            try { 1, 'no', 3, 'neither' | ForEach-Object { @{ Process = @{ Id = $_ } } } | New-Entity -Store $store -AsTransaction -ErrorAction SilentlyContinue -ErrorVariable failures }
            catch { $end = $_ }
            $end.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
            $end.Exception.Message | Should -BeLike '2 of 4 items*'
            @($failures | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -like 'ComponentTypeMismatch,*' }).Count | Should -Be 2
            $store.EntityCount | Should -Be 0
            @(Get-WalEntry -Store $store -Kind EntityCreated).Count | Should -Be 0
        }

        It 'as one transaction are not there when what feeds it fails' {
            { 1..3 | ForEach-Object { if ($_ -eq 3) { throw 'no' }; @{ Process = @{ Id = $_ } } } | New-Entity -Store $store -AsTransaction } | Should -Throw 'no'
            $store.EntityCount | Should -Be 0
        }

        It 'that cannot be written are reported, and the others are written' {
            $null = 1, 'x', 3 | ForEach-Object { @{ Process = @{ Id = $_ } } } | New-Entity -Store $store -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures.Count | Should -Be 1
            $failures[0].Exception.Message | Should -BeLike "*'Id'*'Process'*Int32*"
            (Get-Entity -Store $store).Process.Id | Sort-Object | Should -Be 1, 3
        }

        It 'that cannot be written can be had from their errors, to be given again' {
            $rows = 'User,Level', 'a,1', 'b,x', 'c,' | ConvertFrom-Csv
            $null = $rows | New-Entity -Store $store -Table Owner -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures.TargetObject.User | Should -Be 'b', 'c'
            try { $null = $rows | New-Entity -Store $store -Table Owner -AsTransaction -ErrorAction SilentlyContinue -ErrorVariable failures } catch { $null = $_ }
            @($failures | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -like 'ComponentTypeMismatch,*' }).TargetObject.User | Should -Be 'b', 'c'
            $dangling = [pscustomobject]@{ Parent = '7.1' }
            $failure = Get-ErrorOf { $dangling | New-Entity -Store $store -Table Process }
            $failure.TargetObject.Parent | Should -Be '7.1'
            (Get-Entity -Store $store).Owner.User | Should -Be 'a'
        }

        It 'are created by path too' {
            $store.Dispose()
            (New-Entity -Path $path @{ Gone = @{} }).Tables | Should -Be 'Gone'
            (New-Entity -LiteralPath $path @{ Gone = @{} }).Id | Should -Be '1.1'
            Use-WalStore $path { (New-Entity).Id } | Should -Be '2.1'
            Get-WalStore | Should -BeNullOrEmpty
        }
    }

    Context 'that are read' {
        BeforeEach {
            $parent = New-Entity -Store $store @{ Process = @{ Name = 'init'; Id = 1 } }
            $child = New-Entity -Store $store @{ Process = @{ Name = 'pwsh'; Id = 4; Parent = $parent; Tags = 'a', 'b' }; Owner = @{ User = 'me' }; Memory = @{ Bytes = 100; Children = $parent, $parent.Id } }
        }

        It 'are found by their ids, however these are given' {
            (Get-Entity 1.1 -Store $store).Process.Name | Should -Be 'pwsh'
            Use-WalStore $path -ReadOnly { (Get-Entity 1.1).Process.Name } | Should -Be 'pwsh'
            (Get-Entity -Store $store '0.1', $child.Id).Process.Id | Should -Be 1, 4
            (Get-Entity -Store $store 0.1, 1.1).Process.Id | Should -Be 1, 4
            ('1.1', '0.1' | Get-Entity -Store $store).Process.Id | Should -Be 4, 1
            ($child, $parent | Get-Entity).Process.Id | Should -Be 4, 1
            ($child.Process.Parent | Get-Entity -Store $store).Process.Name | Should -Be 'init'
            ($child.Memory.Children | Get-Entity -Store $store).Process.Name | Should -Be 'init', 'init'
            (Get-Entity -Store $store $child.Memory.Children).Process.Name | Should -Be 'init', 'init'
            ([pscustomobject]@{ Id = '0.1' } | Get-Entity -Store $store).Process.Id | Should -Be 1
            ([pscustomobject]@{ Entity = '0.1' } | Get-Entity -Store $store).Process.Id | Should -Be 1
            @(Get-Entity -Store $store).Count | Should -Be 2
        }

        It 'are not taken for another one when an id was made a number' {
            10..12 | ForEach-Object { New-Entity -Store $store @{ Process = @{ Id = $_ } } | Remove-Entity }
            $number = 1.10
            Get-ErrorId { Get-Entity -Store $store $number } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { 1.10 | Get-Entity -Store $store } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { [pscustomobject]@{ Id = 1.10 } | Get-Entity -Store $store } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { Get-Entity -Store $store 1.10, 0.1 } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { Get-Entity -Store $store 1.10 } | Should -Be 'EntityNotFound'
            Get-ErrorId { Get-Entity -Store $store -Id:1.10 } | Should -Be 'EntityNotFound'
            (Get-Entity -Store $store `
                1.1).Process.Id | Should -Be 4
            # Slot 2 has had three entities by now.
            $tenth = 4..10 | ForEach-Object { $entity = New-Entity -Store $store; $entity; $entity | Remove-Entity } | Select-Object -Last 1
            $tenth.Id | Should -Be '2.10'
            Get-ErrorId { Get-Entity -Store $store 2.10 } | Should -Be 'StaleEntity'
            (Get-ErrorOf { Get-Entity -Store $store 2.10 }).Exception.Message | Should -BeLike '*2.10*'
        }

        It 'have only the components that are asked for' {
            $entity = Get-Entity $child -Component owner, Gone
            $entity.Owner.User | Should -Be 'me'
            $entity.Components.Keys | Should -Be 'Owner'
            $entity.Tables | Should -Be 'Process', 'Owner', 'Memory'
            $entity.PSObject.Properties['Process'] | Should -BeNullOrEmpty
            (Get-Entity -Store $store -Component Owner | Where-Object Id -eq '1.1').Owner.User | Should -Be 'me'
        }

        It 'have their components under other names where a table is called like something else' {
            foreach ($name in 'Id', 'Tables', 'Components', 'Value', 'ToString', 'Count') { $null = New-EntityTable -Store $store $name @{ X = 'Int32' } }
            $entity = New-Entity -Store $store @{ Id = @{ X = 1 }; Tables = @{ X = 2 }; Components = @{ X = 3 }; Value = @{ X = 4 }; ToString = @{ X = 5 }; Count = @{ X = 6 } }
            $entity.Id | Should -Be '2.1'
            "$entity" | Should -Be '2.1'
            $entity.Components.Id.X, $entity.Components.Tables.X, $entity.Components['Components'].X, $entity.Components.Value.X, $entity.Components.toString.X, $entity.Components.Count.X | Should -Be 1, 2, 3, 4, 5, 6
            $entity.Count.X | Should -Be 6
            ($entity | Get-Entity).Components.Id.X | Should -Be 1
            $entity | Set-EntityComponent -Table Value -Value @{ X = 9 }
            ($entity | Get-Entity).Components.Value.X | Should -Be 9
        }

        It 'have components that are plain objects' {
            $component = (Get-Entity $child).Process
            $component.PSObject.Properties.Name | Should -Be 'Name', 'Id', 'Parent', 'Tags', 'Started'
            $component.Parent | Should -BeOfType Persistence.Entities.EntityId
            (Get-Entity $parent).Process.Parent | Should -BeNull
            , $component.Tags | Should -BeOfType string[]
            ($component | ConvertTo-Csv)[1] | Should -BeLike '"pwsh","4","0.1",*'
        }

        It 'are read by path beside a writer, and not from another process''s memory' {
            (Get-Entity -Path $path 1.1).Process.Name | Should -Be 'pwsh'
            $child = Start-Child (New-Item (Join-Path $directory read.ps1) -Value "Import-Module `$env:PERSISTENCE_TEST_MODULE; (Get-Entity -Path '$path' 1.1).Owner.User; (Find-Entity -Path '$path' Owner).Id").FullName
            Read-Line $child | Should -Be 'me'
            $child.StandardOutput.ReadToEnd() | Should -Match '1\.1'
            $child.WaitForExit()
        }

        It 'are shown' {
            $shown = Get-Entity -Store $store | Out-String -Width 160
            $shown | Should -Match '1\.1 Process, Owner, Memory +Process: Name=pwsh, Id=4, Parent=0\.1, Tags=a b'
            Get-Entity $child | Format-List | Out-String -Width 160 | Should -Match 'Owner: User=me, Level=5'
            $child.Id | Out-String | Should -Match '^\s*1\.1\s*$'
        }
    }

    Context 'that are found' {
        BeforeEach {
            $null = 1..20 | ForEach-Object { @{ Process = @{ Name = "Name$_"; Id = $_; Tags = "t$_", 'All' }; Memory = @{ Bytes = $_ * 10; Share = $_ / 2 } } } | New-Entity -Store $store -AsTransaction
            Find-Entity -Store $store -Field Process.Id -LessOrEqual 5 | Set-EntityComponent -Table Owner -Value @{ User = 'me' }
            Find-Entity -Store $store -Field Process.Id -Equal 3 | Set-EntityComponent -Table Gone
            function Find-Id { (Find-Entity -Store $store @args).Process.Id | Sort-Object }
        }

        It 'have some components and not others' {
            Find-Id Process, Owner | Should -Be (1..5)
            Find-Id -With Process, Owner -Without Gone | Should -Be 1, 2, 4, 5
            Find-Id -With Gone | Should -Be 3
            @(Find-Entity -Store $store).Count | Should -Be 20
            @(Find-Entity -Store $store -Without Owner).Count | Should -Be 15
        }

        It 'have a field that passes a test: <Test>' -ForEach @(
            @{ Test = '-Equal'; Arguments = @{ Field = 'Process.Name'; Equal = 'name7' }; Ids = 7 }
            @{ Test = '-NotEqual'; Arguments = @{ Field = 'Process.Id'; NotEqual = 7; With = 'Owner' }; Ids = 1..5 }
            @{ Test = '-GreaterThan'; Arguments = @{ Field = 'Process.Id'; GreaterThan = 18 }; Ids = 19, 20 }
            @{ Test = '-GreaterOrEqual'; Arguments = @{ Field = 'Memory.Bytes'; GreaterOrEqual = 190 }; Ids = 19, 20 }
            @{ Test = '-LessThan'; Arguments = @{ Field = 'Memory.Share'; LessThan = 1.5 }; Ids = 1, 2 }
            @{ Test = '-LessOrEqual'; Arguments = @{ Field = 'memory.share'; LessOrEqual = 1.5 }; Ids = 1, 2, 3 }
            @{ Test = '-Contains of text'; Arguments = @{ Field = 'Process.Name'; Contains = 'E2' }; Ids = 2, 20 }
            @{ Test = '-Contains of an array'; Arguments = @{ Field = 'Process.Tags'; Contains = 'T4' }; Ids = 4 }
            @{ Test = '-StartsWith'; Arguments = @{ Field = 'Process.Name'; StartsWith = 'name1' }; Ids = 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 }
            @{ Test = '-CaseSensitive'; Arguments = @{ Field = 'Process.Name'; Equal = 'name7'; CaseSensitive = $true }; Ids = $null }
            @{ Test = 'several'; Arguments = @{ Field = 'Process.Id'; GreaterThan = 3; LessThan = 6 }; Ids = 4, 5 }
            @{ Test = 'the short names'; Arguments = @{ Field = 'Process.Id'; ge = 3; lt = 5; ne = 3 }; Ids = 4 }
            @{ Test = 'a number as text'; Arguments = @{ Field = 'Process.Id'; eq = '12' }; Ids = 12 }
            @{ Test = 'a fraction: greater'; Arguments = @{ Field = 'Process.Id'; GreaterThan = 17.5; LessThan = 19.5 }; Ids = 18, 19 }
            @{ Test = 'a fraction: greater or equal'; Arguments = @{ Field = 'Process.Id'; GreaterOrEqual = [decimal] 17.5; LessOrEqual = [decimal] 19.5 }; Ids = 18, 19 }
            @{ Test = 'no fraction after the point'; Arguments = @{ Field = 'Process.Id'; GreaterThan = 17.0; LessOrEqual = 19.0 }; Ids = 18, 19 }
            @{ Test = 'an array'; Arguments = @{ Field = 'Process.Tags'; Equal = 'T4', 'all' }; Ids = 4 }
            @{ Test = 'null'; Arguments = @{ Field = 'Process.Parent'; NotEqual = $null }; Ids = $null }
        ) {
            (Find-Entity -Store $store @Arguments).Process.Id | Sort-Object | Should -Be $Ids
        }

        It 'refer to another' {
            $one = Find-Entity -Store $store -Field Process.Id -eq 1
            Find-Entity -Store $store -Field Process.Id -gt 18 | Set-EntityComponent -Table Process -Value @{ Parent = $one }
            Find-Id -Field Process.Parent -Equal $one | Should -Be 19, 20
            Find-Id -Field Process.Parent -Equal $one.Id | Should -Be 19, 20
            Find-Id -Field Process.Parent -Equal $one.Id.ToString() | Should -Be 19, 20
            @(Find-Entity -Store $store -Field Process.Parent -Equal $null).Count | Should -Be 18
        }

        It 'are as many as are asked for, and no more are read than somebody takes' {
            @(Find-Entity -Store $store Process -First 3).Count | Should -Be 3
            @(Find-Entity -Store $store Process | Select-Object -First 2).Count | Should -Be 2
            (Find-Entity -Store $store Process -First 1 -Component Memory).Components.Keys | Should -Be 'Memory'
        }

        It 'are of one moment, however the store is changed meanwhile' {
            # Each that is found is deleted, and another is made.
            $seen = Find-Entity -Store $store Process | ForEach-Object { $_ | Remove-Entity; $null = New-Entity -Store $store @{ Process = @{ Id = 99 } }; $_.Process.Id }
            $seen | Sort-Object | Should -Be (1..20)
            (Get-Entity -Store $store).Process.Id | Should -Be (@(99) * 20)
        }

        It 'come one by one' {
            $events = [System.Collections.Generic.List[string]]::new()
            Find-Entity -Store $store Process -First 2 | ForEach-Object { $events.Add("found $($_.Process.Id -gt 0)"); $_ } | ForEach-Object { $events.Add('taken') }
            $events | Should -Be 'found True', 'taken', 'found True', 'taken'
        }

        It 'are not looked for any more once the pipeline is stopped' {
            $null = 1..3000 | ForEach-Object { @{ Gone = @{} } } | New-Entity -Store $store -AsTransaction
            $running = Start-Runspace { param($store) Find-Entity -Store $store Gone | ForEach-Object { $_.Id; [Threading.Thread]::Sleep(5) } } $store
            Wait-Until { $running.Output.Count -gt 0 }
            Stop-Runspace $running
            $running.Output.Count | Should -BeLessThan 3000
        }

        It 'are a mistake without a field, or without a test' {
            Get-ErrorId { Find-Entity -Store $store -Equal 3 } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { Find-Entity -Store $store -Field Process.Id } | Should -Be 'ArgumentInvalid'
            Get-ErrorId { Find-Entity -Store $store -Field Id -Equal 3 } | Should -Be 'ArgumentInvalid'
        }
    }

    Context 'with components that are set' {
        BeforeEach { $entity = New-Entity -Store $store @{ Owner = @{ User = 'me'; Level = 7 } } }

        It 'keep the fields that are left out' {
            Set-EntityComponent -Store $store 0.1 Owner @{ User = 'you' } | Should -BeNullOrEmpty
            (Get-Entity $entity).Owner.User, (Get-Entity $entity).Owner.Level | Should -Be 'you', 7
            (Get-WalEntry -Store $store -Last 1).Kind | Should -Be 'ComponentChanged'
        }

        It 'get one that was not there, with defaults' {
            $set = Set-EntityComponent -Entity $entity -Table Memory -Value @{ Bytes = 1GB } -PassThru
            $set.Entity, $set.Table, $set.Value.Bytes, $set.Value.Share | Should -Be '0.1', 'Memory', 1GB, 0
            (Get-WalEntry -Store $store -Last 1).Kind | Should -Be 'ComponentAdded'
            Set-EntityComponent -Entity $entity -Table Gone
            (Get-Entity $entity).Tables | Should -Be 'Owner', 'Memory', 'Gone'
        }

        It 'get the defaults of the fields that are left out with -Replace' {
            Set-EntityComponent -Entity $entity -Table Owner -Value @{ User = 'you' } -Replace
            (Get-Entity $entity).Owner.User, (Get-Entity $entity).Owner.Level | Should -Be 'you', 5
            $entity | Set-EntityComponent -Table Memory -Replace
            (Get-Entity $entity).Memory.Bytes | Should -Be 0
        }

        It 'are set for many, each by itself or all together' {
            $all = @($entity) + @(1..3 | ForEach-Object { @{} } | New-Entity -Store $store)
            $all | Set-EntityComponent -Table Owner -Value @{ User = 'all' } -AsTransaction
            (Get-Entity -Store $store).Owner.User | Should -Be 'all', 'all', 'all', 'all'
            @(Get-WalEntry -Store $store -Last 4).TransactionId | Select-Object -Unique | Should -HaveCount 1
            $all[3] | Remove-Entity
            { $all | Set-EntityComponent -Table Owner -Value @{ User = 'none' } -AsTransaction -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'TransactionAborted,*'
            (Get-Entity -Store $store).Owner.User | Should -Be 'all', 'all', 'all'
            $all | Set-EntityComponent -Table Owner -Value @{ User = 'some' } -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures.FullyQualifiedErrorId | Should -BeLike 'StaleEntity,*'
            (Get-Entity -Store $store).Owner.User | Should -Be 'some', 'some', 'some'
        }

        It 'twice in one transaction are added, and then changed' {
            $two = New-Entity -Store $store
            [pscustomobject]@{ Entity = $two.Id; Table = 'Owner'; Value = @{ User = 'a' } }, [pscustomobject]@{ Entity = $two.Id; Table = 'owner'; Value = @{ Level = 1 } } | Set-EntityComponent -Store $store -AsTransaction
            (Get-Entity $two).Owner.User, (Get-Entity $two).Owner.Level | Should -Be 'a', 1
        }

        It 'are set by several runspaces at once, and nothing is lost' {
            $shared = New-Entity -Store $store
            $running = 1..4 | ForEach-Object {
                Start-Runspace { param($store, $id, $number) 1..50 | ForEach-Object { Set-EntityComponent -Store $store $id Memory @{ Bytes = $_ } -ErrorAction Stop; Set-EntityComponent -Store $store $id Owner @{ Level = $number } -ErrorAction Stop; Remove-EntityComponent -Store $store $id Owner -ErrorAction SilentlyContinue } } $store, $shared.Id, $_
            }
            $running | ForEach-Object { Wait-Runspace $_ | Should -BeNullOrEmpty }
            (Get-Entity $shared).Memory.Bytes | Should -Be 50
        }

        It 'are read as components, or as their values alone' {
            $entity | Set-EntityComponent -Table Memory -Value @{ Bytes = 5 }
            $two = New-Entity -Store $store @{ Memory = @{ Bytes = 6 } }
            (Get-EntityComponent 0.1 -Store $store).Table | Should -Be 'Owner', 'Memory'
            (Get-EntityComponent $entity Memory).Value.Bytes | Should -Be 5
            (Get-EntityComponent $entity, $two Memory -ValueOnly).Bytes | Should -Be 5, 6
            (Get-EntityComponent -Store $store -Table Memory -ValueOnly).Bytes | Sort-Object | Should -Be 5, 6
            @(Get-EntityComponent -Store $store).Count | Should -Be 3
            Get-EntityComponent $two Memory | Out-String | Should -Match '1\.1 Memory +Bytes=6'
            Get-EntityComponent $two Memory | Format-List | Out-String | Should -Match 'Bytes=6'
        }

        It 'go from one entity to another through the pipeline' {
            $two = New-Entity -Store $store
            Get-EntityComponent $entity | Set-EntityComponent -Entity $two -Store $store
            (Get-Entity $two).Owner.Level | Should -Be 7
            Get-EntityComponent $two Owner | Remove-EntityComponent
            (Get-Entity $two).Tables | Should -BeNullOrEmpty
        }

        It 'are removed' {
            Set-EntityComponent -Entity $entity -Table Gone
            $entity | Remove-EntityComponent -Table Owner, Gone
            (Get-Entity $entity).Tables | Should -BeNullOrEmpty
        }
    }

    Context 'that are removed' {
        It 'are gone with their components, and their ids are not used again' {
            $entity = New-Entity -Store $store @{ Owner = @{} }
            Remove-Entity -Store $store 0.1 | Should -BeNullOrEmpty
            Get-ErrorId { Get-Entity -Store $store 0.1 } | Should -Be 'StaleEntity'
            (New-Entity -Store $store).Id | Should -Be '0.2'
            (Get-EntityTable -Store $store Owner).Count | Should -Be 0
        }

        It 'come from the pipeline' {
            $null = 1..5 | ForEach-Object { @{ Process = @{ Id = $_ } } } | New-Entity -Store $store
            Find-Entity -Store $store -Field Process.Id -gt 3 | Remove-Entity
            Find-Entity -Store $store -Field Process.Id -le 2 | Remove-Entity -AsTransaction
            (Get-Entity -Store $store).Process.Id | Should -Be 3
        }
    }

    Context 'and their values' {
        BeforeEach {
            $null = New-EntityTable -Store $store All ([ordered]@{
                    Bool = 'Bool'; Int8 = 'Int8'; Int16 = 'Int16'; Int32 = 'Int32'; Int64 = 'Int64'; UInt8 = 'UInt8'; UInt16 = 'UInt16'; UInt32 = 'UInt32'; UInt64 = 'UInt64'
                    Float32 = 'Float32'; Float64 = 'Float64'; String = 'String'; Bytes = 'Bytes'; Guid = 'Guid'; Time = 'Time'; Duration = 'Duration'; Reference = 'Reference'
                    Ints = 'Int32[]'; Texts = 'String[]'; Times = 'Time[]'; References = 'Reference[]'
                })
            $other = New-Entity -Store $store
            $now = [datetime]::new(2024, 2, 29, 12, 30, 0, [DateTimeKind]::Local)
        }

        It 'come back as they were given: <Field> <Value>' -ForEach @(
            @{ Field = 'Bool'; Value = { $true }; Expected = { $true }; Type = [bool] }
            @{ Field = 'Bool'; Value = { [switch] $true }; Expected = { $true }; Type = [bool] }
            @{ Field = 'Bool'; Value = { 'False' }; Expected = { $false }; Type = [bool] }
            @{ Field = 'Int8'; Value = { -128 }; Expected = { -128 }; Type = [sbyte] }
            @{ Field = 'Int16'; Value = { 3.0 }; Expected = { 3 }; Type = [short] }
            @{ Field = 'Int32'; Value = { Write-Output 7 }; Expected = { 7 }; Type = [int] }
            @{ Field = 'Int32'; Value = { ' -12 ' }; Expected = { -12 }; Type = [int] }
            @{ Field = 'Int32'; Value = { [System.DayOfWeek]::Friday }; Expected = { 5 }; Type = [int] }
            @{ Field = 'Int64'; Value = { [long]::MinValue }; Expected = { [long]::MinValue }; Type = [long] }
            @{ Field = 'UInt8'; Value = { 255 }; Expected = { 255 }; Type = [byte] }
            @{ Field = 'UInt16'; Value = { 65535 }; Expected = { 65535 }; Type = [ushort] }
            @{ Field = 'UInt32'; Value = { [uint]::MaxValue }; Expected = { [uint]::MaxValue }; Type = [uint] }
            @{ Field = 'UInt64'; Value = { "$([ulong]::MaxValue)" }; Expected = { [ulong]::MaxValue }; Type = [ulong] }
            @{ Field = 'Float32'; Value = { 1.5 }; Expected = { 1.5 }; Type = [float] }
            @{ Field = 'Float64'; Value = { '2.5e3' }; Expected = { 2500 }; Type = [double] }
            @{ Field = 'Float64'; Value = { 3 }; Expected = { 3 }; Type = [double] }
            @{ Field = 'String'; Value = { 'äöü 🙂' }; Expected = { 'äöü 🙂' }; Type = [string] }
            @{ Field = 'String'; Value = { [System.DayOfWeek]::Friday }; Expected = { 'Friday' }; Type = [string] }
            @{ Field = 'String'; Value = { $null }; Expected = { $null } }
            @{ Field = 'Bytes'; Value = { [byte[]] (1, 2) }; Expected = { 1, 2 }; Type = [byte[]] }
            @{ Field = 'Bytes'; Value = { [object[]] ([byte] 1, [byte] 2) }; Expected = { 1, 2 }; Type = [byte[]] }
            @{ Field = 'Bytes'; Value = { [byte] 7 }; Expected = { , [byte] 7 }; Type = [byte[]] }
            @{ Field = 'Guid'; Value = { [guid] '6f1a0f5c-8f3c-4d6e-9f7d-1b2c3d4e5f60' }; Expected = { [guid] '6f1a0f5c-8f3c-4d6e-9f7d-1b2c3d4e5f60' }; Type = [guid] }
            @{ Field = 'Guid'; Value = { '6f1a0f5c-8f3c-4d6e-9f7d-1b2c3d4e5f60' }; Expected = { [guid] '6f1a0f5c-8f3c-4d6e-9f7d-1b2c3d4e5f60' }; Type = [guid] }
            @{ Field = 'Time'; Value = { $now }; Expected = { [datetimeoffset] $now }; Type = [datetimeoffset] }
            @{ Field = 'Time'; Value = { $now.ToUniversalTime() }; Expected = { [datetimeoffset] $now }; Type = [datetimeoffset] }
            @{ Field = 'Time'; Value = { [datetimeoffset] $now }; Expected = { [datetimeoffset] $now }; Type = [datetimeoffset] }
            @{ Field = 'Time'; Value = { '2024-02-29T12:30:00Z' }; Expected = { [datetimeoffset] '2024-02-29T12:30:00Z' }; Type = [datetimeoffset] }
            @{ Field = 'Duration'; Value = { [timespan]::FromMinutes(5) }; Expected = { [timespan]::FromMinutes(5) }; Type = [timespan] }
            @{ Field = 'Duration'; Value = { '00:05:00' }; Expected = { [timespan]::FromMinutes(5) }; Type = [timespan] }
            @{ Field = 'Reference'; Value = { $other }; Expected = { $other.Id } }
            @{ Field = 'Reference'; Value = { $other.Id }; Expected = { $other.Id } }
            @{ Field = 'Reference'; Value = { "$other" }; Expected = { $other.Id } }
            @{ Field = 'Reference'; Value = { $null }; Expected = { $null } }
            @{ Field = 'Reference'; Value = { '' }; Expected = { $null } }
            @{ Field = 'Ints'; Value = { 1, '2', 3.0 }; Expected = { 1, 2, 3 }; Type = [int[]] }
            @{ Field = 'Ints'; Value = { 1 }; Expected = { 1 }; Type = [int[]] }
            @{ Field = 'Ints'; Value = { [System.Collections.ArrayList] (4, 5) }; Expected = { 4, 5 }; Type = [int[]] }
            @{ Field = 'Texts'; Value = { 'one' }; Expected = { 'one' }; Type = [string[]] }
            @{ Field = 'Texts'; Value = { 'a', $null, 'b' }; Expected = { 'a', $null, 'b' }; Type = [string[]] }
            @{ Field = 'Times'; Value = { $now, [datetimeoffset] $now }; Expected = { [datetimeoffset] $now, [datetimeoffset] $now }; Type = [datetimeoffset[]] }
            @{ Field = 'References'; Value = { $other, $other.Id, "$other" }; Expected = { $other.Id, $other.Id, $other.Id } }
            @{ Field = 'References'; Value = { $other }; Expected = { , $other.Id } }
            @{ Field = 'References'; Value = { $null }; Expected = { $null } }
        ) {
            $entity = New-Entity -Store $store @{ All = @{ $Field = & $Value } }
            foreach ($read in $entity, (Get-Entity $entity)) {
                $read.All.$Field | Should -Be (& $Expected)
                if ($Type) { ($read.All.$Field -is $Type) | Should -BeTrue }
            }
        }

        It 'may be empty arrays' {
            $entity = New-Entity -Store $store @{ All = @{ Ints = @(); Bytes = [byte[]] @() } }
            $entity.All.Ints.Length, $entity.All.Bytes.Length | Should -Be 0, 0
            , $entity.All.Ints | Should -BeOfType int[]
        }

        It 'show moments in the time of this machine' {
            $time = (New-Entity -Store $store @{ All = @{ Time = $now } }).All.Time
            $time.Offset | Should -Be ([datetimeoffset] $now).Offset
        }

        It 'that do not fit are refused, with the names of table and field, and nothing is changed: <Field> <Value>' -ForEach @(
            @{ Field = 'Int8'; Value = { 128 } }
            @{ Field = 'Int32'; Value = { 1.5 } }
            @{ Field = 'Int32'; Value = { 'four' } }
            @{ Field = 'Int32'; Value = { '' } }
            @{ Field = 'Int32'; Value = { $null } }
            @{ Field = 'Bool'; Value = { 1 } }
            @{ Field = 'String'; Value = { 5 } }
            @{ Field = 'String'; Value = { [version] '1.2' } }
            @{ Field = 'String'; Value = { 'a', 'b' } }
            @{ Field = 'String'; Value = { @{ a = 1 } } }
            @{ Field = 'Guid'; Value = { 'x' } }
            @{ Field = 'Time'; Value = { 'yesterday' } }
            @{ Field = 'Duration'; Value = { 5 } }
            @{ Field = 'Bytes'; Value = { 1, 256 } }
            @{ Field = 'Bytes'; Value = { 'text' } }
            @{ Field = 'Reference'; Value = { 5.1 } }
            @{ Field = 'Reference'; Value = { 'x' } }
            @{ Field = 'Ints'; Value = { 1, 'x' } }
            @{ Field = 'Ints'; Value = { @{ a = 1 } } }
            @{ Field = 'References'; Value = { Get-Process -Id $PID } }
        ) {
            $entity = New-Entity -Store $store @{ All = @{} }
            $before = Get-State $store
            $failure = Get-ErrorOf { New-Entity -Store $store @{ Owner = @{}; All = @{ $Field = & $Value } } }
            $failure.FullyQualifiedErrorId | Should -Be 'ComponentTypeMismatch,PersistenceModule.NewEntityCommand'
            $failure.CategoryInfo.Category | Should -Be 'InvalidType'
            $failure.Exception.Message | Should -BeLike "*'$Field'*'All' is *" -Because 'it names field and table'
            Get-ErrorId { Set-EntityComponent -Entity $entity -Table All -Value @{ Int16 = 1; $Field = & $Value } } | Should -Be 'ComponentTypeMismatch'
            Get-State $store | Should -Be $before
        }
    }

    Context 'with references' {
        It 'to what is not there are refused' {
            $entity = New-Entity -Store $store
            Remove-Entity $entity
            foreach ($reference in $entity, $entity.Id, '7.1') {
                $failure = Get-ErrorOf { New-Entity -Store $store @{ Process = @{ Parent = $reference } } }
                $failure.FullyQualifiedErrorId | Should -BeLike 'ReferenceDangling,*'
            }
            $store.EntityCount | Should -Be 0
        }

        It 'to an entity of another store are refused' {
            $elsewhere = New-WalStore "$path-2"
            $there = New-Entity -Store $elsewhere
            $here = New-Entity -Store $store
            Get-ErrorId { New-Entity -Store $store @{ Process = @{ Parent = $there } } } | Should -Be 'ItemInvalid'
            Get-ErrorId { Find-Entity -Store $store -Field Process.Parent -Equal $there } | Should -Be 'ItemInvalid'
            Get-ErrorId { $there | Remove-Entity -Store $store } | Should -Be 'StoreAmbiguous'
            $store.EntityCount | Should -Be 1
            $elsewhere.EntityCount | Should -Be 1
            $there | Remove-Entity
            $elsewhere.EntityCount | Should -Be 0
        }

        It 'stay when what they refer to is removed, and say that it is of the past' {
            $parent = New-Entity -Store $store
            $child = New-Entity -Store $store @{ Process = @{ Parent = $parent } }
            $parent | Remove-Entity
            (Get-Entity $child).Process.Parent | Should -Be $parent.Id
            Get-ErrorId { (Get-Entity $child).Process.Parent | Get-Entity -Store $store } | Should -Be 'StaleEntity'
        }
    }

    Context 'that fail' {
        It 'say why: <Id>' -ForEach @(
            @{ Id = 'EntityNotFound'; Category = 'ObjectNotFound'; Run = { Get-Entity -Store $store 5.1 } }
            @{ Id = 'EntityNotFound'; Category = 'ObjectNotFound'; Run = { Get-EntityComponent -Store $store 5.1 } }
            @{ Id = 'EntityNotFound'; Category = 'ObjectNotFound'; Run = { Remove-Entity -Store $store 5.1 } }
            @{ Id = 'EntityNotFound'; Category = 'ObjectNotFound'; Run = { Set-EntityComponent -Store $store 5.1 Owner @{} } }
            @{ Id = 'EntityNotFound'; Category = 'ObjectNotFound'; Run = { Remove-EntityComponent -Store $store 5.1 Owner } }
            @{ Id = 'StaleEntity'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | ForEach-Object { Remove-Entity $_; Get-Entity $_ } } }
            @{ Id = 'StaleEntity'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | ForEach-Object { Remove-Entity $_; Remove-Entity $_ } } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store @{ None = @{} } } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Get-Entity -Store $store -Component None } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Find-Entity -Store $store None } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Find-Entity -Store $store -Without None } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Find-Entity -Store $store -Field None.X -Equal 1 } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Get-EntityComponent -Store $store -Table None } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | Set-EntityComponent -Table None } }
            @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | Remove-EntityComponent -Table None } }
            @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store @{ Owner = @{ Usr = 'x' } } } }
            @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { [pscustomobject]@{ User = 'x'; More = 1 } | New-Entity -Store $store -Table Owner } }
            @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { Find-Entity -Store $store -Field Owner.X -Equal 1 } }
            @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Find-Entity -Store $store -Field Process.Id -Equal x } }
            @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Find-Entity -Store $store -Field Process.Id -StartsWith 1 } }
            @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Find-Entity -Store $store -Field Process.Id -Equal 1.5 } }
            @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Find-Entity -Store $store -Field Process.Id -GreaterThan ([double]::NaN) } }
            @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Find-Entity -Store $store -Field Process.Id -LessThan 1e300 } }
            @{ Id = 'ComponentNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | Remove-EntityComponent -Table Owner } }
            @{ Id = 'ComponentNotFound'; Category = 'ObjectNotFound'; Run = { New-Entity -Store $store | Get-EntityComponent -Table Owner } }
            @{ Id = 'ComponentExists'; Category = 'ResourceExists'; Run = { $two = [System.Collections.Generic.Dictionary[string, object]]::new(); $two['Owner'] = @{}; $two['owner'] = @{}; New-Entity -Store $store $two } }
            @{ Id = 'ReferenceDangling'; Category = 'InvalidData'; Run = { New-Entity -Store $store @{ Process = @{ Parent = '9.1' } } } }
            @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { $two = [System.Collections.Generic.Dictionary[string, object]]::new(); $two['User'] = 'a'; $two['user'] = 'b'; New-Entity -Store $store @{ Owner = $two } } }
            @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-Entity -Store $store @{ 5 = @{} } } }
            @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { Get-Entity -Store $store x } }
            @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { Get-Entity -Store $store none } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { New-Entity -Store $store @{ Owner = $null } } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { New-Entity -Store $store @{ Owner = 'me' } } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { New-Entity -Store $store @{ Owner = 1, 2 } } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { New-Entity -Store $store @{ Owner = [Random]::new() } } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { New-Entity -Store $store -Component $null } }
            @{ Id = 'ItemInvalid'; Category = 'InvalidData'; Run = { 'text' | New-Entity -Store $store } }
            @{ Id = 'StoreReadOnly'; Category = 'InvalidOperation'; Run = { $reader = Open-WalStore $path -ReadOnly; New-Entity -Store $reader } }
            @{ Id = 'StoreNotSpecified'; Category = 'InvalidArgument'; Run = { New-Entity } }
            @{ Id = 'StoreNotSpecified'; Category = 'InvalidArgument'; Run = { Get-Entity 5.1 } }
            @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Get-Entity -Path "$path-none" } }
            @{ Id = 'StoreClosed'; Category = 'InvalidOperation'; Run = { $store.Dispose(); Find-Entity -Store $store } }
        ) {
            $failure = Get-ErrorOf $Run
            $failure.FullyQualifiedErrorId | Should -BeLike "$Id,PersistenceModule.*Command"
            $failure.CategoryInfo.Category | Should -Be $Category
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }

    Context 'with -WhatIf' {
        It 'leave everything as it is, to the byte' {
            $null = New-Entity -Store $store @{ Owner = @{ User = 'me' } }
            $store.Dispose()
            $before = Get-Fingerprint $directory
            $null = & {
                New-Entity -Path $path @{ Owner = @{} } -WhatIf
                1..3 | ForEach-Object { @{} } | New-Entity -Path $path -AsTransaction -WhatIf
                Set-EntityComponent -Path $path 0.1 Owner @{ User = 'you' } -WhatIf
                Remove-EntityComponent -Path $path 0.1 Owner -WhatIf
                Remove-Entity -Path $path 0.1 -WhatIf
                New-EntityTable -Path $path More -WhatIf
                Rename-EntityTable -Path $path Owner More -WhatIf
                Remove-EntityTable -Path $path Owner -WhatIf
                Add-EntityField -Path $path Owner More Int32 -WhatIf
                Set-EntityField -Path $path Owner Level Int64 -WhatIf
                Rename-EntityField -Path $path Owner Level More -WhatIf
                Remove-EntityField -Path $path Owner Level -WhatIf
                Get-Entity -Path $path; Find-Entity -Path $path Owner; Get-EntityTable -Path $path; Get-EntityComponent -Path $path 0.1
            } 6>&1
            Get-Fingerprint $directory | Should -Be $before
        }
    }
}
