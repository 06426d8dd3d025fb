using System.Buffers.Binary;
using Persistence.CrashKit.Corruption;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>
/// Makes every checksum in a segment fit whatever is there, before anybody reads it: an engine on this disk is one that looks at no checksum of
/// the log.
/// </summary>
internal sealed class SealingFiles(IFileSystem inner) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent)
    {
        IFile file = base.Open(path, intent);
        return path.EndsWith(".wal", StringComparison.Ordinal) ? new SealingFile(file) : file;
    }

    private sealed class SealingFile(IFile inner) : ForwardingFile(inner)
    {
        private const int HeaderBytes = 4096;
        private const int Sector = 512;

        public override int Read(Span<byte> buffer, long offset)
        {
            byte[] content = new byte[GetLength()];
            base.Read(content, 0);
            if (content.Length > HeaderBytes)
                SealFrames(content);
            int count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            content.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        private static void SealFrames(Span<byte> content)
        {
            uint chain = BinaryPrimitives.ReadUInt32LittleEndian(content[104..]);
            long firstLsn = BinaryPrimitives.ReadInt64LittleEndian(content[40..]);
            for (int offset = HeaderBytes; offset + LogFrame.HeaderBytes <= content.Length;)
            {
                int body = BinaryPrimitives.ReadInt32LittleEndian(content[(offset + 48)..]);
                if (!content[offset..].StartsWith("PFRM"u8) || body < 0 || body > content.Length - offset - LogFrame.HeaderBytes)
                    return;
                Span<byte> frame = content.Slice(offset, LogFrame.HeaderBytes + body);
                BinaryPrimitives.WriteUInt32LittleEndian(frame[56..], chain);
                Forgery.Seal(frame, firstLsn + offset);
                chain = BinaryPrimitives.ReadUInt32LittleEndian(frame[68..]);
                offset += (frame.Length + Sector - 1) / Sector * Sector;
            }
        }
    }
}
