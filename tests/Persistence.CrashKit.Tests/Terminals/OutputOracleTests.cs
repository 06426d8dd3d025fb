using System.Text;
using Persistence.CrashKit.Terminals.Output;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

public sealed class OutputOracleTests
{
    private readonly OutputOracle _oracle = new();

    [Fact]
    public void Output_is_taken_however_it_is_cut()
    {
        ProgramLife life = Begin("\u001Eup 1\n", "\u001Et1\n");
        life.Add(new SequencePart(1_000_000_005, 30));
        byte[] output = Bytes("\u001Eup 1\n\u001Et1\n1000000005\n1000000006\n10000000");
        foreach (byte one in output)
            Assert.Null(_oracle.Take([one]));
        Assert.Equal(output.Length, _oracle.Known);
        Assert.True(_oracle.IsSilent);
        Assert.Null(_oracle.Compare(0, output));
        Assert.Null(_oracle.Compare(9, output.AsSpan(9)));
    }

    [Theory]
    [InlineData("\u001Eup 1\n\u001Et2\n")]
    [InlineData("\u001Eup 1\n\u001Et1\n\u001Et1\n")]
    [InlineData("\u001Eup 1\n\u001Et1\n\u001Et2\nx")]
    [InlineData("\u001Eup 1\n\u001Et1\n\n")]
    [InlineData("\u001Eup 1\nt1\n")]
    [InlineData("\u001Eup 2\n")]
    public void A_gap_a_repetition_and_what_nobody_was_told_to_write_are_found(string output)
    {
        Begin("\u001Eup 1\n", "\u001Et1\n", "\u001Et2\n");
        Assert.NotNull(_oracle.Take(Bytes(output)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(3)]
    public void A_stretch_missing_within_numbers_is_found(int bytes)
    {
        ProgramLife life = Begin("\u001Et1\n");
        life.Add(new SequencePart(1_000_000_000, 110));
        byte[] numbers = new byte[110];
        new SequencePart(1_000_000_000, 110).CopyTo(0, numbers);
        Assert.NotNull(_oracle.Take([.. Bytes("\u001Et1\n"), .. numbers[..44], .. numbers[(44 + bytes)..]]));
    }

    [Fact]
    public void What_is_known_must_stay_as_it_is()
    {
        Begin("\u001Eup 1\n", "\u001Et1\n");
        Assert.Null(_oracle.Take(Bytes("\u001Eup 1\n\u001Et1\n")));
        Assert.NotNull(_oracle.Compare(0, Bytes("\u001Eup 1\n\u001Et2\n")));
        Assert.NotNull(_oracle.Compare(7, Bytes("t2")));
    }

    [Fact]
    public void Another_program_may_cut_the_one_before_short_at_any_byte()
    {
        const string First = "\u001Eup 1\n\u001Et1\n";
        for (int length = 0; length <= First.Length; length++)
        {
            OutputOracle oracle = new();
            Add(oracle.BeginLife(), "\u001Eup 1\n", "\u001Et1\n", "\u001Et2\n");
            Add(oracle.BeginLife(), "\u001Eup 2\n", "\u001Et3\n");
            byte[] output = Bytes(First[..length] + "\u001Eup 2\n\u001Et3\n");
            Assert.Null(oracle.Take(output));
            Assert.True(oracle.IsSilent);
            Assert.Null(oracle.Compare(0, output));
        }
    }

    [Fact]
    public void A_program_whose_output_is_not_there_at_all_is_passed_over_and_never_comes_back()
    {
        for (int process = 1; process <= 3; process++)
            Begin($"\u001Eup {process}\n");
        Assert.Null(_oracle.Take(Bytes("\u001Eup 3\n")));
        Assert.NotNull(_oracle.Take(Bytes("\u001Eup 2\n")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1000000000\n1000")]
    [InlineData("1000000000\n1000\n")]
    [InlineData("1000000000\n")]
    [InlineData("1000000000\n\n")]
    public void What_is_interrupted_may_end_at_any_byte_with_a_line_end_by_the_shell(string numbers)
    {
        ProgramLife life = Begin("\u001Et1\n");
        life.Add(new SequencePart(1_000_000_000, 1100) { IsInterruptible = true });
        life.Add(new LiteralPart("\n") { IsOptional = true });
        Add(life, "\u001Et2\n");
        Assert.Null(_oracle.Take(Bytes($"\u001Et1\n{numbers}\u001Et2\n")));
        Assert.True(_oracle.IsSilent);
    }

    [Fact]
    public void Within_what_is_interrupted_a_number_that_is_missing_is_found()
    {
        ProgramLife life = Begin("\u001Et1\n");
        life.Add(new SequencePart(1_000_000_000, 1100) { IsInterruptible = true });
        life.Add(new LiteralPart("\n") { IsOptional = true });
        Add(life, "\u001Et2\n");
        Assert.NotNull(_oracle.Take(Bytes("\u001Et1\n1000000000\n1000000002\n")));
    }

    [Fact]
    public void What_is_no_longer_kept_is_passed_over_by_its_length()
    {
        ProgramLife life = Begin("\u001Et1\n");
        life.Add(new SequencePart(1_000_000_000, 1100));
        Assert.Null(_oracle.Skip(4 + 550));
        Assert.Null(_oracle.Take(Bytes("1000000050\n")));
        Assert.NotNull(_oracle.Skip(10_000));
    }

    [Fact]
    public void What_did_not_last_is_not_known_any_more_and_another_program_goes_on_there()
    {
        Begin("\u001Eup 1\n", "\u001Et1\n");
        Assert.Null(_oracle.Take(Bytes("\u001Eup 1\n\u001Et1\n")));
        _oracle.Rewind(7);
        _oracle.EndLives();
        Assert.Equal(7, _oracle.Known);
        Begin("\u001Eup 2\n");
        Assert.Null(_oracle.Take(Bytes("\u001Eup 2\n")));
        Assert.Null(_oracle.Compare(0, Bytes("\u001Eup 1\n\u001E\u001Eup 2\n")));
    }

    private ProgramLife Begin(params string[] parts) => Add(_oracle.BeginLife(), parts);

    private static ProgramLife Add(ProgramLife life, params string[] parts)
    {
        foreach (string part in parts)
            life.Add(new LiteralPart(part));
        return life;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
