BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
}

Describe 'Errors' {
    BeforeEach {
        $directory = New-TestDirectory
        $path = Join-Path $directory 'store'
        $store = New-WalStore $path
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'have an id, a category, a target and a recommendation: <Id>' -ForEach @(
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Open-WalStore "$path-none" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Get-StateItem -LiteralPath "$path-none" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Get-WalEntry "$path-none*" } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Test-WalIntegrity $directory } }
        @{ Id = 'StoreNotFound'; Category = 'ObjectNotFound'; Run = { Open-WalStore (Join-Path $path ROOT) } }
        @{ Id = 'StoreExists'; Category = 'ResourceExists'; Run = { New-WalStore $path } }
        @{ Id = 'StoreLocked'; Category = 'ResourceBusy'; Run = { Open-WalStore $path } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { Get-WalEntry Env:/PATH } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { New-WalStore Variable:/x } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Run = { Test-WalIntegrity nowhere:/x } }
        @{ Id = 'PathAmbiguous'; Category = 'InvalidArgument'; Run = { $null = New-WalStore "$path-2"; Set-StateItem -Path "$path*" a 1 } }
        @{ Id = 'StateItemNotFound'; Category = 'ObjectNotFound'; Run = { Get-StateItem -Store $store none } }
        @{ Id = 'CheckpointNotFound'; Category = 'ObjectNotFound'; Run = { Get-Checkpoint -Store $store -Id 9 } }
        @{ Id = 'ValueNotSupported'; Category = 'InvalidType'; Run = { Set-StateItem -Store $store a { } } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Set-StateItem -Store $store '' 1 } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Add-WalEntry -Store $store ('x' * 4097) 1 } }
        @{ Id = 'KeyInvalid'; Category = 'InvalidArgument'; Run = { Add-WalEntry -Store $store ([string][char]0xD800) 1 } }
        @{ Id = 'RecordTooLarge'; Category = 'LimitsExceeded'; Run = { Set-StateItem -Store $store a ([byte[]]::new(65MB)) } }
    ) {
        $failure = Get-ErrorOf $Run
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,PersistenceModule.*Command"
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.ErrorDetails.Message | Should -Be $failure.Exception.Message
        $null -ne $failure.TargetObject | Should -BeTrue
    }

    It 'of every command that is given no store: StoreNotSpecified' {
        foreach ($command in
            { Add-WalEntry a 1 }, { Get-WalEntry }, { Get-StateItem }, { Set-StateItem a 1 }, { Remove-StateItem a }, { New-Checkpoint },
            { Get-Checkpoint }, { Test-WalIntegrity }, { Sync-Wal }, { Close-WalStore }, { Get-WalStore -Current }) {
            Get-ErrorId $command | Should -Be 'StoreNotSpecified' -Because "$command"
        }
    }

    It 'of two ways to say which store: StoreAmbiguous' {
        Get-ErrorId { Add-WalEntry -Store $store -Path $path a 1 } | Should -Be 'StoreAmbiguous'
    }

    It 'about one store do not keep the others from being read' {
        $errors = @()
        $results = @(Test-WalIntegrity "$path-none", $path -ErrorAction SilentlyContinue -ErrorVariable errors)
        $results | Should -Be $true
        @($errors | Where-Object FullyQualifiedErrorId -Like 'StoreNotFound,*').Count | Should -Be 1
    }

    It 'about one key do not keep the others from being set' {
        $rows = [pscustomobject]@{ Key = 'a'; Value = 1 }, [pscustomobject]@{ Key = ''; Value = 2 }, [pscustomobject]@{ Key = 'c'; Value = { } }, [pscustomobject]@{ Key = 'd'; Value = 4 }
        $rows | Set-StateItem -Store $store -ErrorAction SilentlyContinue -ErrorVariable errors
        (Get-StateItem -Store $store).Key | Should -Be 'a', 'd'
        $errors.Count | Should -Be 2
    }

    It 'stop the script under $ErrorActionPreference Stop' {
        & {
            $ErrorActionPreference = 'Stop'
            { 1, { }, 3 | Add-WalEntry -Store $store -Type t } | Should -Throw -ErrorId 'ValueNotSupported,*'
        }
        (Get-WalEntry -Store $store).Value | Should -Be 1
    }

    It 'of a transaction under Stop roll it back' {
        & {
            $ErrorActionPreference = 'Stop'
            { 1, { }, 3 | Add-WalEntry -Store $store -Type t -AsTransaction } | Should -Throw -ErrorId 'ValueNotSupported,*'
        }
        Get-WalEntry -Store $store | Should -BeNullOrEmpty
    }

    It 'are described for every error the engine has' {
        $type = (Get-Command Add-WalEntry).ImplementingType.Assembly.GetType('PersistenceModule.ErrorRecords')
        $descriptions = $type.GetProperty('Descriptions', [Reflection.BindingFlags]'NonPublic, Static').GetValue($null)
        foreach ($name in [Enum]::GetValues([Persistence.Diagnostics.StoreError])) {
            $descriptions.ContainsKey($name) | Should -BeTrue -Because $name
            $descriptions[$name].Category | Should -Not -Be 'NotSpecified'
        }
    }

    It 'are all named in the help topic' {
        $topic = Get-Content -Raw (Join-Path (Split-Path (Get-TestedManifest)) 'en-US/about_PersistenceModule.help.txt')
        foreach ($name in [Enum]::GetNames([Persistence.Diagnostics.StoreError]) + 'StoreNotSpecified', 'StoreAmbiguous', 'PathNotFileSystem', 'PathAmbiguous', 'KeyInvalid', 'StateItemNotFound') {
            $topic | Should -Match "\b$name\b"
        }
    }

    It 'refuse a link that was planted inside the store' -Skip:$IsWindows {
        $store.Dispose()
        Move-Item (Join-Path $path ROOT) (Join-Path $directory elsewhere)
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $path ROOT) -Target (Join-Path $directory elsewhere)
        Get-ErrorId { Open-WalStore $path } | Should -Be 'AccessDenied'
        Get-ErrorId { Get-StateItem -Path $path } | Should -Be 'AccessDenied'
    }

    It 'of a store that is closed under a running command say so' {
        1..100 | Add-WalEntry -Store $store -Type t -AsTransaction
        $reader = Open-WalStore $path -ReadOnly
        Get-ErrorId { Get-WalEntry -Store $reader | ForEach-Object { Close-WalStore -Store $reader; Get-WalEntry -Store $reader } } | Should -Be 'StoreClosed'
    }
}
