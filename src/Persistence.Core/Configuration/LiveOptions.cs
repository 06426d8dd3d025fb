namespace Persistence.Configuration;

/// <summary>
/// The options of a store that is open, which may change while it is. Whoever works for it asks here each time, and takes what belongs together at once. Thread-safe.
/// </summary>
internal sealed class LiveOptions(StoreConfiguration configuration)
{
    private StoreConfiguration _configuration = configuration;

    /// <summary>The options in force.</summary>
    public StoreOptions Current => Configuration.Options;

    /// <summary>The same with their sources, and with what waits for the next opening.</summary>
    public StoreConfiguration Configuration
    {
        get => Volatile.Read(ref _configuration);
        set => Volatile.Write(ref _configuration, value);
    }
}
