using Persistence.Recovery;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>The table that tells a torn tail from damage, every combination of its inputs.</summary>
public sealed class TailVerdictTests
{
    private static readonly Lsn Position = new(1000);

    [Fact]
    public void Every_combination_of_evidence_has_the_verdict_of_the_first_row_that_applies()
    {
        int combinations = 0;
        foreach (long floor in (long[])[0, 999, 1000, 1001])
        {
            foreach (long? recordedEnd in (long?[])[null, 999, 1000, 1001])
            {
                foreach (long? proof in (long?[])[null, 2000])
                {
                    foreach (bool tooShort in (bool[])[false, true])
                    {
                        foreach (bool written in (bool[])[false, true])
                        {
                            TailEvidence evidence = new(Position, ToLsn(recordedEnd), new Lsn(floor), ToLsn(proof), tooShort, written);
                            Assert.Equal(Expect(evidence), TailVerdict.Decide(evidence));
                            combinations++;
                        }
                    }
                }
            }
        }

        Assert.Equal(128, combinations);
    }

    [Fact]
    public void Damage_is_always_explained_by_what_it_rests_on()
    {
        Assert.Contains("shorter", TailVerdict.Explain(new TailEvidence(Position, null, default, null, true, false)), StringComparison.Ordinal);
        Assert.Contains("1001", TailVerdict.Explain(new TailEvidence(Position, null, new Lsn(1001), null, false, false)), StringComparison.Ordinal);
        Assert.Contains("1001", TailVerdict.Explain(new TailEvidence(Position, new Lsn(1001), default, null, false, false)), StringComparison.Ordinal);
        Assert.Contains("2000", TailVerdict.Explain(new TailEvidence(Position, null, default, new Lsn(2000), false, false)), StringComparison.Ordinal);
        Assert.Contains("nothing", TailVerdict.Explain(new TailEvidence(Position, null, default, null, false, false)), StringComparison.Ordinal);
    }

    /// <summary>The specification once more, row by row and without an order: damage is whatever proves it.</summary>
    private static TailKind Expect(TailEvidence evidence)
    {
        bool isBelowFloor = evidence.DurableFloor > evidence.Position || (evidence.RecordedEnd is Lsn end && end > evidence.Position);
        if (evidence.FileTooShort || isBelowFloor || evidence.ProvenBy is not null)
            return TailKind.Damage;
        if (evidence.RecordedEnd == evidence.Position)
            return TailKind.CleanEnd;
        return evidence.SomethingWritten ? TailKind.TornTail : TailKind.EndOfLog;
    }

    private static Lsn? ToLsn(long? value) => value is long number ? new Lsn(number) : null;
}
