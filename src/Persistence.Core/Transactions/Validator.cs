namespace Persistence.Transactions;

/// <summary>A condition that a transaction has to meet.</summary>
/// <param name="Name">What it is called in errors.</param>
/// <param name="IsMet">Looks at the transaction; false: it may not be committed.</param>
internal sealed record Validator(string Name, Func<bool> IsMet);
