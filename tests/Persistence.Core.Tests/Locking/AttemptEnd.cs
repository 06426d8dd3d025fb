namespace Persistence.Tests.Locking;

/// <summary>What an attempt to take a lock ends in.</summary>
internal enum AttemptEnd
{
    Success,
    Timeout,
    Other,
}
