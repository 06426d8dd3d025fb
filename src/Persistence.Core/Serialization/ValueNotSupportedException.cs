using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// A value holds something that is not data. Always <see cref="StoreError.ValueNotSupported"/>. Names the place and the
/// type, never the content.
/// </summary>
public sealed class ValueNotSupportedException : StoreException
{
    /// <summary>The path of the value itself.</summary>
    public const string RootPath = "$";

    /// <summary>Creates the error.</summary>
    /// <param name="typeName">The .NET type that cannot be stored.</param>
    /// <param name="reason">Why, as the end of a sentence about it: "is code".</param>
    /// <param name="valuePath">The path to it; an <see cref="IValueAdapter"/> leaves it out or gives one from the object it was asked about.</param>
    /// <param name="innerException">The cause, or null.</param>
    public ValueNotSupportedException(string typeName, string reason, string valuePath = RootPath, Exception? innerException = null)
        : base(StoreError.ValueNotSupported, $"The value at {valuePath} cannot be stored: {typeName} {reason}.", innerException)
    {
        TypeName = typeName;
        Reason = reason;
        ValuePath = valuePath;
    }

    /// <summary>The .NET type that cannot be stored.</summary>
    public string TypeName { get; }

    /// <summary>Why, as the end of a sentence about it.</summary>
    public string Reason { get; }

    /// <summary>Where it is inside the value that was to be stored, as PowerShell writes it: <c>$.servers[3].credential</c>.</summary>
    public string ValuePath { get; }
}
