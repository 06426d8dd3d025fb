BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # Keys and values of a store, in one line.
    function Get-Content-Of($Store) { (Get-StateItem -Store $Store | ForEach-Object { "$($_.Key)=$($_.Value)" }) -join ' ' }
}

Describe 'Use-WalTransaction' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
        Set-StateItem -Store $store old 0
        # As it is for users: the suite's own is Stop.
        $ErrorActionPreference = 'Continue'
    }
    AfterEach { Remove-TestDirectory $directory }

    Context 'A block that ends' {
        It 'has made all its changes count, as one transaction of the log' {
            Set-StateItem -Store $store gone 1
            Use-WalTransaction $store {
                param($tx)
                Set-StateItem a 1
                Set-StateItem old 2
                Remove-StateItem gone
                Add-WalEntry b 3
                Add-WalEntry -Type note -InputObject 'n'
                $tx.Set('c', @{ x = 4 })
                $tx.AddRecord('note', 5)
            }
            Get-Content-Of $store | Should -Be 'a=1 b=3 c=System.Collections.Hashtable old=2'
            (Get-StateItem -Store $store c -ValueOnly).x | Should -Be 4
            $entries = @(Get-WalEntry -Store $store -Last 7)
            @($entries.TransactionId | Sort-Object -Unique) | Should -Be $entries[0].Lsn
            $entries.Kind | Should -Be 'StateItemSet', 'StateItemSet', 'StateItemRemoved', 'StateItemSet', 'Record', 'StateItemSet', 'Record'
            $entries[1..3].PreviousValue | Should -Be 0, 1, $null
            $entries[1..3].HadPrevious | Should -Be $true, $true, $false
            (Get-StateItem -Store $store a).TransactionId | Should -Be $entries[0].Lsn
        }

        It 'puts out what it put out, in order, once that is committed' {
            $seen = Use-WalTransaction $store { Set-StateItem a 1; 'x'; $null; , @(1, 2); Get-StateItem a } | ForEach-Object { "$($_ -is [array])/$($_)/$($store.ItemCount)" }
            $seen[0..2] | Should -Be 'False/x/2', 'False//2', 'True/1 2/2'
            $seen.Count | Should -Be 4
        }

        It 'is durable then: a copy of the files has it' {
            $copied = Use-WalTransaction $store { Set-StateItem a 1; 'out' } | ForEach-Object { Copy-OpenStore $path "$path-copy"; $_ }
            $copied | Should -Be 'out'
            (Get-StateItem -Path "$path-copy" a).Value | Should -Be 1
        }

        It 'by return, too' {
            Use-WalTransaction $store { Set-StateItem a 1; return 'out'; Set-StateItem b 2 } | Should -Be 'out'
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }

        It 'is not rolled back when nobody wants more of its output' {
            Use-WalTransaction $store { Set-StateItem a 1; 1..10; Set-StateItem b 2 } | Select-Object -First 1 | Should -Be 1
            Get-Content-Of $store | Should -Be 'a=1 b=2 old=0'
        }

        It 'may have cut short pipelines of its own' {
            Use-WalTransaction $store { 1..10 | ForEach-Object { Set-StateItem "k$_" $_; $_ } | Select-Object -First 2 } | Should -Be 1, 2
            Get-Content-Of $store | Should -Be 'k1=1 k2=2 old=0'
        }

        It 'sees its caller''s variables, and only those' {
            $mine = 7
            7 | ForEach-Object { Use-WalTransaction $store { Set-StateItem a "$mine $_ $($args.Count)"; $mine = 8; "$block$transaction$output$run$sink" } } | Should -Be ''
            $mine | Should -Be 7
            Get-StateItem -Store $store a -ValueOnly | Should -Be '7 7 1'
        }

        It 'logs nothing when it has changed nothing' {
            $before = @(Get-WalEntry -Store $store).Count
            Use-WalTransaction $store { Get-StateItem old -ValueOnly } | Should -Be 0
            @(Get-WalEntry -Store $store).Count | Should -Be $before
        }
    }

    Context 'A block that fails' {
        It 'undoes everything, and its error is the one that was made: <Name>' -ForEach @(
            @{ Name = 'throw'; Type = 'RuntimeException'; Message = 'out'; Run = {
                    Use-WalTransaction $store { param($tx) Set-StateItem a 1
                        throw 'out' } } }
            @{ Name = 'throw of an exception'; Type = 'InvalidOperationException'; Message = 'wrong state'; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        throw [InvalidOperationException]::new('wrong state') } } }
            @{ Name = '.NET'; Type = 'MethodInvocationException'; Message = '*was not in a correct format*'; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        [int]::Parse('x') } } }
            @{ Name = 'operator'; Type = 'RuntimeException'; Message = 'Attempted to divide by zero.'; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        1 / 0 } } }
            @{ Name = 'unknown command'; Type = 'CommandNotFoundException'; Message = "*'No-SuchCommand'*"; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        No-SuchCommand } } }
            @{ Name = 'cmdlet, terminating'; Type = 'ArgumentException'; Message = '*JSON*'; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        ConvertFrom-Json '{' } } }
            @{ Name = 'cmdlet, -ErrorAction Stop'; Type = 'ItemNotFoundException'; Message = "*'/no/such/item'*"; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        Get-Item /no/such/item -ErrorAction Stop } } }
            @{ Name = 'cmdlet, only reported'; Type = 'ItemNotFoundException'; Message = "*'/no/such/item'*"; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        Get-Item /no/such/item; Set-StateItem b 2 } } }
            @{ Name = 'of the module'; Type = 'WalCommandException'; Message = "*'none'*"; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        Remove-StateItem none; Set-StateItem b 2 } } }
            @{ Name = 'of a value'; Type = 'ValueNotSupportedException'; Message = '*code*'; Run = {
                    Use-WalTransaction $store { Set-StateItem a 1
                        Set-StateItem b { code } } } }
            @{ Name = 'of the transaction'; Type = 'MethodInvocationException'; Message = '*key*'; Run = {
                    Use-WalTransaction $store { param($tx) Set-StateItem a 1
                        $tx.Set('', 1) } } }
        ) {
            $line = $Run.StartPosition.StartLine + 2
            $Error.Clear()
            $failure = Get-ErrorOf $Run
            $failure.Exception.GetType().Name | Should -Be $Type
            $failure.Exception.Message | Should -BeLike $Message
            $failure.InvocationInfo.ScriptLineNumber | Should -Be $line
            $failure.InvocationInfo.ScriptName | Should -Be $PSCommandPath
            $Error.Count | Should -Be 1
            Get-Content-Of $store | Should -Be 'old=0'
            @(Get-WalEntry -Store $store).Count | Should -Be 1
        }

        It 'can be caught by the type of its error' {
            $caught = try { Use-WalTransaction $store { [int]::Parse('x') } } catch [FormatException] { 'typed' }
            $caught | Should -Be 'typed'
        }

        It 'names its caller''s line, not the module''s, for Write-Error' {
            $failure = Get-ErrorOf { Use-WalTransaction $store { Set-StateItem a 1; Write-Error 'own' } }
            $failure.Exception.Message | Should -Be 'own'
            $failure.InvocationInfo.Line | Should -BeLike '*Use-WalTransaction $store*'
        }

        It 'puts nothing out' {
            $seen = [Collections.Generic.List[object]]::new()
            try { Use-WalTransaction $store { 1; 2; throw 'out' } | ForEach-Object { $seen.Add($_) } } catch { }
            $seen.Count | Should -Be 0
        }

        It 'does not fail by an error that it wants reported only' {
            $said = Use-WalTransaction $store { Set-StateItem a 1; Get-Item /no/such/item -ErrorAction Continue; 'after' } 2>&1
            $said[0] | Should -BeOfType ([System.Management.Automation.ErrorRecord])
            $said[1] | Should -Be 'after'
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }

        It 'does not fail by an error that it handles' {
            Use-WalTransaction $store { try { Set-StateItem a 1; throw 'x' } catch { Set-StateItem b "$_" } }
            Get-Content-Of $store | Should -Be 'a=1 b=x old=0'
        }

        It 'fails by errors that would only be reported, whichever module hands it on' {
            $module = New-Module { function Invoke-Handed($store, $block) { Use-WalTransaction $store $block } }
            try {
                $Error.Clear()
                $line = 1 + [int](Get-PSCallStack)[0].Position.StartLineNumber
                $failure = Get-ErrorOf { Invoke-Handed $store { Set-StateItem a $ErrorActionPreference; Get-Item /no/such/item; Set-StateItem b 2 } }
                $failure.Exception.GetType().Name | Should -Be 'ItemNotFoundException'
                $failure.InvocationInfo.ScriptLineNumber | Should -Be $line
                $parsed = Get-ErrorOf { Invoke-Handed $store { Set-StateItem a 1; [int]::Parse('x') } }
                $parsed.Exception.GetType().Name | Should -Be 'MethodInvocationException'
                $Error.Count | Should -Be 2
                Get-Content-Of $store | Should -Be 'old=0'
                Invoke-Handed $store { param($tx) $tx.Set('a', $ErrorActionPreference); 'out' } | Should -Be 'out'
                Get-StateItem -Store $store a -ValueOnly | Should -Be 'Stop'
            }
            finally { Remove-Module $module }
        }

        It 'undoes everything on break and continue, which leave the loop around it' {
            $rounds = foreach ($i in 1..3) { $i; Use-WalTransaction $store { Set-StateItem a 1; break } }
            $rounds | Should -Be 1
            $rounds = foreach ($i in 1..3) { $i; Use-WalTransaction $store { Set-StateItem a 1; continue }; 'not reached' }
            $rounds | Should -Be 1, 2, 3
            Get-Content-Of $store | Should -Be 'old=0'
            Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionNotSpecified'
        }

        It 'undoes everything on exit' {
            $script = Join-Path $directory 'exit.ps1'
            Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; Use-WalTransaction $path { Set-StateItem a 1; exit 3 }'
            $store.Dispose()
            $child = Start-Child $script $path
            $child.WaitForExit()
            $child.ExitCode | Should -Be 3
            (Get-StateItem -Path $path).Key | Should -Be 'old'
            (Get-WalStore $path).WasClean | Should -BeTrue
        }

        It 'undoes everything on Ctrl+C' {
            $gate = [Threading.ManualResetEventSlim]::new()
            $running = Start-Runspace {
                param($store, $gate)
                Use-WalTransaction $store { param($tx) Set-StateItem a 1; $tx.WriteFile('f', 'x'); $gate.Set(); Start-Sleep -Seconds 600 }
            } $store, $gate
            $gate.Wait(30000) | Should -BeTrue
            Stop-Runspace $running
            Get-Content-Of $store | Should -Be 'old=0'
            $store.Files | Should -BeNullOrEmpty
            Get-ChildItem (Join-Path $path files) | Should -BeNullOrEmpty
            $store.IsOpen | Should -BeTrue
        }

        It 'releases on Ctrl+C what it opened by path' {
            $store.Dispose()
            $gate = [Threading.ManualResetEventSlim]::new()
            $running = Start-Runspace { param($path, $gate) Use-WalTransaction $path { Set-StateItem a 1; $gate.Set(); Start-Sleep -Seconds 600 } } $path, $gate
            $gate.Wait(30000) | Should -BeTrue
            Stop-Runspace $running
            $again = Open-WalStore $path
            $again.Recovery.WasClean | Should -BeTrue
            Get-Content-Of $again | Should -Be 'old=0'
        }

        It 'is not stopped by the end of its time, and cannot be committed any more' {
            $failure = Get-ErrorOf { Use-WalTransaction $store -Timeout ([timespan]::FromTicks(1)) { Set-StateItem a 1 } }
            $failure.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
            "$failure" | Should -BeLike '*time*'
            $failure = Get-ErrorOf { Use-WalTransaction $store -Timeout ([timespan]::FromTicks(1)) { 'nothing' } }
            $failure.FullyQualifiedErrorId | Should -Be 'TransactionAborted,PersistenceModule.UseWalTransactionCommand'
            Get-Content-Of $store | Should -Be 'old=0'
            Use-WalTransaction $store -Timeout 600 { Set-StateItem a 1 }
            Get-Content-Of $store | Should -Be 'a=1 old=0'
            Get-ErrorId { Use-WalTransaction $store -Timeout 0 { } } | Should -Be 'ConfigurationInvalid'
        }

        It 'has nothing done without it after it has ended by itself, whatever the block makes of the errors: <Name>' -ForEach @(
            @{ Name = 'its time is over'; Parameters = @{ Timeout = [timespan]::FromTicks(1) }; End = { } }
            @{ Name = 'refused'; Parameters = @{}; End = { param($tx) $tx.AddValidator('never', { $false }); try { Complete-WalTransaction } catch { } } }
        ) {
            Get-ErrorId {
                Use-WalTransaction $store @Parameters {
                    param($tx)
                    & $End $tx
                    foreach ($change in { Set-StateItem a 1 }, { Set-StateItem -Path $path b 1 }, { 1 | Add-WalEntry -Type t -Store $store }, { Remove-StateItem old }, { Use-WalTransaction { Set-StateItem c 1 } }) {
                        Get-ErrorId $change | Should -Be 'TransactionAborted'
                    }
                }
            } | Should -Be 'TransactionAborted'
            Get-Content-Of $store | Should -Be 'old=0'
            Get-WalEntry -Store $store -Type t | Should -BeNullOrEmpty
            Set-StateItem -Store $store after 1
            Get-Content-Of $store | Should -Be 'after=1 old=0'
        }
    }

    Context 'Which store' {
        It 'is that of Use-WalStore, else StoreNotSpecified' {
            Use-WalStore $store { Use-WalTransaction { Set-StateItem a 1 } }
            Get-Content-Of $store | Should -Be 'a=1 old=0'
            Get-ErrorId { Use-WalTransaction { } } | Should -Be 'StoreNotSpecified'
        }

        It 'is opened by path, and closed' {
            $store.Dispose()
            Use-WalTransaction $path { param($tx) Set-StateItem a 1; $tx.Store.Path } | Should -Be $path
            Use-WalTransaction -LiteralPath $path { Set-StateItem b 1 }
            Use-WalTransaction (Join-Path $directory 'st*') { Set-StateItem c 1 }
            Use-WalTransaction (Get-Item $path) { Set-StateItem d 1 }
            Get-WalStore | Should -BeNullOrEmpty
            (Get-StateItem -Path $path).Key | Should -Be 'a', 'b', 'c', 'd', 'old'
            (Get-WalStore $path).WasClean | Should -BeTrue
            { Use-WalTransaction $path { Set-StateItem e 1; throw 'out' } } | Should -Throw 'out'
            (Get-WalStore $path).WasClean | Should -BeTrue
        }

        It 'opened by path, is closed when its output comes out' {
            $store.Dispose()
            Use-WalTransaction $path { 1..2 | ForEach-Object { [pscustomobject]@{ Key = "k$_"; Value = $_ } } } | Set-StateItem -Path $path
            (Get-StateItem -Path $path).Key | Should -Be 'k1', 'k2', 'old'
        }

        It 'comes down the pipeline, one transaction for each' {
            $other = New-WalStore "$path-2"
            $closed = New-WalStore "$path-3"
            $closed.Dispose()
            $reader = Open-WalStore $path -ReadOnly
            $store, $closed, $reader, $other | Use-WalTransaction -ScriptBlock { param($tx) Set-StateItem a 1; $tx.Store.Path } -ErrorAction SilentlyContinue -ErrorVariable errors | Should -Be $path, "$path-2"
            $errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be 'StoreClosed', 'StoreReadOnly'
            Get-Content-Of $other | Should -Be 'a=1'
        }

        It 'cannot be one for reading' {
            Get-ErrorId { Use-WalStore $path -ReadOnly { Use-WalTransaction { } } } | Should -Be 'StoreReadOnly'
            Get-ErrorId { Use-WalTransaction "$path-none" { } } | Should -Be 'StoreNotFound'
        }

        It 'closed in the middle, rolls it back' {
            Get-ErrorId { Use-WalTransaction $store { Set-StateItem a 1; Close-WalStore $store } } | Should -Be 'TransactionAborted'
            (Get-StateItem -Path $path).Key | Should -Be 'old'
        }
    }

    Context 'What takes part' {
        It 'is every command on the store, however it is told the store' {
            Use-WalTransaction $store {
                Set-StateItem -Store $store a 1
                Set-StateItem -Path $path b 2
                $store | Add-WalEntry -Key c -Value 3
                Add-WalEntry -LiteralPath $path -Type t -InputObject 4
                (Get-StateItem -Path $path).Key | Should -Be 'a', 'b', 'c', 'old'
                (Get-StateItem -Store $store 'b', 'c').Value | Should -Be 2, 3
                $store.ItemCount | Should -Be 1
            }
            @(Get-WalEntry -Store $store -Last 4).TransactionId | Sort-Object -Unique | Should -HaveCount 1
        }

        It 'is not another store' {
            $other = New-WalStore "$path-2"
            { Use-WalTransaction $store { Set-StateItem a 1; Set-StateItem -Store $other b 1; Use-WalStore $other { Set-StateItem c 1 }; throw 'out' } } | Should -Throw 'out'
            Get-Content-Of $store | Should -Be 'old=0'
            Get-Content-Of $other | Should -Be 'b=1 c=1'
        }

        It 'is not another runspace' {
            { Use-WalTransaction $store { Set-StateItem a 1; Invoke-Elsewhere { param($store) Set-StateItem -Store $store elsewhere 1; (Get-StateItem -Store $store).Key } @(, $store) | Should -Be 'elsewhere', 'old'; throw 'out' } } | Should -Throw 'out'
            Get-Content-Of $store | Should -Be 'elsewhere=1 old=0'
        }

        It 'reads the store as it was when the transaction began, with its own changes' {
            Set-StateItem -Store $store removed 1
            Use-WalTransaction $store {
                Invoke-Elsewhere { param($store) Set-StateItem -Store $store old 5; Set-StateItem -Store $store new 5 } @(, $store)
                Get-StateItem old -ValueOnly | Should -Be 0
                Get-ErrorId { Get-StateItem new } | Should -Be 'StateItemNotFound'
                (Get-StateItem).Key | Should -Be 'old', 'removed'
                Remove-StateItem removed
                Get-ErrorId { Remove-StateItem removed } | Should -Be 'StateItemNotFound'
                (Get-StateItem *e*).Key | Should -BeNullOrEmpty
                # It has changed what it only wrote, and is left.
                Undo-WalTransaction
            }
            Get-Content-Of $store | Should -Be 'new=5 old=5 removed=1'
        }

        It 'returns with -PassThru what is in no log yet, and says so' {
            $items = Use-WalTransaction $store {
                Set-StateItem a 1 -PassThru
                Remove-StateItem old -PassThru
                Get-StateItem a
            }
            $items.Key | Should -Be 'a', 'old', 'a'
            $items.Lsn | Should -Be $null, (Get-WalEntry -Store $store -First 1).Lsn, $null
            $items.IsDurable | Should -Be $false, $true, $false
            $null -eq $items[0].Time | Should -BeTrue
            $items | Out-String | Should -Match 'a +1'
            $entries = Use-WalTransaction $store {
                Add-WalEntry a 2 -PassThru
                Add-WalEntry a -Delete -PassThru
                Add-WalEntry -Type t -InputObject 'x' -PassThru
            }
            $entries.Kind | Should -Be 'StateItemSet', 'StateItemRemoved', 'Record'
            $entries.PreviousValue | Should -Be 1, 2, $null
            $entries.HadPrevious | Should -Be $true, $true, $false
            $entries.IsDurable | Should -Be $false, $false, $false
            $entries.Where({ $null -ne $_.Lsn -or $null -ne $_.Time -or $null -ne $_.TransactionId }) | Should -BeNullOrEmpty
            $entries | Format-Table | Out-String | Should -Match 'StateItemRemoved'
            (Get-StateItem -Store $store) | Should -BeNullOrEmpty
        }

        It 'is a pipeline of -AsTransaction, as a transaction of its own inside' {
            Use-WalTransaction $store {
                $entries = 1..3 | ForEach-Object { Set-StateItem seen $_; [pscustomobject]@{ Key = "k$_"; Value = $_ } } | Add-WalEntry -AsTransaction -PassThru
                $entries.Key | Should -Be 'k1', 'k2', 'k3'
                $entries.IsDurable | Should -Not -Contain $true
                'r1', 'r2' | Add-WalEntry -Type r -AsTransaction
                Get-StateItem k* | Add-WalEntry -Delete -AsTransaction
                $store.ItemCount | Should -Be 1
                Set-StateItem k9 9
            }
            Get-Content-Of $store | Should -Be 'k9=9 old=0 seen=3'
            (Get-WalEntry -Store $store -Type r).Value | Should -Be 'r1', 'r2'
            (Get-WalEntry -Store $store -Last 12).TransactionId | Sort-Object -Unique | Should -HaveCount 1
        }

        It 'undoes of such a pipeline that fails its own part only' {
            Use-WalTransaction $store {
                Set-StateItem before 1
                $failure = Get-ErrorOf { 'a', { code }, 'b' | Add-WalEntry -Type t -AsTransaction -ErrorAction SilentlyContinue }
                $failure.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
                Set-StateItem after 1
            }
            Get-Content-Of $store | Should -Be 'after=1 before=1 old=0'
            Get-WalEntry -Store $store -Type t | Should -BeNullOrEmpty
        }
    }

    Context 'One in another' {
        It 'is found by itself, and counts with the outer one' {
            Use-WalTransaction $store {
                param($outer)
                Set-StateItem a 1
                Use-WalTransaction { param($tx) $tx.Depth; $tx.Get('a'); Set-StateItem b 2 } | Should -Be 1, 1
                Use-WalTransaction $store { param($tx) $tx.Depth } | Should -Be 1
                Use-WalTransaction $path { Use-WalTransaction { param($tx) $tx.Depth } } | Should -Be 2
                $outer.ChangeCount | Should -Be 2
                $store.ItemCount | Should -Be 1
            }
            Get-Content-Of $store | Should -Be 'a=1 b=2 old=0'
        }

        It 'undoes its own part only when it fails, and its error goes on' {
            Use-WalTransaction $store {
                Set-StateItem a 1
                { Use-WalTransaction { Set-StateItem a 2; Set-StateItem b 2; throw 'inner' } } | Should -Throw 'inner'
                Get-StateItem a -ValueOnly | Should -Be 1
                Set-StateItem c 3
            }
            Get-Content-Of $store | Should -Be 'a=1 c=3 old=0'
            { Use-WalTransaction $store { Set-StateItem d 1; Use-WalTransaction { throw 'through both' } } } | Should -Throw 'through both'
            Get-Content-Of $store | Should -Be 'a=1 c=3 old=0'
        }

        It 'keeps the outer one from being used meanwhile' {
            Use-WalTransaction $store {
                param($outer)
                Use-WalTransaction {
                    (Get-ErrorOf { $outer.Set('a', 1) }).Exception.InnerException.Error | Should -Be 'NestedTransaction'
                    Get-ErrorId { Complete-WalTransaction $outer } | Should -Be 'NestedTransaction'
                    Set-StateItem b 1
                }
            }
            Get-Content-Of $store | Should -Be 'b=1 old=0'
        }

        It 'has a time of its own' {
            Use-WalTransaction $store {
                Set-StateItem a 1
                Get-ErrorId { Use-WalTransaction -Timeout ([timespan]::FromTicks(1)) { Set-StateItem b 1 } } | Should -Be 'TransactionAborted'
            }
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }

        It 'leaves to the outer one nothing of what comes after its end' {
            Use-WalTransaction $store {
                Set-StateItem a 1
                Get-ErrorId { Use-WalTransaction -Timeout ([timespan]::FromTicks(1)) { foreach ($key in 'b', 'c') { try { Set-StateItem $key 1 } catch { } } } } | Should -Be 'TransactionAborted'
                Set-StateItem d 1
            }
            Get-Content-Of $store | Should -Be 'a=1 d=1 old=0'
            Use-WalTransaction $store {
                param($outer)
                Get-ErrorId { Use-WalTransaction { Undo-WalTransaction $outer; try { Set-StateItem e 1 } catch { } } } | Should -Be 'TransactionAborted'
            }
            Get-Content-Of $store | Should -Be 'a=1 d=1 old=0'
        }

        It 'left open rolls everything back: NestedTransaction' {
            Get-ErrorId { Use-WalTransaction $store { Set-StateItem a 1; $script:left = Start-WalTransaction; Set-StateItem b 1 } } | Should -Be 'NestedTransaction'
            $left.Status | Should -Be 'RolledBack'
            Get-Content-Of $store | Should -Be 'old=0'
            Get-ErrorId { Undo-WalTransaction } | Should -Be 'TransactionNotSpecified'
        }
    }

    Context 'Conflicts' {
        BeforeAll {
            # A block that has read what another runspace changes before it is committed, as often as is said.
            function Invoke-Contended($Store, [int] $Conflicts, [int] $RetryCount) {
                $state = @{ Runs = 0 }
                Use-WalTransaction $Store -RetryCount $RetryCount {
                    $state.Runs++
                    $read = Get-StateItem old -ValueOnly
                    if ($state.Runs -le $Conflicts) { Invoke-Elsewhere { param($store) Set-StateItem -Store $store old ((Get-StateItem -Store $store old -ValueOnly) + 10) } @(, $Store) }
                    Set-StateItem sum ($read + 1)
                    "run $($state.Runs)"
                }
            }
        }

        It 'undo it, name the key, and say what to do' {
            $failure = Get-ErrorOf { Invoke-Contended $store 1 0 }
            $failure.FullyQualifiedErrorId | Should -Be 'TransactionAborted,PersistenceModule.UseWalTransactionCommand'
            "$failure" | Should -BeLike "*'old'*changed by another commit*-RetryCount*"
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-RetryCount*'
            $failure.CategoryInfo.Category | Should -Be 'OperationStopped'
            $failure.TargetObject | Should -Be $path
            Get-Content-Of $store | Should -Be 'old=10'
        }

        It 'with -RetryCount have it run again, on what is there then' {
            Invoke-Contended $store 2 2 | Should -Be 'run 3'
            Get-Content-Of $store | Should -Be 'old=20 sum=21'
            Get-ErrorId { Invoke-Contended $store 2 1 } | Should -Be 'TransactionAborted'
            Get-Content-Of $store | Should -Be 'old=40 sum=21'
        }

        It 'of keys that it only writes are none' {
            Use-WalTransaction $store { Invoke-Elsewhere { param($store) Set-StateItem -Store $store old 1 } @(, $store); Set-StateItem old 2 }
            Get-Content-Of $store | Should -Be 'old=2'
        }

        It 'are what -PassThru and Remove-StateItem have read, too' {
            foreach ($block in { Add-WalEntry old 2 -PassThru }, { Remove-StateItem old }) {
                Get-ErrorId { Use-WalTransaction $store { . $block; Invoke-Elsewhere { param($store) Set-StateItem -Store $store old 1 } @(, $store) } } | Should -Be 'TransactionAborted'
            }
        }

        It 'of files it has read have it run again, though it fails where it reads' {
            Use-WalTransaction $store { param($tx) $tx.WriteFile('f', 'one') }
            $state = @{ Runs = 0 }
            Use-WalTransaction $store -RetryCount 1 {
                param($tx)
                if ($state.Runs++ -eq 0) { Invoke-Elsewhere { param($store) Use-WalTransaction $store { param($tx) $tx.WriteFile('f', 'two') } } @(, $store) }
                $tx.Set('read', $tx.ReadFileText('f'))
            }
            $state.Runs | Should -Be 2
            Get-Content-Of $store | Should -Be 'old=0 read=two'
        }

        It 'alone have it run again' {
            foreach ($block in { throw 'x' }, { param($tx) $tx.AddValidator('never', { $false }) }, { break }, { Undo-WalTransaction }) {
                $state = @{ Runs = 0 }
                foreach ($once in 1) { try { Use-WalTransaction $store -RetryCount 5 { param($tx) $state.Runs++; . $block $tx } } catch { } }
                $state.Runs | Should -Be 1 -Because "$block"
            }
        }

        It 'of many runspaces that count lose none' {
            $workers = 1..4 | ForEach-Object {
                Start-Runspace { param($store) 1..10 | ForEach-Object { Use-WalTransaction $store -RetryCount 1000 { param($tx) $tx.Set('old', $tx.Get('old') + 1) } } } @(, $store)
            }
            $workers | ForEach-Object { Wait-Runspace $_ }
            Get-Content-Of $store | Should -Be 'old=40'
        }
    }

    Context 'Validators' {
        It 'that are met let it be committed; they see what is about to be' {
            Use-WalTransaction $store {
                param($tx)
                $tx.AddValidator('sum', { param($tx) $tx.Get('a') + (Get-StateItem b -ValueOnly) -eq 3 })
                $tx.AddValidator('some true', { $false; 'yes' })
                Set-StateItem a 1
                Set-StateItem b 2
            }
            Get-Content-Of $store | Should -Be 'a=1 b=2 old=0'
        }

        It 'see the variables they were added among, and the functions and variables around those' {
            $around = 3
            function Get-Three { 3 }
            Use-WalTransaction $store {
                param($given)
                $limit = 2
                $given.AddValidator('limits', { $given.Get('a') -le $limit -and $around -eq (Get-Three) })
                $limit = 0
                Set-StateItem a 2
            }
            Get-ErrorId { Use-WalTransaction $store { param($given) $limit = 2; $given.AddValidator('limits', { $given.Get('a') -lt $limit }); Set-StateItem b 1 } } | Should -Be 'ValidationFailed'
            Get-Content-Of $store | Should -Be 'a=2 old=0'
        }

        It 'that are not met roll it back, and are named: <Script>' -ForEach @(
            @{ Script = { $false }; Says = 'not met.*' }
            @{ Script = { }; Says = 'not met.*' }
            @{ Script = { $false; 0; $null }; Says = 'not met.*' }
            @{ Script = { throw 'too much' }; Says = 'not met (too much)*' }
            @{ Script = { Get-Item /no/such/item; $true }; Says = "not met (*'/no/such/item'*)*" }
            @{ Script = { [int]::Parse('x') }; Says = 'not met (*correct format*)*' }
        ) {
            $failure = Get-ErrorOf { Use-WalTransaction $store { param($tx) Set-StateItem a 1; $tx.AddValidator('first', { $true }); $tx.AddValidator('the sum is right', $Script); 'out' } }
            $failure.FullyQualifiedErrorId | Should -Be 'ValidationFailed,PersistenceModule.UseWalTransactionCommand'
            "$failure" | Should -BeLike "*'the sum is right' was $Says"
            $failure.CategoryInfo.Category | Should -Be 'InvalidData'
            Get-Content-Of $store | Should -Be 'old=0'
        }

        It 'that fail hand their error on, with its line' {
            $line = 2 + [int](Get-PSCallStack)[0].Position.StartLineNumber
            $failure = Get-ErrorOf { Use-WalTransaction $store { param($tx) $tx.AddValidator('v', {
                            throw [InvalidOperationException]::new('why') }) } }
            $cause = $failure.Exception.InnerException
            $cause.ErrorRecord.InvocationInfo.ScriptLineNumber | Should -Be $line
            $cause.ErrorRecord.Exception | Should -BeOfType ([InvalidOperationException])
            $cause.Message | Should -Be 'why'
        }

        It 'cannot commit it themselves' {
            $failure = Get-ErrorOf { Use-WalTransaction $store { param($tx) $tx.AddValidator('in a hurry', { Complete-WalTransaction; $true }); Set-StateItem a 1 } }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ValidationFailed,*'
            "$failure".Length | Should -BeLessThan 500
            Get-Content-Of $store | Should -Be 'old=0'
        }

        It 'of an inner one decide about that alone' {
            Use-WalTransaction $store {
                Set-StateItem a 1
                Get-ErrorId { Use-WalTransaction { param($tx) Set-StateItem b 1; $tx.AddValidator('inner', { $false }) } } | Should -Be 'ValidationFailed'
            }
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }
    }

    Context 'Files' {
        It 'are written, replaced and removed with it' {
            Use-WalTransaction $store { param($tx) $tx.WriteFile('a.txt', 'one'); $tx.WriteFile('b.bin', [byte[]](1, 2, 3)); Set-StateItem note 1 }
            $store.Files.Name | Should -Be 'a.txt', 'b.bin'
            $store.Files.Length | Should -Be 3, 3
            $store.ReadFile('b.bin') | Should -Be 1, 2, 3
            $store.Files | Out-String | Should -Match 'a\.txt +3'
            Use-WalTransaction $store {
                param($tx)
                $tx.WriteFile('a.txt', 'zwei ü')
                $tx.RemoveFile('b.bin')
                $tx.ReadFileText('a.txt') | Should -Be 'zwei ü'
                $null -eq $tx.ReadFile('b.bin') | Should -BeTrue
                $store.ReadFileText('a.txt') | Should -Be 'one'
            }
            $store.Files.Name | Should -Be 'a.txt'
            (Get-ChildItem (Join-Path $path files)).Name | Should -Be 'a.txt'
            (Get-ChildItem (Join-Path $path backup)).Count | Should -Be 2
            $null = New-Checkpoint -Store $store
            $store.Dispose()
            Test-WalIntegrity $path | Should -BeTrue
            Use-WalStore $path -ReadOnly { param($reader) $reader.ReadFileText('a.txt') } | Should -Be 'zwei ü'
            $null -eq (Open-WalStore $path).ReadFile('none') | Should -BeTrue
        }

        It 'are copied from a path' {
            $source = Join-Path $directory 'source.txt'
            [IO.File]::WriteAllBytes($source, [byte[]](0xEF, 0xBB, 0xBF, 0x61))
            Push-Location $directory
            try { Use-WalTransaction $store { param($tx) $tx.ImportFile('copy.txt', './source.txt') } }
            finally { Pop-Location }
            $store.ReadFile('copy.txt').Count | Should -Be 4
            $store.ReadFileText('copy.txt') | Should -Be 'a'
            { Use-WalTransaction $store { param($tx) $tx.ImportFile('x', "$directory/none") } } | Should -Throw '*none*'
            { Use-WalTransaction $store { param($tx) $tx.ImportFile('x', 'Env:/PATH') } } | Should -Throw '*file system*'
        }

        It 'are as they were when it is rolled back' {
            Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'one'); $tx.WriteFile('b', 'two') }
            $before = Get-Fingerprint (Join-Path $path files)
            { Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'changed'); $tx.RemoveFile('b'); $tx.WriteFile('c', 'new'); throw 'out' } } | Should -Throw 'out'
            Get-Fingerprint (Join-Path $path files) | Should -Be $before
            $store.ReadFileText('a') | Should -Be 'one'
        }

        It 'of an inner one that is rolled back are as the outer one has them' {
            Use-WalTransaction $store {
                param($outer)
                $outer.WriteFile('a', 'outer')
                try { Use-WalTransaction { param($tx) $tx.WriteFile('a', 'inner'); $tx.WriteFile('b', 'inner'); throw 'x' } } catch { }
                $outer.ReadFileText('a') | Should -Be 'outer'
            }
            $store.Files.Name | Should -Be 'a'
            (Get-ChildItem (Join-Path $path files)).Count | Should -Be 1
        }

        It 'have names that stay in their directory' {
            foreach ($name in '../x', 'a/b', '..', '~x', '', 'a:b', 'x.') {
                { Use-WalTransaction $store { param($tx) $tx.WriteFile($name, 'x') } } | Should -Throw -Because $name
            }
            $store.Files | Should -BeNullOrEmpty
        }
    }

    Context '-WhatIf' {
        It 'leaves a <State> store as it is, to the byte, and runs nothing' -ForEach @(@{ State = 'closed' }, @{ State = 'crashed' }) {
            Copy-OpenStore $path "$path-crashed"
            $store.Dispose()
            $target = $State -eq 'closed' ? $path : "$path-crashed"
            $before = Get-Fingerprint $directory
            Use-WalTransaction $target { throw 'ran' } -WhatIf
            Start-WalTransaction $target -WhatIf | Should -BeNullOrEmpty
            & { $WhatIfPreference = $true; Use-WalTransaction $target { throw 'ran' } }
            Get-Fingerprint $directory | Should -Be $before
        }

        It 'inside leaves out what asks' {
            Use-WalTransaction $store { Set-StateItem a 1 -WhatIf; Set-StateItem b 1 }
            Get-Content-Of $store | Should -Be 'b=1 old=0'
        }

        It 'ends nothing' {
            $transaction = Start-WalTransaction $store
            Set-StateItem -Store $store a 1
            Complete-WalTransaction -WhatIf
            Undo-WalTransaction $transaction -WhatIf
            $transaction.Status | Should -Be 'Active'
            Complete-WalTransaction -Confirm:$false
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }
    }

    Context 'A block that ends its own transaction' {
        It 'has undone it quietly, and goes on without it' {
            Use-WalTransaction $store { Set-StateItem a 1; Undo-WalTransaction; Set-StateItem b 1; 'out' } | Should -Be 'out'
            Get-Content-Of $store | Should -Be 'b=1 old=0'
            Use-WalTransaction $store { param($tx) Set-StateItem c 1; $tx.Dispose() }
            Get-Content-Of $store | Should -Be 'b=1 old=0'
            Use-WalTransaction $store -Timeout ([timespan]::FromTicks(1)) { try { Set-StateItem d 1 } catch { Undo-WalTransaction }; Set-StateItem e 1 }
            Get-Content-Of $store | Should -Be 'b=1 e=1 old=0'
        }

        It 'has committed it' {
            { Use-WalTransaction $store { Set-StateItem a 1; Complete-WalTransaction; $store.ItemCount | Should -Be 2; throw 'out' } } | Should -Throw 'out'
            Get-Content-Of $store | Should -Be 'a=1 old=0'
        }

        It 'cannot commit by it what could not be committed' {
            Get-ErrorId { Use-WalTransaction $store { param($tx) $tx.AddValidator('v', { $false }); Set-StateItem a 1; try { Complete-WalTransaction } catch { } } } | Should -Be 'TransactionAborted'
            Get-Content-Of $store | Should -Be 'old=0'
        }
    }
}

Describe 'Start-, Complete- and Undo-WalTransaction' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'begin and commit' {
        $transaction = Start-WalTransaction $store
        $transaction.GetType().Name | Should -Be 'WalTransaction'
        $transaction.Status | Should -Be 'Active'
        $transaction.Depth | Should -Be 0
        $transaction.Store | Should -Be $store
        Set-StateItem a 1
        $transaction.Set('b', 2)
        $transaction.ChangeCount | Should -Be 2
        $transaction.Get('a'), $transaction.Contains('a'), $transaction.Get('none'), $transaction.Contains('none') | Should -Be 1, $true, $null, $false
        $store.ItemCount | Should -Be 0
        Complete-WalTransaction | Should -BeNullOrEmpty
        $transaction.Status | Should -Be 'Committed'
        Get-Content-Of $store | Should -Be 'a=1 b=2'
        Get-ErrorId { Set-StateItem c 1 } | Should -Be 'StoreNotSpecified'
    }

    It 'begin and roll back' {
        $transaction = $store | Start-WalTransaction
        Set-StateItem a 1
        Undo-WalTransaction | Should -BeNullOrEmpty
        $transaction.Status | Should -Be 'RolledBack'
        $store.ItemCount | Should -Be 0
        Undo-WalTransaction $transaction
        $other = Start-WalTransaction $store
        $other.Set('a', 1)
        $other.Dispose()
        $other.Status | Should -Be 'RolledBack'
        Get-ErrorId { Undo-WalTransaction } | Should -Be 'TransactionNotSpecified'
    }

    It 'take the transaction by name and from the pipeline' {
        $transaction = Start-WalTransaction $store
        $transaction.Set('a', 1)
        $transaction | Complete-WalTransaction
        $transaction = Start-WalTransaction $store
        $transaction.Set('a', 2)
        Undo-WalTransaction -Transaction $transaction
        Get-Content-Of $store | Should -Be 'a=1'
    }

    It 'end each once' {
        $transaction = Start-WalTransaction $store
        Complete-WalTransaction
        foreach ($command in { Complete-WalTransaction $transaction }, { Undo-WalTransaction $transaction }) {
            $failure = Get-ErrorOf $command
            $failure.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
            "$failure" | Should -BeLike '*committed*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike 'Unless it was committed,*'
        }
        foreach ($use in { $transaction.Set('a', 1) }, { $transaction.Get('a') }, { $transaction.WriteFile('a', 'x') }, { $transaction.AddValidator('a', { }) }) {
            (Get-ErrorOf $use).Exception.InnerException.Error | Should -Be 'TransactionAborted'
        }
    }

    It 'nest: the innermost is current, and the outer one cannot be committed before it' {
        $outer = Start-WalTransaction $store
        Set-StateItem a 1
        $inner = Start-WalTransaction
        $inner.Depth | Should -Be 1
        Set-StateItem b 1
        $failure = Get-ErrorOf { Complete-WalTransaction $outer }
        $failure.FullyQualifiedErrorId | Should -Be 'NestedTransaction,PersistenceModule.CompleteWalTransactionCommand'
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        Undo-WalTransaction
        $inner.Status, $outer.Status | Should -Be 'RolledBack', 'Active'
        $second = Start-WalTransaction $store
        Set-StateItem c 1
        Complete-WalTransaction
        $store.ItemCount | Should -Be 0
        Complete-WalTransaction
        $second.Status, $outer.Status | Should -Be 'Committed', 'Committed'
        Get-Content-Of $store | Should -Be 'a=1 c=1'
    }

    It 'roll back with the outer one what is open in it' {
        $outer = Start-WalTransaction $store
        $inner = Start-WalTransaction
        Set-StateItem a 1
        Undo-WalTransaction $outer
        $inner.Status, $outer.Status | Should -Be 'RolledBack', 'RolledBack'
        Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionNotSpecified'
        $store.ItemCount | Should -Be 0
    }

    It 'report a conflict, and leave nothing open' {
        $transaction = Start-WalTransaction $store
        $null = $transaction.Get('a')
        Set-StateItem b 1
        Invoke-Elsewhere { param($store) Set-StateItem -Store $store a 1 } @(, $store)
        { Complete-WalTransaction } | Should -Throw -ErrorId 'TransactionAborted,*'
        $transaction.Status | Should -Be 'RolledBack'
        Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionNotSpecified'
        Get-Content-Of $store | Should -Be 'a=1'
    }

    It 'report a validator, and leave nothing open' {
        $transaction = Start-WalTransaction $store
        $transaction.AddValidator('never', { $false })
        { Complete-WalTransaction } | Should -Throw -ErrorId 'ValidationFailed,*'
        $transaction.Status | Should -Be 'RolledBack'
        Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionNotSpecified'
    }

    It 'open a store by path, and close it at the end: <Name>' -ForEach @(
        @{ Name = 'committed'; Count = 1; End = { Complete-WalTransaction } }
        @{ Name = 'rolled back'; Count = 0; End = { Undo-WalTransaction } }
        @{ Name = 'disposed of'; Count = 0; End = { $transaction.Dispose() } }
        @{ Name = 'refused'; Count = 0; End = { $transaction.AddValidator('v', { $false }); try { Complete-WalTransaction } catch { } } }
        @{ Name = 'closed'; Count = 0; End = { Get-WalStore | Close-WalStore } }
    ) {
        $store.Dispose()
        $transaction = Start-WalTransaction $path
        (Get-WalStore).Path | Should -Be $path
        Set-StateItem a 1
        Set-StateItem -Path $path a 2
        . $End
        $transaction.IsActive | Should -BeNullOrEmpty
        $transaction.Status | Should -Not -Be 'Active'
        $transaction.Store.IsOpen | Should -BeFalse
        Get-WalStore | Should -BeNullOrEmpty
        @(Get-StateItem -Path $path).Count | Should -Be $Count
        (Get-WalStore $path).WasClean | Should -BeTrue
    }

    It 'close what they opened when its time is over' {
        $store.Dispose()
        $transaction = Start-WalTransaction $path -Timeout ([timespan]::FromTicks(1))
        Get-ErrorId { Set-StateItem a 1 } | Should -Be 'TransactionAborted'
        $transaction.Status | Should -Be 'RolledBack'
        $transaction.Store.IsOpen | Should -BeFalse
        $transaction = Start-WalTransaction $path -Timeout ([timespan]::FromTicks(1))
        Get-ErrorId { Start-WalTransaction } | Should -Be 'TransactionAborted'
        $transaction.Store.IsOpen | Should -BeFalse
    }

    It 'refuse what follows when its time is over, until somebody ends it: <Name>' -ForEach @(
        @{ Name = 'Undo-WalTransaction'; End = { Undo-WalTransaction } }
        @{ Name = 'Complete-WalTransaction'; End = { Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionAborted' } }
        @{ Name = 'Dispose'; End = { $transaction.Dispose() } }
    ) {
        $transaction = Start-WalTransaction $store -Timeout ([timespan]::FromTicks(1))
        foreach ($key in 'a', 'b') {
            $failure = Get-ErrorOf { Set-StateItem -Store $store $key 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'TransactionAborted,*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Undo-WalTransaction*'
        }
        . $End
        $store.ItemCount | Should -Be 0
        Set-StateItem -Store $store c 1
        Get-Content-Of $store | Should -Be 'c=1'
        Get-ErrorId { Undo-WalTransaction } | Should -Be 'TransactionNotSpecified'
    }

    It 'nested refuse what follows when their time is over, until they are ended; the outer one goes on' {
        $outer = Start-WalTransaction $store -Timeout 600
        $inner = Start-WalTransaction -Timeout ([timespan]::FromTicks(1))
        Get-ErrorId { Set-StateItem a 1 } | Should -Be 'TransactionAborted'
        Get-ErrorId { Set-StateItem b 1 } | Should -Be 'TransactionAborted'
        $inner.Status, $outer.Status | Should -Be 'RolledBack', 'Active'
        Undo-WalTransaction
        Set-StateItem c 1
        Complete-WalTransaction
        Get-Content-Of $store | Should -Be 'c=1'
        Get-ErrorId { Undo-WalTransaction } | Should -Be 'TransactionNotSpecified'
    }

    It 'leave an open handle open, and nothing open that could not begin' {
        $null = Start-WalTransaction $store
        Complete-WalTransaction
        $store.IsOpen | Should -BeTrue
        $store.Dispose()
        Get-ErrorId { Start-WalTransaction $path -Timeout -1 } | Should -Be 'ConfigurationInvalid'
        Get-ErrorId { Start-WalTransaction $store } | Should -Be 'StoreClosed'
        Get-ErrorId { Start-WalTransaction } | Should -Be 'StoreNotSpecified'
        (Open-WalStore $path).IsOpen | Should -BeTrue
    }

    It 'are for their runspace alone' {
        $null = Start-WalTransaction $store
        Set-StateItem a 1
        Invoke-Elsewhere {
            param($store)
            try { Complete-WalTransaction } catch { $_.FullyQualifiedErrorId }
            @(Get-StateItem -Store $store).Count
        } @(, $store) | Should -Be 'TransactionNotSpecified,PersistenceModule.CompleteWalTransactionCommand', 0
        Undo-WalTransaction
    }

    It 'can be ended by another runspace, by name' {
        $transaction = Start-WalTransaction $store
        Set-StateItem a 1
        Invoke-Elsewhere { param($transaction) $transaction.Set('b', 2); Complete-WalTransaction $transaction } @(, $transaction)
        Get-Content-Of $store | Should -Be 'a=1 b=2'
        Get-ErrorId { Complete-WalTransaction } | Should -Be 'TransactionNotSpecified'
    }

    It 'forgotten cost nothing when the process ends' {
        $script = Join-Path $directory 'forget.ps1'
        $store.Dispose()
        Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $t = Start-WalTransaction $path; Set-StateItem a 1; $t.WriteFile("f", "x"); "left"'
        $child = Start-Child $script $path
        Read-Line $child | Should -Be 'left'
        $child.WaitForExit()
        $again = Open-WalStore $path
        $again.Recovery.WasClean | Should -BeTrue
        $again.ItemCount | Should -Be 0
        Get-ChildItem (Join-Path $path files) | Should -BeNullOrEmpty
    }

    It 'are shown as a table and as a list' {
        $transaction = Start-WalTransaction $store
        $transaction | Out-String | Should -Match 'Status +Depth +Changes +Begun +Store'
        $transaction | Format-List | Out-String | Should -Match '(?s)Store +: .*Status +: Active.*BeginTime'
        Undo-WalTransaction
    }

    It 'cannot be stored' {
        $transaction = Start-WalTransaction $store
        Get-ErrorId { Set-StateItem a $transaction } | Should -Be 'ValueNotSupported'
        Undo-WalTransaction
    }
}

Describe 'A process that is killed' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $script = Join-Path $directory 'victim.ps1'
        Set-Content $script @'
param($path)
Import-Module $env:PERSISTENCE_TEST_MODULE
$store = Open-WalStore $path -Create
Set-StateItem -Store $store acknowledged 1
Use-WalTransaction $store { param($tx) Set-StateItem kept/1 1; Set-StateItem kept/2 2; $tx.WriteFile('kept.txt', 'kept') }
Use-WalTransaction $store {
    param($tx)
    Set-StateItem first 1
    Set-StateItem kept/1 'changed'
    $tx.WriteFile('kept.txt', 'changed')
    $tx.WriteFile('new.txt', 'new')
    [Console]::Out.WriteLine('between')
    $null = [Console]::In.ReadLine()
    Set-StateItem second 2
}
'committed'
$null = [Console]::In.ReadLine()
'@
        $victim = Start-Child $script $path
        Read-Line $victim | Should -Be 'between'
    }
    AfterEach {
        if (-not $victim.HasExited) { $victim.Kill(); $victim.WaitForExit() }
        $victim.Dispose()
        Remove-TestDirectory $directory
    }

    It 'between two entries of a transaction leaves neither' {
        $victim.Kill()
        $victim.WaitForExit()
        $store = Open-WalStore $path
        $store.Recovery.WasClean | Should -BeFalse
        Get-Content-Of $store | Should -Be 'acknowledged=1 kept/1=1 kept/2=2'
        Get-WalEntry -Store $store -Key first, second | Should -BeNullOrEmpty
        $store.ReadFileText('kept.txt') | Should -Be 'kept'
        (Get-ChildItem (Join-Path $path files)).Name | Should -Be 'kept.txt'
    }

    It 'after the commit leaves both' {
        $victim.StandardInput.WriteLine()
        Read-Line $victim | Should -Be 'committed'
        $victim.Kill()
        $victim.WaitForExit()
        $store = Open-WalStore $path
        $store.Recovery.WasClean | Should -BeFalse
        Get-Content-Of $store | Should -Be 'acknowledged=1 first=1 kept/1=changed kept/2=2 second=2'
        $store.ReadFileText('kept.txt') | Should -Be 'changed'
        $store.Files.Name | Should -Be 'kept.txt', 'new.txt'
    }
}

Describe 'Get-WalEntry' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path -AuditTransactions
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'shows what was done to files' {
        Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'one'); $tx.WriteFile('b', '') }
        Use-WalTransaction $store { param($tx) $tx.WriteFile('a', 'other'); $tx.RemoveFile('b'); Set-StateItem k 1 }
        $entries = @(Get-WalEntry -Store $store -Kind FileWritten, FileRemoved)
        $entries.Kind | Should -Be 'FileWritten', 'FileWritten', 'FileWritten', 'FileRemoved'
        $entries.FileName | Should -Be 'a', 'b', 'a', 'b'
        $entries.HadPrevious | Should -Be $false, $false, $true, $true
        $entries[0..2].Value.ForEach({ $_.Length }) | Should -Be 3, 0, 5
        $entries.TransactionId | Sort-Object -Unique | Should -Be $entries[0].Lsn, $entries[2].Lsn
        $entries | Format-Table | Out-String | Should -Match 'FileRemoved +b'
        (Get-WalEntry -Store $store -Key *).Key | Should -Be 'k'
        @(Get-WalEntry -Store $store).Kind[2, -1] | Should -Be 'FilesInPlace', 'FilesInPlace'
        Get-WalEntry -Store $store -Kind Other | Should -BeNullOrEmpty
    }

    It 'shows where a transaction of several frames begins and ends' {
        $large = 'x' * 1MB
        Use-WalTransaction $store { 1..6 | ForEach-Object { Set-StateItem "k$_" $large } }
        $entries = @(Get-WalEntry -Store $store)
        $entries.Kind | Should -Be (@('TransactionBegun') + @('StateItemSet') * 6 + 'TransactionCommitted')
        $entries.TransactionId | Sort-Object -Unique | Should -Be $entries[0].Lsn
        $entries[-1].Value.Changes | Should -Be 6
        $store.ItemCount | Should -Be 6
        $passed = 1..6 | ForEach-Object { [pscustomobject]@{ Key = "p$_"; Value = $large } } | Add-WalEntry -Store $store -AsTransaction -PassThru
        $passed.Key | Should -Be 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'
    }

    It 'shows transactions that were rolled back, where the store was opened for that' {
        try { Use-WalTransaction $store { param($tx) Set-StateItem k 'v'; Add-WalEntry k -Delete; Add-WalEntry -Type t -InputObject 5; $tx.WriteFile('f', 'abc'); throw 'x' } } catch { }
        try { Use-WalTransaction $store { param($tx) Set-StateItem k 1; $tx.AddValidator('never', { $false }) } } catch { }
        $notes = @(Get-WalEntry -Store $store)
        $notes.Kind | Should -Be 'TransactionRolledBack', 'TransactionRolledBack'
        $notes[1].Value.Reason | Should -BeLike "*'never'*"
        $changes = $notes[0].Value.Changes
        $changes.Kind | Should -Be 'StateItemSet', 'StateItemRemoved', 'Record', 'FileWritten'
        $changes[0].Key, $changes[0].Value, $changes[2].Type, $changes[2].Value, $changes[3].FileName, $changes[3].Value.Length | Should -Be 'k', 'v', 't', 5, 'f', 3
        $changes.Where({ $_.IsDurable -or $null -ne $_.Lsn }) | Should -BeNullOrEmpty
        $store.ItemCount | Should -Be 0
        $silent = New-WalStore "$path-2"
        try { Use-WalTransaction $silent { Set-StateItem k 1; throw 'x' } } catch { }
        Get-WalEntry -Store $silent | Should -BeNullOrEmpty
    }
}
