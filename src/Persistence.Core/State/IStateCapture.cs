using Persistence.Serialization;

namespace Persistence.State;

/// <summary>A captured state, streamed into a checkpoint while the live state goes on.</summary>
public interface IStateCapture
{
    /// <summary>Number of items <see cref="TryWriteNext"/> will write.</summary>
    long Count { get; }

    /// <summary>Appends the next item to <paramref name="item"/>, which is empty.</summary>
    /// <returns>False after the last item.</returns>
    bool TryWriteNext(GrowableBuffer item);
}
