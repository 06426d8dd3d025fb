BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    function Get-Completion([string] $Line) {
        @([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches | ForEach-Object CompletionText)
    }
}

Describe 'Completion' {
    BeforeEach {
        $directory = New-TestDirectory
        # PowerShell hands a completer what a variable holds, and no more than that.
        $path = Join-Path $directory 'store'
        $copy = "$path-copy"
        $damaged = "$path-damaged"
        $pattern = "$path*"
        $file = "$path/ROOT"
        $store = New-WalStore $path
        'alpha', 'beta', 'it''s' | ForEach-Object { Set-StateItem -Store $store $_ 1 }
        'login', 'Logout', 'other', 'login' | ForEach-Object { Add-WalEntry -Store $store -Type $_ -InputObject 1 }
        'before upgrade', 'two' | ForEach-Object { $null = New-Checkpoint -Store $store -Name $_ }
    }
    AfterEach { Remove-TestDirectory $directory }

    It 'offers what is in the store of Use-WalStore' {
        Use-WalStore $store {
            Get-Completion 'Get-StateItem -Key a' | Should -Be 'alpha'
            Get-Completion 'Get-StateItem -Key it' | Should -Be "'it''s'"
            Get-Completion 'Add-WalEntry -Type LOG' | Should -Be 'login', 'Logout'
            Get-Completion 'Get-Checkpoint -Name be' | Should -Be "'before upgrade'"
            Get-Completion 'Get-Checkpoint -Id ' | Should -Be '2', '1'
        }
    }

    It 'offers what is in the store that the command line names: <How>' -ForEach @(
        @{ How = 'an open handle'; Says = '-Store $store' }
        @{ How = 'a path that is open here'; Says = '-Path $path' }
        @{ How = 'a path'; Says = '-Path $path'; Close = $true }
        @{ How = 'a relative path'; Says = '-Path ./store'; Close = $true }
        @{ How = 'a literal path'; Says = '-LiteralPath $path'; Close = $true }
        @{ How = 'a store that was not closed'; Says = '-Path $copy' }
    ) {
        # What an open store does beside its commits is not what is looked for: it is to have nothing to do.
        Set-WalConfiguration $store -LogSpareSegments 0 -LogMarkerDelayMs 0
        Copy-OpenStore $path $copy
        if ($Close) { $store.Dispose() }
        do {
            $before = Get-Fingerprint $directory
            [Threading.Thread]::Sleep(300)
        } until ("$(Get-Fingerprint $directory)" -eq "$before")
        Push-Location $directory
        try {
            foreach ($command in 'Get-StateItem', 'Get-WalEntry', 'Watch-WalEntry', 'Add-WalEntry', 'Set-StateItem', 'Remove-StateItem') {
                Get-Completion "$command $Says -Key b" | Should -Be 'beta' -Because $command
            }
            Get-Completion "Get-StateItem $Says -Key " | Should -Be 'alpha', 'beta', "'it''s'"
            foreach ($command in 'Get-WalEntry', 'Watch-WalEntry', 'Add-WalEntry') { Get-Completion "$command $Says -Type l" | Should -Be 'login', 'Logout' -Because $command }
            Get-Completion "Get-Checkpoint $Says -Name t" | Should -Be 'two'
            Get-Completion "Get-Checkpoint $Says -Id " | Should -Be '2', '1'
        }
        finally { Pop-Location }
        Get-Fingerprint $directory | Should -Be $before
        Get-WalStore | Should -Be ($Close ? $null : $store)
    }

    It 'finds the types of a store that is open and has read none' {
        $store.Dispose()
        $store = Open-WalStore $path
        Get-Completion 'Get-WalEntry -Store $store -Type o' | Should -Be 'other'
    }

    It 'offers nothing, and throws nothing, where there is no store to look into: <_>' -ForEach @(
        '-Path ./none', '-Path $null', '-Path Env:/PATH', '-Path nowhere:/x', '-Path $pattern', '-Path $directory', '-LiteralPath $file',
        '-Store $closed', '-Store 5', '-Path $damaged', ''
    ) {
        $closed = New-WalStore "$path-closed"
        $closed.Dispose()
        Copy-OpenStore $path $damaged
        0..3 | ForEach-Object { Set-FlippedBit "$damaged/ROOT" ($_ * 4096 + 100) }
        Get-Completion "Get-StateItem $_ -Key " | Should -BeNullOrEmpty
        Get-Completion "Get-WalEntry $_ -Type " | Should -BeNullOrEmpty
        Get-Completion "Get-Checkpoint $_ -Name " | Should -BeNullOrEmpty
    }

    It 'gives up on a store that is too large to be read at once, unless it is open' {
        $large = New-WalStore "$path-large" -CheckpointLogBytes 0
        1..10 | ForEach-Object { Set-StateItem -Store $large "large/$_" ([byte[]]::new(8MB)) }
        Copy-OpenStore $large.Path $copy
        Get-Completion 'Get-StateItem -Path $copy -Key large/1' | Should -BeNullOrEmpty
        $null = Open-WalStore $copy
        Get-Completion 'Get-StateItem -Path $copy -Key large/1' | Should -Be 'large/1', 'large/10'
    }
}
