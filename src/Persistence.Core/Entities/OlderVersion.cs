namespace Persistence.Entities;

/// <summary>What something was before a commit that some snapshot does not see.</summary>
/// <param name="Since">The commit that made it so; 0: it was loaded.</param>
internal abstract record OlderVersion<T>(long Since)
    where T : OlderVersion<T>
{
    /// <summary>What it was before that, as long as a snapshot may ask for it.</summary>
    public T? Previous { get; set; }

    /// <summary>What it was after that, unless that is what it is now.</summary>
    public T? Next { get; set; }
}
