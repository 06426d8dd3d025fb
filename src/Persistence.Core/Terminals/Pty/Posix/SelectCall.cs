namespace Persistence.Terminals.Pty.Posix;

/// <summary>The C library's <c>select</c>.</summary>
internal unsafe delegate int SelectCall(int count, byte* readable, byte* writable, byte* exceptional, long* timeout);
