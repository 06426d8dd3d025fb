BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force

    # A small file system of its own needs the right to mount one.
    function Mount-Small([string] $Directory, [string] $Size) {
        if (-not $IsLinux -or (& id -u) -ne 0 -or @(Get-Command mount, umount -CommandType Application -ErrorAction Ignore).Count -lt 2) { return $false }
        & mount -t tmpfs -o "size=$Size" tmpfs $Directory 2> $null
        $LASTEXITCODE -eq 0
    }
}

Describe 'A full disk' {
    BeforeEach {
        $directory = New-TestDirectory
        $isMounted = Mount-Small $directory 16m
        $path = Join-Path $directory 'store'
    }
    AfterEach {
        Get-WalStore | Close-WalStore -Confirm:$false
        if ($isMounted) { & umount $directory }
        Remove-TestDirectory $directory
    }

    It 'refuses what is written, takes what is deleted, and comes back with a checkpoint' {
        if (-not $isMounted) { Set-ItResult -Skipped -Because 'no file system can be mounted here (Linux, as root)'; return }
        $store = New-WalStore $path -SegmentBytes 1MB -LogRetainBytes 0 -CheckpointsRetained 1 -CheckpointLogBytes 0
        $value = 'x' * 50000
        # A segment that is being prepared in the background when the first write is refused takes some more.
        do {
            $failure = Get-ErrorOf { 1..1000 | ForEach-Object { Set-StateItem -Store $store "k$($_ % 10)" $value -ErrorAction Stop } }
            Start-Sleep -Milliseconds 200
        } until ((Get-WalStore -Store $store).Degraded)
        $failure.FullyQualifiedErrorId | Should -BeLike 'DiskFull,*'
        "$failure" | Should -BeLike '*deleting and checkpoints go on*'

        (Get-WalStore -Store $store).Degraded | Should -BeLike 'The disk is full since *'
        $space = (Get-WalStore -Store $store -Health).Probes | Where-Object Name -EQ Space
        $space.Status | Should -Be 'Unhealthy'
        $space.Message | Should -BeLike '*full since*take a checkpoint*'

        'k1', 'k2', 'k3' | ForEach-Object { Remove-StateItem -Store $store $_ -Confirm:$false -ErrorAction Stop }
        $null = New-Checkpoint -Store $store -ErrorAction Stop
        Set-StateItem -Store $store again 1 -ErrorAction Stop
        (Get-WalStore -Store $store).Degraded | Should -Not -BeLike 'The disk is full*'
        $store.Dispose()
        $store = Open-WalStore $path
        Get-StateItem -Store $store again -ValueOnly | Should -Be 1
        (Get-StateItem -Store $store).Key | Should -Not -Contain 'k1'
    }
}
