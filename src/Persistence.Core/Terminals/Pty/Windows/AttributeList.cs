using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>What a process is created with beside its start-up information: the pseudo console it is on and the job it belongs to from its first moment.</summary>
internal sealed unsafe class AttributeList : IDisposable
{
    private const int Count = 2;
    private const nuint ConsoleAttribute = 0x00020016;
    private const nuint JobsAttribute = 0x0002000D;

    private readonly nint* _jobs = (nint*)NativeMemory.AllocZeroed((nuint)sizeof(nint));
    private readonly bool _isInitialized;

    /// <param name="console">The console.</param>
    /// <param name="job">The job.</param>
    public AttributeList(nint console, KernelHandle job)
    {
        nuint bytes = 0;
        // The first call only says how much is needed, and fails.
        _ = Kernel32.InitializeAttributeList(null, Count, 0, &bytes);
        Pointer = NativeMemory.AllocZeroed(bytes);
        *_jobs = job.DangerousGetHandle();
        _isInitialized = Kernel32.InitializeAttributeList(Pointer, Count, 0, &bytes);
        bool isFilled = _isInitialized
            && Kernel32.UpdateAttribute(Pointer, 0, ConsoleAttribute, (void*)console, (nuint)sizeof(nint), null, null)
            && Kernel32.UpdateAttribute(Pointer, 0, JobsAttribute, _jobs, (nuint)sizeof(nint), null, null);
        Error = isFilled ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The list.</summary>
    public void* Pointer { get; }

    /// <summary>Why it could not be made; 0: it was.</summary>
    public int Error { get; }

    public void Dispose()
    {
        if (_isInitialized)
            Kernel32.DeleteAttributeList(Pointer);
        NativeMemory.Free(Pointer);
        NativeMemory.Free(_jobs);
    }
}
