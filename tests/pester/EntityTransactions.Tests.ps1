BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Entities in transactions' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        $null = New-EntityTable -Store $store Account ([ordered]@{ Name = 'String'; Amount = 'Int64' })
        $null = New-EntityTable -Store $store Last @{ Other = 'Reference' }
        $a = New-Entity -Store $store @{ Account = @{ Name = 'a'; Amount = 100 } }
        $b = New-Entity -Store $store @{ Account = @{ Name = 'b' } }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'change together with everything else, and are seen by the transaction' {
        $seen = Use-WalTransaction $store {
            $amount = (Get-Entity $a).Account.Amount
            $a | Set-EntityComponent -Table Account -Value @{ Amount = $amount - 30 }
            $b | Set-EntityComponent -Table Account -Value @{ Amount = 30 }
            $note = New-Entity @{ Last = @{ Other = $b } }
            Set-EntityComponent $a Last @{ Other = $note }
            Set-StateItem moved 30
            (Get-Entity $a).Account.Amount
            (Get-Entity -Path $path $a.Id).Last.Other
            (Find-Entity -Field Account.Amount -lt 100).Account.Name | Sort-Object
            (Get-EntityTable Last).Count
            (Get-EntityComponent -Table Last -ValueOnly).Other | Sort-Object { $_.Slot } -Descending
            @(Get-Entity).Count
            # Another runspace sees nothing of it.
            Invoke-Elsewhere { param($store) @(Find-Entity -Store $store Last).Count } $store
        }
        $seen | ForEach-Object { "$_" } | Should -Be '70', '2.1', 'a', 'b', '2', '2.1', '1.1', '3', '0'
        (Get-Entity -Store $store).Account.Amount | Should -Be 70, 30
        (Get-StateItem -Store $store moved).Value | Should -Be 30
        @(Get-WalEntry -Store $store -Last 5).TransactionId | Select-Object -Unique | Should -HaveCount 1
    }

    It 'are as before when it is rolled back, ids included' {
        { Use-WalTransaction $store {
                New-Entity @{ Account = @{ Name = 'c' } } | Out-Null
                Remove-Entity $b
                Remove-EntityComponent $a Account
                throw 'no'
            } } | Should -Throw 'no'
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b'
        (New-Entity -Store $store).Id | Should -Be '2.1'
    }

    It 'step by step' {
        $null = Start-WalTransaction $store
        (New-Entity @{ Account = @{ Name = 'c' } }).Id | Should -Be '2.1'
        Remove-Entity 1.1
        Get-ErrorId { Get-Entity 1.1 } | Should -Be 'StaleEntity'
        Undo-WalTransaction
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b'
        $null = Start-WalTransaction $store
        $null = New-Entity @{ Account = @{ Name = 'c' } }
        Complete-WalTransaction
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b', 'c'
    }

    It 'nested: what the inner one does is undone alone' {
        Use-WalTransaction $store {
            $null = New-Entity @{ Account = @{ Name = 'outer' } }
            try { Use-WalTransaction { $null = New-Entity @{ Account = @{ Name = 'inner' } }; $a | Remove-Entity; throw 'no' } } catch { }
            (Get-Entity).Account.Name
        } | Should -Be 'a', 'b', 'outer'
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b', 'outer'
    }

    It 'with -AsTransaction: the pipeline is an inner one' {
        Use-WalTransaction $store {
            $null = New-Entity @{ Account = @{ Name = 'outer' } }
            try { 1, 'x' | ForEach-Object { @{ Account = @{ Amount = $_ } } } | New-Entity -AsTransaction -ErrorAction SilentlyContinue } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            # What else the pipeline does is no part of it.
            try { 'kept', 'lost' | ForEach-Object { $null = New-Entity @{ Account = @{ Name = "$_ by itself" } }; if ($_ -eq 'lost') { throw 'no' }; @{ Account = @{ Name = $_ } } } | New-Entity -AsTransaction } catch { }
            ('d', 'e' | ForEach-Object { @{ Account = @{ Name = $_ } } } | New-Entity -AsTransaction).Account.Name
        } | Should -Be 'TransactionAborted', 'd', 'e'
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b', 'outer', 'kept by itself', 'lost by itself', 'd', 'e'
    }

    It 'that were changed by somebody else meanwhile are read again with -RetryCount' {
        $runs = [System.Collections.Generic.List[int]]::new()
        Use-WalTransaction $store -RetryCount 3 {
            $amount = (Get-Entity $a).Account.Amount
            $runs.Add($amount)
            if ($runs.Count -eq 1) { Invoke-Elsewhere { param($store) Set-EntityComponent -Store $store 0.1 Account @{ Amount = 50 } } $store }
            $a | Set-EntityComponent -Table Account -Value @{ Amount = $amount + 1 }
        }
        $runs | Should -Be 100, 50
        (Get-Entity $a).Account.Amount | Should -Be 51
    }

    It 'conflict where they do, and say so' {
        Get-ErrorId { Use-WalTransaction $store {
                $null = Find-Entity Account
                Invoke-Elsewhere { param($store) New-Entity -Store $store @{ Account = @{} } } $store | Out-Null
                $null = New-Entity
            } } | Should -Be 'TransactionAborted'
        # What was only written was not read.
        Use-WalTransaction $store {
            Set-EntityComponent $a Account @{ Amount = 7 }
            Invoke-Elsewhere { param($store) Set-EntityComponent -Store $store 0.1 Account @{ Name = 'other' } } $store
        }
        (Get-Entity $a).Account.Name, (Get-Entity $a).Account.Amount | Should -Be 'other', 7
    }

    It 'whose component came or went meanwhile are set again with -RetryCount' {
        $runs = [System.Collections.Generic.List[int]]::new()
        Use-WalTransaction $store -RetryCount 3 {
            $runs.Add(1)
            $a | Set-EntityComponent -Table Account -Value @{ Amount = 7 }
            $b | Set-EntityComponent -Table Last -Value @{ Other = $a }
            if ($runs.Count -eq 1) { Invoke-Elsewhere { param($store) Remove-EntityComponent -Store $store 0.1 Account } $store }
            if ($runs.Count -eq 2) { Invoke-Elsewhere { param($store) Set-EntityComponent -Store $store 1.1 Last } $store }
        }
        $runs.Count | Should -Be 3
        (Get-Entity $a).Account.Amount | Should -Be 7
        (Get-Entity $b).Last.Other | Should -Be $a.Id
    }

    It 'with -AsTransaction go through by themselves, whoever else does the same' {
        $running = 1..4 | ForEach-Object {
            Start-Runspace { param($store, $number) 1..20 | ForEach-Object { '0.1', '1.1' | Set-EntityComponent -Store $store -Table Last -AsTransaction -ErrorAction Stop; '0.1', '1.1' | Set-EntityComponent -Store $store -Table Account -Value @{ Amount = $number } -AsTransaction -ErrorAction Stop; Remove-EntityComponent -Store $store 0.1 Last -ErrorAction SilentlyContinue } } $store, $_
        }
        $running | ForEach-Object { Wait-Runspace $_ | Should -BeNullOrEmpty }
        # Both were set in one step each time.
        (Get-Entity $a).Account.Amount | Should -Be (Get-Entity $b).Account.Amount
    }

    It 'are gone through while they are changed' {
        Use-WalTransaction $store {
            Find-Entity Account | ForEach-Object { $_ | Set-EntityComponent -Table Account -Value @{ Amount = 1 }; $null = New-Entity @{ Account = @{ Amount = 2 } } }
            Find-Entity -Field Account.Amount -eq 2 | Remove-Entity
        }
        (Get-Entity -Store $store).Account.Amount | Should -Be 1, 1
    }

    It 'that cannot be changed leave the transaction as it was' {
        Use-WalTransaction $store {
            $null = New-Entity @{ Account = @{ Name = 'c' } }
            foreach ($bad in { New-Entity @{ Account = @{ Amount = 'x' } } }, { New-Entity @{ Last = @{ Other = '9.1' } } }, { Remove-Entity 9.1 }, { Remove-EntityComponent $a Last }) {
                try { & $bad } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            }
        } | Should -Be 'ComponentTypeMismatch', 'ReferenceDangling', 'EntityNotFound', 'ComponentNotFound'
        (Get-Entity -Store $store).Account.Name | Should -Be 'a', 'b', 'c'
    }

    It 'have tables that stay as they are' {
        foreach ($change in { New-EntityTable More }, { Rename-EntityTable Account More }, { Remove-EntityTable Account -Confirm:$false }, { Add-EntityField Account X Int32 }, { Set-EntityField Account Amount Int64 }, { Rename-EntityField Account Amount X }, { Remove-EntityField Account Amount -Confirm:$false }) {
            Get-ErrorId { Use-WalTransaction $store $change } | Should -Be 'TransactionNotSupported'
        }
        (Get-EntityTable -Store $store Account).Version | Should -Be 1
    }

    It 'by path too' {
        $store.Dispose()
        Use-WalTransaction $path { (New-Entity @{ Account = @{ Name = 'c' } }).Id } | Should -Be '2.1'
        (Get-Entity -Path $path).Account.Name | Should -Be 'a', 'b', 'c'
    }
}

Describe 'The log' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -AuditTransactions
        $null = New-EntityTable -Store $store Process ([ordered]@{ Name = 'String'; Id = 'Int32'; Parent = 'Reference' })
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'tells what was done to entities and tables, by today''s names' {
        $null = New-EntityTable -Store $store Owner @{ User = 'String' }
        $entity = New-Entity -Store $store @{ Process = @{ Name = 'x'; Id = 4 }; Owner = @{ User = 'me' } }
        $entity | Set-EntityComponent -Table Process -Value @{ Id = 5 }
        $entity | Set-EntityComponent -Table Process -Value @{ Parent = $entity } -Replace
        $entity | Remove-EntityComponent -Table Owner
        $entity | Set-EntityComponent -Table Owner
        Add-EntityField -Store $store Owner Level Int16 -Default 3
        Set-EntityField -Store $store Owner Level Int64
        Rename-EntityField -Store $store Owner Level Rank
        Remove-EntityField -Store $store Owner User -Confirm:$false
        Rename-EntityTable -Store $store Process Program
        $entity | Remove-Entity
        Remove-EntityTable -Store $store Owner -Confirm:$false
        $entries = @(Get-WalEntry -Store $store | Where-Object { $_.EntityId -or $_.Table })
        $entries.Kind | Should -Be 'TableCreated', 'TableCreated', 'EntityCreated', 'ComponentChanged', 'ComponentSet', 'ComponentRemoved', 'ComponentAdded', 'FieldAdded', 'FieldWidened', 'FieldRenamed', 'FieldDropped', 'TableRenamed', 'EntityDeleted', 'TableDropped'
        $entries[0].Table, $entries[0].Value.Name, $entries[0].Value.Fields | Should -Be 'Program', 'Process', 'Name String, Id Int32, Parent Reference'
        $entries[1].Table | Should -Be '#2'
        $entries[2].EntityId | Should -Be $entity.Id
        $entries[2].Value.Program.Id | Should -Be 4
        $entries[3].Table, $entries[3].Value.Id | Should -Be 'Program', 5
        @($entries[3].Value.PSObject.Properties).Count | Should -Be 1
        $entries[4].Value.Parent | Should -Be $entity.Id
        $entries[4].HadPrevious | Should -BeTrue
        $entries[7].Value.Field, "$($entries[7].Value.Type)", $entries[7].Value.Default | Should -Be 'Level', 'Int16', 3
        $entries[11].Value.Name | Should -Be 'Program'
        $entries[12].Value.Tables | Should -Be 'Program', '#2'
        @(Get-WalEntry -Store $store -Kind EntityCreated, EntityDeleted).Count | Should -Be 2
        $shown = Get-WalEntry -Store $store | Out-String -Width 160
        $shown | Should -Match 'EntityCreated +0\.1 +Program=@\{Name=x; Id=4\}; #2='
        $shown | Should -Match 'ComponentChanged +0\.1 Program +.*Id=5'
        $shown | Should -Match 'TableCreated +table Program'
        (Measure-Wal -Store $store).Kinds.Kind | Should -Contain 'ComponentChanged'
    }

    It 'tells of transactions that were rolled back' {
        $entity = New-Entity -Store $store @{ Process = @{ Name = 'x' } }
        try { Use-WalTransaction $store { $entity | Set-EntityComponent -Table Process -Value @{ Id = 5 } -Replace; $entity | Remove-Entity; throw 'no' } } catch { }
        $changes = (Get-WalEntry -Store $store -Kind TransactionRolledBack).Value.Changes
        $changes.Kind | Should -Be 'ComponentSet', 'EntityDeleted'
        $changes.EntityId | Should -Be $entity.Id, $entity.Id
        $changes[0].Table, $changes[0].Value.Id | Should -Be 'Process', 5
    }

    It 'is followed, by its names' {
        $null = New-Entity -Store $store @{ Process = @{ Name = 'one' } }
        $running = Start-Runspace { param($path) Watch-WalEntry $path -Tail 2 -Count 4 -Timeout 30 -IncludeUnsynced } $path
        Wait-Until { $running.Output.Count -ge 2 }
        $null = New-EntityTable -Store $store Later @{ X = 'Int32' }
        $null = New-Entity -Store $store @{ Later = @{ X = 9 } }
        $entries = Wait-Runspace $running
        $entries.Kind | Should -Be 'TableCreated', 'EntityCreated', 'TableCreated', 'EntityCreated'
        $entries[1].Value.Process.Name | Should -Be 'one'
        $entries[3].Value.Later.X | Should -Be 9
    }
}
