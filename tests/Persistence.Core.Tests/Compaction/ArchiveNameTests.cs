using Persistence.Compaction;
using Persistence.Compression;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Compaction;

public sealed class ArchiveNameTests
{
    [Theory]
    [InlineData(CodecId.None, "0000000003-0000000017-0000000000065536-0000000000070144.none")]
    [InlineData(CodecId.Brotli, "0000000003-0000000017-0000000000065536-0000000000070144.brotli")]
    [InlineData(CodecId.Zstd, "0000000003-0000000017-0000000000065536-0000000000070144.zstd")]
    public void A_name_says_epoch_sequence_positions_and_codec_and_is_read_back(CodecId codec, string expected)
    {
        ArchiveName name = new(3, 17, new Lsn(65536), new Lsn(70144), codec);
        Assert.Equal(expected, name.File);
        Assert.True(ArchiveName.TryParse(expected, out ArchiveName parsed));
        Assert.Equal(name, parsed);
        Assert.Equal(4608, parsed.RawBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("notes.txt")]
    [InlineData("3-17-65536-70144.zstd")]
    [InlineData("0000000003-0000000017-0000000000065536.zstd")]
    [InlineData("0000000003-0000000017-0000000000065536-0000000000070144")]
    [InlineData("0000000003-0000000017-0000000000065536-0000000000070144.gz")]
    [InlineData("0000000003-0000000017-0000000000065536-0000000000000001.zstd")]
    [InlineData("0000000003-0000000000-0000000000065536-0000000000070144.zstd")]
    [InlineData("-000000003-0000000017-0000000000065536-0000000000070144.zstd")]
    public void No_other_name_is_an_archived_segment(string name) => Assert.False(ArchiveName.TryParse(name, out _));
}
