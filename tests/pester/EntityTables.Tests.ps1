BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    function Get-Completion([string] $Line) {
        @([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | ForEach-Object CompletionText)
    }
}

Describe 'Tables of entities' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'are created with fields, their types and defaults, and returned' {
        $table = New-EntityTable -Store $store -Name Process -Field ([ordered]@{ Name = 'String'; Id = 'int32'; Parent = 'Reference'; Tags = 'String[]'; Level = @{ Type = 'Int16'; Default = 5 }; Since = @{ type = 'Time'; default = '2024-01-01' } })
        $table | Should -BeOfType PersistenceModule.EntityTableInfo
        $table.Name, $table.Number, $table.Version, $table.Count | Should -Be 'Process', 1, 1, 0
        $table.Fields.Name | Should -Be 'Name', 'Id', 'Parent', 'Tags', 'Level', 'Since'
        $table.Fields.Type | ForEach-Object { "$_" } | Should -Be 'String', 'Int32', 'Reference', 'String[]', 'Int16', 'Time'
        $table.Fields[4].Default | Should -Be 5
        $table.Fields[5].Default | Should -Be ([datetimeoffset] '2024-01-01T00:00:00Z')
        $table.Fields.Number | Should -Be (1..6)
        $table.StorePath | Should -Be $path
        (New-EntityTable -Store $store Tag).Fields | Should -BeNullOrEmpty
    }

    It 'have their fields in the order of the names where a hashtable has none' {
        (New-EntityTable -Store $store A @{ c = 'Int32'; a = 'Int32'; B = 'Int32'; d = 'Int32' }).Fields.Name | Should -Be 'a', 'B', 'c', 'd'
    }

    It 'take types as values too' {
        (New-EntityTable -Store $store A @{ x = [Persistence.Entities.FieldType]::Parse('Guid[]') }).Fields[0].Type | Should -Be 'Guid[]'
    }

    It 'are listed, by name and by pattern, with how many entities they have' {
        'Process', 'Owner', 'Port', 'a[b]' | ForEach-Object { $null = New-EntityTable -Store $store $_ }
        $null = 1..3 | ForEach-Object { @{ Port = @{} } } | New-Entity -Store $store
        (Get-EntityTable -Store $store).Name | Should -Be 'Process', 'Owner', 'Port', 'a[b]'
        (Get-EntityTable -Store $store p*).Name | Should -Be 'Process', 'Port'
        (Get-EntityTable -Store $store PORT).Count | Should -Be 3
        (Get-EntityTable -Store $store 'a[b]').Name | Should -Be 'a[b]'
        ('Owner', 'port' | Get-EntityTable -Store $store).Name | Should -Be 'Owner', 'Port'
        (Get-EntityTable -Path $path Port).Count | Should -Be 3
        Get-EntityTable -Store $store x* | Should -BeNullOrEmpty
        Get-ErrorId { Get-EntityTable -Store $store x } | Should -Be 'TableNotFound'
        Get-ErrorId { Get-EntityTable -Store $store '[' } | Should -Be 'PatternInvalid'
        $store.Dispose()
        (Get-EntityTable -Path $path Port).Count | Should -Be 3
        Use-WalStore $path { Find-Entity Port -First 1 | Remove-Entity; (Get-EntityTable Port).Count } | Should -Be 2
    }

    It 'are shown' {
        $null = New-EntityTable -Store $store Process ([ordered]@{ Name = 'String'; Level = @{ Type = 'Int32'; Default = 5 } })
        Get-EntityTable -Store $store | Out-String -Width 120 | Should -Match 'Process +1 +1 +0 Name String, Level Int32'
        Get-EntityTable -Store $store | Format-List | Out-String -Width 120 | Should -Match 'Level Int32 = 5'
        (Get-EntityTable -Store $store).Fields | Out-String -Width 120 | Should -Match 'Level +Int32 +5 +2'
    }

    It 'are renamed' {
        $null = New-EntityTable -Store $store Proces
        $entity = New-Entity -Store $store @{ Proces = @{} }
        Rename-EntityTable -Store $store Proces Process | Should -BeNullOrEmpty
        (Get-Entity $entity).Tables | Should -Be 'Process'
        $table = Get-EntityTable -Store $store Process | Rename-EntityTable -NewName Program -PassThru
        $table.Name, $table.Number, $table.Version, $table.Count | Should -Be 'Program', 1, 3, 1
    }

    It 'are removed with their components' {
        'A', 'B', 'C' | ForEach-Object { $null = New-EntityTable -Store $store $_ }
        $entity = New-Entity -Store $store @{ A = @{}; B = @{} }
        Remove-EntityTable -Store $store A -Confirm:$false | Should -BeNullOrEmpty
        (Get-Entity $entity).Tables | Should -Be 'B'
        Get-EntityTable -Store $store | Remove-EntityTable -Confirm:$false
        Get-EntityTable -Store $store | Should -BeNullOrEmpty
        (New-EntityTable -Store $store A).Number | Should -Be 4
    }

    It 'change their fields, and components change with them' {
        $null = New-EntityTable -Store $store Owner ([ordered]@{ User = 'String'; Level = 'Int32' })
        $entity = New-Entity -Store $store @{ Owner = @{ User = 'me'; Level = 7 } }
        Add-EntityField -Store $store Owner Groups 'String[]' -Default 'all', 'users' | Should -BeNullOrEmpty
        Add-EntityField -Store $store Owner Count Int32 -Default '3'
        (Get-Entity $entity).Owner.Groups | Should -Be 'all', 'users'
        (Get-Entity $entity).Owner.Count | Should -Be 3
        Rename-EntityField -Store $store Owner Level Rank
        Set-EntityField -Store $store Owner Rank Int64
        (Get-Entity $entity).Owner.Rank | Should -Be 7
        (Get-Entity $entity).Owner.Rank | Should -BeOfType long
        $table = Get-EntityTable -Store $store Owner | Remove-EntityField -Name User -PassThru -Confirm:$false
        $table.Fields.Name | Should -Be 'Rank', 'Groups', 'Count'
        $table.Version | Should -Be 6
        (Get-Entity $entity).Owner.PSObject.Properties.Name | Should -Be 'Rank', 'Groups', 'Count'
    }

    It 'stay with an entity that was read before' {
        $null = New-EntityTable -Store $store Owner @{ User = 'String' }
        $entity = New-Entity -Store $store @{ Owner = @{ User = 'me' } }
        Rename-EntityTable -Store $store Owner Person
        $entity.Owner.User | Should -Be 'me'
        (Get-Entity $entity).Person.User | Should -Be 'me'
    }

    It 'are as they were when the store is opened again' {
        $null = New-EntityTable -Store $store Owner ([ordered]@{ User = @{ Type = 'String'; Default = 'nobody' }; Level = 'Int32' })
        Set-EntityField -Store $store Owner Level Float64
        $before = Get-EntityTable -Store $store | ForEach-Object { "$($_.Name) $($_.Number) $($_.Version) $($_.Fields)" }
        $null = New-Checkpoint -Store $store
        $store.Dispose()
        Get-EntityTable -Path $path | ForEach-Object { "$($_.Name) $($_.Number) $($_.Version) $($_.Fields)" } | Should -Be $before
        Use-WalStore $path { (New-Entity @{ Owner = @{} }).Owner.User } | Should -Be 'nobody'
    }

    It 'that fail say why: <Id>' -ForEach @(
        @{ Id = 'TableExists'; Category = 'ResourceExists'; Run = { New-EntityTable -Store $store OWNER } }
        @{ Id = 'TableExists'; Category = 'ResourceExists'; Run = { $null = New-EntityTable -Store $store B; Rename-EntityTable -Store $store B Owner } }
        @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Rename-EntityTable -Store $store None X } }
        @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Remove-EntityTable -Store $store None -Confirm:$false } }
        @{ Id = 'TableNotFound'; Category = 'ObjectNotFound'; Run = { Add-EntityField -Store $store None X Int32 } }
        @{ Id = 'FieldExists'; Category = 'ResourceExists'; Run = { Add-EntityField -Store $store Owner user Int32 } }
        @{ Id = 'FieldExists'; Category = 'ResourceExists'; Run = { Rename-EntityField -Store $store Owner User Level } }
        @{ Id = 'FieldExists'; Category = 'ResourceExists'; Run = { $two = [System.Collections.Generic.Dictionary[string, object]]::new(); $two['a'] = 'Int32'; $two['A'] = 'Int32'; New-EntityTable -Store $store B $two } }
        @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { Set-EntityField -Store $store Owner None Int64 } }
        @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { Rename-EntityField -Store $store Owner None X } }
        @{ Id = 'FieldNotFound'; Category = 'ObjectNotFound'; Run = { Remove-EntityField -Store $store Owner None -Confirm:$false } }
        @{ Id = 'SchemaIncompatible'; Category = 'InvalidOperation'; Run = { Set-EntityField -Store $store Owner Level Int16 } }
        @{ Id = 'SchemaIncompatible'; Category = 'InvalidOperation'; Run = { Set-EntityField -Store $store Owner User 'String[]' } }
        @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { Add-EntityField -Store $store Owner X Int32 -Default no } }
        @{ Id = 'ComponentTypeMismatch'; Category = 'InvalidType'; Run = { New-EntityTable -Store $store B @{ x = @{ Type = 'Int32'; Default = 'no' } } } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store B @{ x = 'Integer' } } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store B @{ x = 5 } } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store B @{ x = @{ Default = 5 } } } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store B @{ x = @{ Type = 'Int32'; Initial = 5 } } } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store ' ' } }
        @{ Id = 'ArgumentInvalid'; Category = 'InvalidArgument'; Run = { New-EntityTable -Store $store B @{ "a`0" = 'Int32' } } }
        @{ Id = 'CannotConvertArgumentNoMessage'; Category = 'InvalidData'; Run = { Add-EntityField -Store $store Owner X Integer } }
        @{ Id = 'StoreReadOnly'; Category = 'InvalidOperation'; Run = { $reader = Open-WalStore $path -ReadOnly; New-EntityTable -Store $reader B } }
    ) {
        $null = New-EntityTable -Store $store Owner ([ordered]@{ User = 'String'; Level = 'Int32' })
        $before = Get-EntityTable -Store $store | ForEach-Object { "$_ $($_.Version) $($_.Fields)" }
        $failure = Get-ErrorOf $Run
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,PersistenceModule.*Command"
        if ($Id -ne 'CannotConvertArgumentNoMessage') { $failure.CategoryInfo.Category | Should -Be $Category }
        else { $failure.Exception.Message | Should -BeLike '*Int32*Float64*' }
        Get-EntityTable -Store $store Owner | ForEach-Object { "$_ $($_.Version) $($_.Fields)" } | Should -Be $before
    }

    It 'that are removed are asked about' {
        foreach ($name in 'Remove-EntityTable', 'Remove-EntityField') {
            (Get-Command $name).ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false).ConfirmImpact | Should -Be 'High'
        }
    }

    Context 'completed' {
        BeforeEach {
            $null = New-EntityTable -Store $store Process ([ordered]@{ Name = 'String'; Id = 'Int32'; 'Start time' = 'Time' })
            $null = New-EntityTable -Store $store 'Open port' @{ Number = 'Int32' }
            $null = New-EntityTable -Store $store Owner @{ User = 'String' }
            $closed = "$path-closed"
            Copy-OpenStore $path $closed
        }

        It 'by name: <_>' -ForEach @('-Store $store', '-Path $path', '-Path $closed') {
            Get-Completion "Find-Entity $_ -With o" | Should -Be "'Open port'", 'Owner'
            Get-Completion "Find-Entity $_ -With Process, o" | Should -Be "'Open port'", 'Owner'
            Get-Completion "Find-Entity $_ -Without p" | Should -Be 'Process'
            Get-Completion "Get-Entity $_ -Component " | Should -Be "'Open port'", 'Owner', 'Process'
            Get-Completion "Get-EntityTable $_ -Name pr" | Should -Be 'Process'
            Get-Completion "New-Entity $_ -Table pr" | Should -Be 'Process'
            Get-Completion "Set-EntityComponent $_ -Entity 0.1 -Table pr" | Should -Be 'Process'
            Get-Completion "Remove-EntityComponent $_ 0.1 pr" | Should -Be 'Process'
            Get-Completion "Rename-EntityTable $_ -Name pr" | Should -Be 'Process'
        }

        It 'with their fields and types' {
            Get-Completion 'Find-Entity -Store $store -Field pro' | Should -Be 'Process.Name', 'Process.Id', "'Process.Start time'"
            Get-Completion 'Find-Entity -Store $store -Field Process.N' | Should -Be 'Process.Name'
            Get-Completion 'Find-Entity -Path $closed -Field own' | Should -Be 'Owner.User'
            Get-Completion 'Rename-EntityField -Store $store -Table Process -Name ' | Should -Be 'Name', 'Id', "'Start time'"
            Get-Completion 'Set-EntityField -Store $store Process I' | Should -Be 'Id'
            Get-Completion 'Set-EntityField -Store $store none I' | Should -BeNullOrEmpty
            Get-Completion 'Set-EntityField -Store $store Process Id int' | Should -Be 'Int8', "'Int8[]'", 'Int16', "'Int16[]'", 'Int32', "'Int32[]'", 'Int64', "'Int64[]'"
            Get-Completion 'Add-EntityField -Store $store Process More ref' | Should -Be 'Reference', "'Reference[]'"
        }

        It 'in Use-WalStore too' {
            Use-WalStore $store { Get-Completion 'Find-Entity own' } | Should -Be 'Owner'
        }

        It 'with nothing where there is no store' {
            Get-Completion 'Find-Entity -With ' | Should -BeNullOrEmpty
            Get-Completion "Find-Entity -Path '$path-none' -With " | Should -BeNullOrEmpty
        }
    }
}
