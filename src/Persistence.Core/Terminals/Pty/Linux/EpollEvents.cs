using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Linux;

/// <summary>An array of the kernel's <c>struct epoll_event</c>: 4 bytes of events and 8 of the caller's, which begin at byte 4 on x64 and at byte 8 elsewhere.</summary>
internal sealed class EpollEvents
{
    public const uint Input = 0x1;
    public const uint Output = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;

    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = KeyOffset + sizeof(long);

    /// <param name="count">How many.</param>
    public EpollEvents(int count) => Bytes = new byte[count * EventBytes];

    /// <summary>The array.</summary>
    public byte[] Bytes { get; }

    /// <summary>How many there are.</summary>
    public int Count => Bytes.Length / EventBytes;

    /// <summary>One of them.</summary>
    public (uint Events, long Key) this[int index]
    {
        get => (BinaryPrimitives.ReadUInt32LittleEndian(At(index)), BinaryPrimitives.ReadInt64LittleEndian(At(index)[KeyOffset..]));
        set
        {
            BinaryPrimitives.WriteUInt32LittleEndian(At(index), value.Events);
            BinaryPrimitives.WriteInt64LittleEndian(At(index)[KeyOffset..], value.Key);
        }
    }

    private Span<byte> At(int index) => Bytes.AsSpan(index * EventBytes, EventBytes);
}
