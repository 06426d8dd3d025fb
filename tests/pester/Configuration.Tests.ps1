BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $keys = [Persistence.Configuration.ConfigurationKeys]::All

    function Get-Value($Store, [string] $Name) { (Get-WalConfiguration $Store -Name $Name).Value }

    # Whether something becomes true within half a minute.
    function Wait-Until([scriptblock] $Condition) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -gt 30) { return $false }
            Start-Sleep -Milliseconds 50
        }
        $true
    }
}

Describe 'Configuration' {
    BeforeEach {
        $path = New-TestDirectory
        (New-WalStore $path -SegmentBytes 64KB).Dispose()
        $file = Join-Path $path persistence.toml
    }

    AfterEach { Remove-TestDirectory $path }

    Context 'Get-WalConfiguration' {
        It 'shows every key, with its default and who said so' {
            $shown = Get-WalConfiguration $path
            $shown.Name | Should -Be $keys.FullName
            foreach ($key in $shown) {
                $key.Source | Should -Be Default
                $key.Value | Should -Be $key.Default
                $key.Path | Should -Be $path
                $key.Description | Should -Not -BeNullOrEmpty
            }
        }

        It 'shows keys by name, with wildcards' {
            (Get-WalConfiguration $path -Name 'LOG.segment_bytes').Name | Should -Be 'log.segment_bytes'
            (Get-WalConfiguration $path -Name 'compression.*', 'durability.mode').Name | Should -Be 'durability.mode', 'compression.enabled', 'compression.level'
        }

        It 'reports a name that no key has, and shows the others' {
            $output = Get-WalConfiguration $path -Name 'log.segment_byte', 'log.segment_bytes' -ErrorAction Continue 2>&1
            $output[0].FullyQualifiedErrorId | Should -Be 'ConfigurationInvalid,PersistenceModule.GetWalConfigurationCommand'
            $output[0].Exception.Message | Should -BeLike "*Did you mean 'log.segment_bytes'*"
            $output[1].Name | Should -Be 'log.segment_bytes'
        }

        It 'says who said so: the file, the environment, or who opened the store' {
            [IO.File]::WriteAllText($file, "[log]`nspare_segments = 2`nretain_segments = 3`n")
            $env:PERSISTENCE_LOG_RETAIN_SEGMENTS = '4'
            $env:PERSISTENCE_CHECKPOINT_RETAINED = '4'
            try {
                $store = Open-WalStore $path -CheckpointsRetained 5
                foreach ($shown in @{ Name = 'log.spare_segments'; Value = 2; Source = 'File' }, @{ Name = 'log.retain_segments'; Value = 4; Source = 'Environment' }, @{ Name = 'checkpoint.retained'; Value = 5; Source = 'Parameter' }) {
                    $key = $store | Get-WalConfiguration -Name $shown.Name
                    "$($key.Value) $($key.Source)" | Should -Be "$($shown.Value) $($shown.Source)"
                }
            }
            finally { Remove-Item Env:PERSISTENCE_LOG_RETAIN_SEGMENTS, Env:PERSISTENCE_CHECKPOINT_RETAINED }
        }

        It 'shows what a handle of this process goes by, by its path too' {
            $store = Open-WalStore $path -CheckpointsRetained 5
            (Get-WalConfiguration -LiteralPath $path -Name checkpoint.retained).Value | Should -Be 5
            Use-WalStore $store { (Get-WalConfiguration -Name checkpoint.retained).Value } | Should -Be 5
            $store.Dispose()
            (Get-WalConfiguration $path -Name checkpoint.retained).Value | Should -Be 2
            Get-ErrorId { Get-WalConfiguration $store } | Should -Be StoreClosed
        }

        It 'changes nothing, and needs a store' {
            $before = Get-Fingerprint $path
            $null = Get-WalConfiguration $path
            Get-Fingerprint $path | Should -Be $before
            Get-ErrorId { Get-WalConfiguration (New-TestDirectory) } | Should -Be StoreNotFound
        }

        It 'has a view that says when a change counts' {
            $text = Get-WalConfiguration $path -Name lock.timeout_ms, log.spare_segments | Out-String -Width 160
            $text | Should -Match 'log\.spare_segments\s+1\s+1\s+Default\s+at once'
            $text | Should -Match 'lock\.timeout_ms\s+0\s+0\s+Default\s+reopen'
        }

        It 'shows a list as a list, and in its view how long it is' {
            [IO.File]::WriteAllText($file, "[terminals]`nsecret_patterns = [`n  'ACME_*', # ours`n  '*TOKEN*',`n]`n")
            $key = Get-WalConfiguration $path -Name terminals.secret_patterns
            $key.Value | Should -Be 'ACME_*', '*TOKEN*'
            $key.Value[1] | Should -Be '*TOKEN*'
            $key.Default | Should -Contain '*PASSWORD*'
            $key.Source | Should -Be File
            $key | Out-String -Width 160 | Should -Match "terminals\.secret_patterns\s+2 patterns\s+$($key.Default.Count) patterns\s+File\s+at once"
            $key | Format-List | Out-String -Width 160 | Should -Match 'Value\s+: \[ACME_\*, \*TOKEN\*\]'
            ($key | ConvertTo-Json | ConvertFrom-Json).Value | Should -Be 'ACME_*', '*TOKEN*'
        }

        It 'keeps every column of its view within 80 characters' {
            $lines = (Get-WalConfiguration $path | Out-String -Width 80).Split("`n").TrimEnd() | Where-Object { $_ -match '^\w+\.' }
            foreach ($line in $lines) { $line | Should -Match '^[a-z._]+ .* (at once|reopen)$' }
            $lines.Count | Should -Be $keys.Count
        }
    }

    Context 'Set-WalConfiguration' {
        It 'has one nullable parameter for each key, of its type' {
            $parameters = (Get-Command Set-WalConfiguration).Parameters
            $others = (Get-Command Reset-WalConfiguration).Parameters.Keys
            ($parameters.Keys | Where-Object { $_ -notin $others } | Sort-Object) | Should -Be ($keys.ParameterName | Sort-Object)
            foreach ($key in $keys) {
                $type = if ($key.ValueType.IsValueType) { [Nullable`1].MakeGenericType($key.ValueType) } elseif ($key.Kind -eq 'Patterns') { [string[]] } else { $key.ValueType }
                $parameters[$key.ParameterName].ParameterType | Should -Be $type -Because $key.FullName
            }
        }

        It 'describes each parameter as its key is described' {
            $help = Get-Help Set-WalConfiguration -Full
            foreach ($key in $keys) {
                $described = $help.parameters.parameter | Where-Object name -EQ $key.ParameterName
                "$($described.description.Text)" | Should -BeLike "$([WildcardPattern]::Escape($key.Description))*"
            }
        }

        It 'writes keys, and keeps what else is in the file' {
            [IO.File]::WriteAllText($file, "# Ours.`n[log]`nretain_segments = 3 # three`n")
            Set-WalConfiguration $path -LogRetainSegments 4 -LogSpareSegments 0 -DurabilityMode Batch -TransactionsAudit $true | Should -BeNullOrEmpty
            Get-Content -Raw $file | Should -Be "# Ours.`n[log]`nretain_segments = 4 # three`nspare_segments = 0`n`n[durability]`nmode = `"batch`"`n`n[transactions]`naudit = true`n"
            (Open-WalStore $path).Durability | Should -Be Batch
        }

        It 'is in force at once in a handle of this process' {
            $store = Open-WalStore $path
            $shown = $store | Set-WalConfiguration -DurabilityMode None -CheckpointRetained 7 -PassThru
            $shown.Name | Should -Be 'durability.mode', 'checkpoint.retained'
            $shown.Value | Should -Be 'None', 7
            $store.Durability | Should -Be None
            Set-WalConfiguration $path -DurabilityMode Sync
            $store.Durability | Should -Be Sync
        }

        It 'is in force within seconds in another process' {
            $script = Join-Path $path 'holder.ps1'
            Set-Content $script 'param($path) Import-Module $env:PERSISTENCE_TEST_MODULE; $s = Open-WalStore $path; "open"; while ($s.Durability -ne "None") { Start-Sleep -Milliseconds 50 }; "changed"; $s.Dispose()'
            $child = Start-Child $script $path
            Read-Line $child | Should -Be open
            Set-WalConfiguration $path -DurabilityMode None
            Read-Line $child | Should -Be changed
            $child.WaitForExit()
        }

        It 'warns of what takes effect later, and of what is overridden' {
            $store = Open-WalStore $path -CheckpointsRetained 5
            $warnings = Set-WalConfiguration $store -QuarantineFiles 3 -CheckpointRetained 6 -LogSpareSegments 2 3>&1
            $warnings.Message | Should -Be 'checkpoint.retained is in the file, and is overridden: whoever opened the store said 5.', 'quarantine.files is in the file and takes effect when the store is opened again.'
            $waiting = Get-WalConfiguration $store -Name quarantine.files
            "$($waiting.Value) $($waiting.Pending) $($waiting.CanChangeWhileOpen)" | Should -Be '16 3 False'
            ($waiting | Out-String -Width 160) | Should -Match 'pending: 3'
            (Get-WalStore $store -Health).Findings.Message | Should -BeLike 'quarantine.files is to be 3*'
        }

        It 'refuses what a key does not take, and changes nothing' {
            [IO.File]::WriteAllText($file, "# Ours.`n")
            $failure = Get-ErrorOf { Set-WalConfiguration $path -LogSpareSegments 2 -CompressionLevel 20 }
            $failure.FullyQualifiedErrorId | Should -Be 'ConfigurationInvalid,PersistenceModule.SetWalConfigurationCommand'
            $failure.Exception.Message | Should -Be 'compression.level is 20; allowed: 1 to 19.'
            Get-ErrorId { Set-WalConfiguration $path } | Should -Be ConfigurationInvalid
            Get-ErrorId { Set-WalConfiguration $path -CompressionLevel $null } | Should -Be ConfigurationInvalid
            Get-Content -Raw $file | Should -Be "# Ours.`n"
        }

        It 'refuses a handle that is closed, and changes nothing' {
            $store = Open-WalStore $path
            $store.Dispose()
            $before = Get-Fingerprint $path
            Get-ErrorId { $store | Set-WalConfiguration -LogSpareSegments 2 } | Should -Be StoreClosed
            Get-ErrorId { $store | Reset-WalConfiguration } | Should -Be StoreClosed
            Get-Fingerprint $path | Should -Be $before
        }

        It 'takes a list as an array, one of one and none too, and puts it in place of all lines it had' {
            [IO.File]::WriteAllText($file, "[terminals]`nsecret_patterns = [`n  'ACME_*', # ours`n  '*TOKEN*',`n] # all`noutput_batch_ms = 7`n")
            $patterns = (Get-WalConfiguration $path -Name terminals.secret_patterns).Value
            Set-WalConfiguration $path -TerminalsSecretPatterns ($patterns + 'it"s')
            Get-Content -Raw $file | Should -Be "[terminals]`nsecret_patterns = [`"ACME_*`", `"*TOKEN*`", `"it\`"s`"] # all`noutput_batch_ms = 7`n"
            (Set-WalConfiguration $path -TerminalsSecretPatterns one* -PassThru).Value | Should -Be 'one*'
            $store = Open-WalStore $path
            $shown = $store | Set-WalConfiguration -TerminalsSecretPatterns @() -PassThru 3>&1
            @($shown).Count | Should -Be 1
            $shown.Value.Count | Should -Be 0
            ($shown | Out-String -Width 160) | Should -Match ' 0 patterns '
            $store | Set-WalConfiguration -TerminalsSecretPatterns a, b 3>&1 | Should -BeNullOrEmpty
            Get-ErrorId { Set-WalConfiguration $path -TerminalsSecretPatterns a, '' } | Should -Be ConfigurationInvalid
            Get-ErrorId { Set-WalConfiguration $path -TerminalsSecretPatterns $null } | Should -Be ConfigurationInvalid
            Get-Value $store terminals.secret_patterns | Should -Be 'a', 'b'
            $store | Reset-WalConfiguration -Name terminals.secret_patterns
            Get-Content -Raw $file | Should -Be "[terminals]`noutput_batch_ms = 7`n"
        }

        It 'says which list overrides the one it has written' {
            $env:PERSISTENCE_TERMINALS_SECRET_PATTERNS = 'a;b*'
            try {
                $warnings = Set-WalConfiguration $path -TerminalsSecretPatterns c 3>&1
                $warnings.Message | Should -Be 'terminals.secret_patterns is in the file, and is overridden: the environment variable PERSISTENCE_TERMINALS_SECRET_PATTERNS says ["a", "b*"].'
                Set-WalConfiguration $path -TerminalsSecretPatterns a, b* 3>&1 | Should -BeNullOrEmpty
                Get-Value $path terminals.secret_patterns | Should -Be 'a', 'b*'
            }
            finally { Remove-Item Env:PERSISTENCE_TERMINALS_SECRET_PATTERNS }
        }

        It 'changes nothing with -WhatIf' {
            $before = Get-Fingerprint $path
            Set-WalConfiguration $path -LogSpareSegments 2 -WhatIf
            Reset-WalConfiguration $path -WhatIf
            Get-Fingerprint $path | Should -Be $before
        }

        It 'writes to several stores, and reports one that is none' {
            $other = New-TestDirectory
            $other, $path | Set-WalConfiguration -LogSpareSegments 2 -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures.FullyQualifiedErrorId | Should -BeLike 'StoreNotFound,*'
            Get-Value $path log.spare_segments | Should -Be 2
        }
    }

    Context 'Reset-WalConfiguration' {
        It 'takes keys out of the file' {
            Set-WalConfiguration $path -LogSpareSegments 2 -LogRetainSegments 3 -CheckpointRetained 3
            $shown = Reset-WalConfiguration $path -Name 'log.*' -PassThru
            $shown.Count | Should -Be ($keys | Where-Object Section -EQ log).Count
            Get-Value $path log.spare_segments | Should -Be 1
            Get-Value $path checkpoint.retained | Should -Be 3
            Reset-WalConfiguration $path
            (Get-WalConfiguration $path).Source | Sort-Object -Unique | Should -Be Default
        }

        It 'takes out what nobody knows too, and counts in a handle at once' {
            $store = Open-WalStore $path
            Set-WalConfiguration $store -CheckpointRetained 3
            Add-Content $file "[lgo]`nx = 1"
            Reset-WalConfiguration $store
            Get-Value $store checkpoint.retained | Should -Be 2
            (Get-WalStore $store -Health).Findings | Should -BeNullOrEmpty
        }
    }

    Context 'A file that is wrong' {
        BeforeEach { [IO.File]::WriteAllText($file, "[log]`nsegment_bytes = 65_000`n") }

        It 'refuses writers with the place, before anything is changed, and lets readers read' {
            $before = Get-Fingerprint $path
            $failure = Get-ErrorOf { Set-StateItem -Path $path a 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ConfigurationInvalid,*'
            $failure.Exception.Message | Should -Be "'persistence.toml' line 2, column 17: log.segment_bytes is 65000; allowed: 32768 to 1073741824, a multiple of 4096."
            $failure.Exception.Line | Should -Be 2
            Get-ErrorId { Open-WalStore $path } | Should -Be ConfigurationInvalid
            Get-ErrorId { Get-WalConfiguration $path } | Should -Be ConfigurationInvalid
            Get-StateItem -Path $path | Should -BeNullOrEmpty
            Test-WalIntegrity $path | Should -BeTrue
            Get-Fingerprint $path | Should -Be $before
            $health = Get-WalStore $path -Health
            "$($health.Status)" | Should -Be Degraded
            $health.Findings.Message | Should -BeLike '*line 2*'
        }

        It 'is mended by setting the key' {
            Set-WalConfiguration $path -LogSegmentBytes 64KB
            Get-Content -Raw $file | Should -Be "[log]`nsegment_bytes = 65536`n"
        }

        It 'leaves an open store as it is, degraded until it is mended' {
            Remove-Item $file
            $store = Open-WalStore $path
            [IO.File]::WriteAllText($file, "[log")
            Wait-Until { $store | Get-WalStore -Health | Where-Object Status -EQ Degraded } | Should -BeTrue
            Set-StateItem -Store $store a 1
            Remove-Item $file
            Wait-Until { $store | Get-WalStore -Health | Where-Object Status -EQ Healthy } | Should -BeTrue
        }
    }

    It 'takes the timeout for the lock from the file' {
        Set-WalConfiguration $path -LockTimeoutMs 1
        $holder = Open-WalStore $path -LockTimeout 0
        $store = $path
        Invoke-Elsewhere { param($path) try { Open-WalStore $path -ErrorAction Stop } catch { $_.FullyQualifiedErrorId.Split(',')[0] } } $store | Should -Be LockTimeout
        Invoke-Elsewhere { param($path) try { Open-WalStore $path -LockTimeout 0 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId.Split(',')[0] } } $store | Should -Be StoreLocked
        $holder.Dispose()
    }

    It 'creates a store as its file says' {
        $fresh = New-TestDirectory
        Set-Content (Join-Path $fresh persistence.toml) "[log]`nsegment_bytes = 32_768`n"
        (New-WalStore $fresh).Dispose()
        (Get-Item (Join-Path $fresh wal/0000000001.wal)).Length | Should -Be 32KB
        Remove-TestDirectory $fresh
    }

    It 'completes the names of keys' {
        $command = "Get-WalConfiguration $path -Name checkpoint.int"
        (TabExpansion2 $command $command.Length).CompletionMatches.CompletionText | Should -Be 'checkpoint.interval_seconds'
    }

    It 'puts directories elsewhere, finds them without being told, and refuses a place that is not there' {
        $directory = Join-Path $path 'disks'
        $null = New-Item -ItemType Directory $directory
        $fast = Join-Path $directory 'fast'
        $large = Join-Path $directory 'large'
        $spread = Join-Path $directory 'spread'
        $null = New-Item -ItemType Directory $spread
        Set-Content (Join-Path $spread persistence.toml) "[paths]`nlog = '$fast'`ncheckpoints = '../large'`n"
        $open = New-WalStore $spread
        Set-StateItem -Store $open a 1
        $null = New-Checkpoint -Store $open
        $open.Dispose()
        Join-Path $spread 'wal' | Should -Not -Exist
        Join-Path $fast 'wal/0000000001.wal' | Should -Exist
        Join-Path $large 'checkpoints/0000000001.full' | Should -Exist
        Remove-Item (Join-Path $spread persistence.toml)
        (Get-StateItem -Path $spread a).Value | Should -Be 1
        Test-WalIntegrity $spread | Should -BeTrue
        Set-StateItem -Path $spread b 2
        (Get-WalSegment $spread -State Active).Sequence | Should -Be 1

        Rename-Item $fast 'unmounted'
        Get-ErrorId { Get-StateItem -Path $spread a } | Should -Be 'StoreMismatch'
        Get-ErrorId { Set-StateItem -Path $spread a 2 } | Should -Be 'StoreMismatch'
        Set-WalConfiguration $spread -PathsLog (Join-Path $directory 'unmounted')
        Set-StateItem -Path $spread a 2
        (Get-StateItem -Path $spread a).Value | Should -Be 2

        Set-WalConfiguration $spread -PathsCheckpoints .
        Get-ErrorId { Set-StateItem -Path $spread a 3 } | Should -Be 'StoreMismatch'
        Move-Item (Join-Path $large checkpoints) $spread
        Set-StateItem -Path $spread a 3
        (Get-Checkpoint $spread).Id | Should -Be 1
    }
}
