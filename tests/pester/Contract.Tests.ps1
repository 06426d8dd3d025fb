BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $commands = Get-Command -Module PersistenceModule | ForEach-Object { @{ Name = $_.Name; Command = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
    $manifestPath = Get-TestedManifest
    $root = Split-Path $manifestPath
    $manifest = Import-PowerShellDataFile $manifestPath
    $assembly = (Get-Command Add-WalEntry).ImplementingType.Assembly
    $common = [System.Management.Automation.Cmdlet]::CommonParameters
    [xml] $help = Get-Content -Raw (Join-Path $root 'en-US/PersistenceModule.dll-Help.xml')
}

Describe 'The module' {
    It 'exports exactly the commands that its assembly has' {
        $defined = $assembly.GetTypes() | ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } | ForEach-Object { "$($_.VerbName)-$($_.NounName)" } | Sort-Object
        $manifest.CmdletsToExport | Sort-Object | Should -Be $defined
        (Get-Command -Module PersistenceModule).Name | Sort-Object | Should -Be $defined
    }

    It 'exports nothing else' {
        $module = Get-Module PersistenceModule
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'has a valid manifest' {
        (Test-ModuleManifest $manifestPath).Version | Should -Be $assembly.GetName().Version.ToString(3)
    }

    It 'names approved verbs only' {
        $approved = (Get-Verb).Verb
        foreach ($command in Get-Command -Module PersistenceModule) { $approved | Should -Contain $command.Verb }
    }

    It 'ships its own assemblies and no other' {
        Get-ChildItem (Join-Path $root bin) -Recurse -Filter *.dll | ForEach-Object Name | Sort-Object | Should -Be 'Persistence.Core.dll', 'PersistenceModule.dll'
    }

    It 'needs no assembly that PowerShell does not bring' {
        foreach ($own in $assembly, ($assembly.GetReferencedAssemblies() | Where-Object Name -EQ 'Persistence.Core' | ForEach-Object { [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Persistence.Core' } })) {
            foreach ($reference in $own.GetReferencedAssemblies().Name) { $reference | Should -Match '^(System\.|Microsoft\.Win32\.|Persistence\.Core$|System\.Management\.Automation$|netstandard$)' }
        }
    }

    It 'makes no list that cannot be indexed' {
        # The compiler makes such a list of a collection expression whose target is IReadOnlyList<T> or its like: $report.Findings[0] would be all of them. Write an array.
        foreach ($own in $assembly, [Persistence.Engine.IntegrityReport].Assembly) { $own.GetTypes().Name -like '<>z__ReadOnly*' | Should -BeNullOrEmpty -Because $own.GetName().Name }
    }

    It 'loads by itself when a command is called' {
        $script = Join-Path ([IO.Directory]::CreateTempSubdirectory('persistence-test-').FullName) 'auto.ps1'
        try {
            $modules = Join-Path (Split-Path $script) 'modules'
            $null = New-Item -ItemType Directory $modules
            $null = New-Item -ItemType SymbolicLink -Path (Join-Path $modules PersistenceModule) -Target $root
            Set-Content $script "`$env:PSModulePath = '$modules' + [IO.Path]::PathSeparator + `$env:PSModulePath; (Get-WalStore | Measure-Object).Count; (Get-Module PersistenceModule).Name"
            $child = Start-Child $script
            Read-Line $child | Should -Be '0'
            Read-Line $child | Should -Be 'PersistenceModule'
            $child.WaitForExit()
        }
        finally { Remove-Item -Recurse -Force (Split-Path $script) }
    }

    It 'has views only for types that exist, and a view for each type it returns' {
        [xml] $formats = Get-Content -Raw (Join-Path $root 'PersistenceModule.format.ps1xml')
        $viewed = $formats.SelectNodes('//ViewSelectedBy/TypeName').'#text'
        foreach ($name in $viewed) { ($name -as [type]) | Should -Not -BeNull -Because $name }
        foreach ($view in $formats.SelectNodes('//View')) {
            $type = $view.ViewSelectedBy.TypeName -as [type]
            foreach ($property in $view.SelectNodes('.//PropertyName').'#text') { $type.GetProperty($property) | Should -Not -BeNull -Because "$type.$property" }
        }
        $returned = (Get-Command -Module PersistenceModule).OutputType.Type | Where-Object { $_ -and $_.Assembly.GetName().Name -like 'Persistence*' } | Sort-Object FullName -Unique
        foreach ($type in $returned) { $viewed | Should -Contain $type.FullName }
    }
}

Describe '<Name>' -ForEach $commands {
    It 'is sealed, and named after its verb and noun' {
        $Command.ImplementingType.IsSealed | Should -BeTrue
        $Command.ImplementingType.Name | Should -Be "$($Command.Verb)$($Command.Noun)Command"
    }

    It 'says what it returns' {
        $Command.OutputType.Count | Should -BeGreaterThan 0
    }

    It 'asks before it changes something' {
        $metadata = [System.Management.Automation.CommandMetadata]::new($Command)
        $exempt = 'Add-WalEntry', 'Find-Entity', 'Get-Checkpoint', 'Get-Entity', 'Get-EntityComponent', 'Get-EntityTable', 'Get-StateItem', 'Get-TerminalPane', 'Get-TerminalSession', 'Get-TerminalWindow', 'Get-WalConfiguration', 'Get-WalEntry', 'Get-WalSegment', 'Get-WalStore', 'Measure-Wal', 'Receive-TerminalOutput', 'Test-Checkpoint', 'Test-WalIntegrity', 'Use-WalStore', 'Watch-WalEntry'
        $metadata.SupportsShouldProcess | Should -Be ($Name -notin $exempt)
    }

    It 'takes a handle where it takes a path' {
        $sets = @{}
        foreach ($set in $Command.ParameterSets) {
            foreach ($parameter in $set.Parameters) { $sets["$($set.Name) $($parameter.Name)"] = $parameter.Position }
        }

        if ($sets.ContainsKey('Path Path') -and $sets.ContainsKey('Store Store')) {
            $sets['Store Store'] | Should -Be $sets['Path Path']
        }
    }

    It 'has help for itself and for every parameter' {
        $own = @($help.helpItems.command | Where-Object { $_.details.name -eq $Name })
        $own.Count | Should -Be 1
        $own[0].details.description.para | Should -Not -BeNullOrEmpty
        $own[0].description.para | Should -Not -BeNullOrEmpty
        @($own[0].examples.example).Count | Should -BeGreaterThan 0
        $documented = @($own[0].parameters.parameter.name)
        $actual = $Command.Parameters.Keys | Where-Object { $_ -notin $common }
        $documented | Sort-Object | Should -Be ($actual | Sort-Object)
        foreach ($parameter in $own[0].parameters.parameter) { $parameter.description.para | Should -Not -BeNullOrEmpty }
    }

    It 'has every value of an enumeration in its help' {
        $own = $help.helpItems.command | Where-Object { $_.details.name -eq $Name }
        foreach ($parameter in $own.parameters.parameter) {
            $type = $Command.Parameters[$parameter.name].ParameterType
            if ($type.HasElementType) { $type = $type.GetElementType() }
            if (-not $type.IsEnum) { continue }
            foreach ($value in [Enum]::GetNames($type)) { "$($parameter.description.para)" | Should -Match "\b$value\b" -Because $parameter.name }
        }
    }

    It 'has the syntax its help shows' {
        $own = $help.helpItems.command | Where-Object { $_.details.name -eq $Name }
        $shown = @($own.syntax.syntaxItem) | ForEach-Object { ($_.parameter | ForEach-Object { "$($_.name)=$($_.required)" } | Sort-Object) -join ' ' } | Sort-Object
        $actual = $Command.ParameterSets | ForEach-Object { ($_.Parameters | Where-Object Name -NotIn $common | ForEach-Object { "$($_.Name)=$("$($_.IsMandatory)".ToLower())" } | Sort-Object) -join ' ' } | Sort-Object
        $shown | Should -Be $actual
    }

    It 'shows its help' {
        $shown = Get-Help $Name -Full
        $shown.Synopsis | Should -Not -BeLike "*$Name *"
        @($shown.examples.example).Count | Should -BeGreaterThan 0
    }

    It 'has examples that parse and name only parameters there are' {
        $own = $help.helpItems.command | Where-Object { $_.details.name -eq $Name }
        foreach ($example in $own.examples.example) {
            $errors = $null
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty
            foreach ($call in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $called = Get-Command $call.GetCommandName() -ErrorAction Ignore
                $called | Should -Not -BeNull -Because $example.code
                foreach ($parameter in $call.CommandElements.Where({ $_ -is [System.Management.Automation.Language.CommandParameterAst] })) {
                    $called.Parameters.Keys | Should -Contain $parameter.ParameterName
                }
            }
        }
    }
}
