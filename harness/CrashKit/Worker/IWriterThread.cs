namespace Persistence.CrashKit.Worker;

/// <summary>A thread of a worker that writes until it is told to stop, or the store fails it.</summary>
internal interface IWriterThread
{
    void Start();

    void BeginStop();

    void Join();
}
