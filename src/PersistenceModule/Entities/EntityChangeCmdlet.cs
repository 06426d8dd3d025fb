using System.Management.Automation;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>A command that changes entities or tables.</summary>
public abstract class EntityChangeCmdlet : EntityCmdlet
{
    /// <summary>How long to wait for another writer to leave when the store is given by path; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    private protected override OptionOverrides GivenOptions => GivenLockTimeout(LockTimeout);
}
