using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Hosts;

/// <summary>What is said to a host of terminals and heard from it: requests one after the other, and an answer to each, in the same order.</summary>
internal interface IHostDialog : IDisposable
{
    int ProcessId { get; }

    /// <summary>Whether it ended by the signal no process can catch; only once it has ended.</summary>
    bool WasKilled { get; }

    /// <summary>How it ended, in words.</summary>
    string HowItEnded { get; }

    /// <summary>Its exit code; only once it has ended.</summary>
    int ExitCode { get; }

    /// <summary>Sends a request. A host that is gone already hears nothing.</summary>
    /// <param name="line">The request.</param>
    /// <param name="isPlain">Whether the answer has to say nothing but that it is done.</param>
    void Send(byte[] line, bool isPlain);

    /// <summary>The next line it says; null when there is none in time, or at the end.</summary>
    JsonElement? Receive(TimeSpan timeout);

    /// <summary>Ends it as a machine that stops would: nothing gets another instruction in.</summary>
    void Kill();

    /// <summary>Asks it to end.</summary>
    void Terminate();

    bool WaitForExit(TimeSpan timeout);

    /// <summary>What it had said before it ended. The last line, if it has no end, was not said.</summary>
    /// <exception cref="Processes.WorkerFailedException">Something else holds its pipe.</exception>
    IReadOnlyList<JsonElement> Drain(TimeSpan timeout);
}
