namespace Persistence.Storage.Simulated;

/// <summary>
/// Goes through the states of a crash space, tier after tier, the same way for the same seed: (0) a kill at every boundary; (1) at every boundary nothing,
/// only names and sizes, only bytes; (2) one part missing, at every later cut; (3) a write in part; (4) one part that came early; (5) two
/// parts missing; (6) swarm: for each kind of part all, none, half, the first, the last or all but one. Every choice is made legal under the
/// space's profile before it is given out.
/// </summary>
internal sealed class CrashStateEnumerator
{
    public const int Tiers = 7;
    private const int Sector = 512;

    private readonly CrashStateSpace _space;
    private readonly CrashChoice _choice;
    private readonly ulong _seed;
    private readonly long _end;
    private readonly long _start;

    /// <param name="space">The states.</param>
    /// <param name="start">The first cut.</param>
    /// <param name="end">The last one.</param>
    /// <param name="seed">Of the swarm.</param>
    public CrashStateEnumerator(CrashStateSpace space, long start, long end, ulong seed)
    {
        _space = space;
        _choice = new CrashChoice(space.Micros.Count);
        _start = start;
        _end = end;
        _seed = seed;
    }

    /// <summary>All choices of a tier. The object given out is used again for the next one. The swarm does not end.</summary>
    public IEnumerable<CrashChoice> Enumerate(int tier)
    {
        if (tier == 6)
        {
            for (ulong round = 0; ; round++)
                yield return Swarm(round);
        }

        for (long cut = _start; cut <= _end; cut++)
        {
            List<int> pending = _space.PendingAt(cut);
            foreach (CrashChoice choice in AtCut(tier, cut, pending))
                yield return choice;
        }
    }

    private IEnumerable<CrashChoice> AtCut(int tier, long cut, List<int> pending) => tier switch
    {
        0 => [Make(0, cut, pending, static _ => true)],
        1 => WholeKinds(cut, pending),
        2 => pending.Select(missing => Make(2, cut, pending, micro => micro != missing)),
        3 => Torn(cut, pending),
        4 => pending.Select(early => Make(4, cut, pending, micro => micro == early)),
        _ => Pairs(pending).Select(pair => Make(5, cut, pending, micro => micro != pair.First && micro != pair.Second)),
    };

    private IEnumerable<CrashChoice> WholeKinds(long cut, List<int> pending)
    {
        yield return Make(1, cut, pending, static _ => false);
        yield return Make(1, cut, pending, micro => _space.Micros[micro].IsMetadata);
        yield return Make(1, cut, pending, micro => !_space.Micros[micro].IsMetadata);
    }

    private static IEnumerable<(int First, int Second)> Pairs(List<int> pending)
    {
        for (int i = 0; i < pending.Count; i++)
        {
            for (int j = i + 1; j < pending.Count; j++)
                yield return (pending[i], pending[j]);
        }
    }

    private IEnumerable<CrashChoice> Torn(long cut, List<int> pending)
    {
        foreach (int micro in pending)
        {
            if (_space.Micros[micro].Kind != MicroOperationKind.Data)
                continue;
            foreach (TornWrite torn in Tears(micro, _space.DataOf(micro).Length))
            {
                foreach (bool keepRest in (bool[])[true, false])
                {
                    CrashChoice choice = Make(3, cut, pending, other => other == micro || keepRest);
                    if (!choice.Keeps[micro])
                        continue;
                    choice.Torn = torn;
                    yield return choice;
                }
            }
        }
    }

    private static IEnumerable<TornWrite> Tears(int micro, int length)
    {
        int pieces = (length + Sector - 1) / Sector;
        for (int piece = 0; piece < pieces; piece++)
        {
            int start = piece * Sector;
            int end = Math.Min(start + Sector, length);
            if (piece > 0)
                yield return new TornWrite(micro, [(0, start)], Garbage: false);
            if (pieces > 1)
            {
                yield return new TornWrite(micro, [(0, start), (end, length - end)], Garbage: false);
                yield return new TornWrite(micro, [(start, end - start)], Garbage: false);
            }

            yield return new TornWrite(micro, [(0, start), (end, length - end)], Garbage: true);
        }
    }

    private CrashChoice Swarm(ulong round)
    {
        ulong random = Mixing.Mix(Mixing.Mix(_seed, round), 0x5357_4152_4D);
        long cut = _start + (long)(Next(ref random) % (ulong)(_end - _start + 1));
        List<int> pending = _space.PendingAt(cut);
        ulong rules = Next(ref random);
        ulong salt = Next(ref random);
        int[] seenOf = new int[5];
        int[] countOf = new int[5];
        foreach (int micro in pending)
            countOf[(int)_space.Micros[micro].Kind]++;
        return Make(6, cut, pending, micro =>
        {
            int kind = (int)_space.Micros[micro].Kind;
            int place = seenOf[kind]++;
            return ((rules >> (kind * 8)) % 6) switch
            {
                0 => true,
                1 => false,
                2 => (Mixing.Mix(salt, (ulong)micro) & 1) == 0,
                3 => place == 0,
                4 => place == countOf[kind] - 1,
                _ => place != (int)(salt % (ulong)countOf[kind]),
            };
        });
    }

    private static ulong Next(ref ulong state)
    {
        state = Mixing.Mix(state, 0xD1B54A32D192ED03);
        return state;
    }

    private CrashChoice Make(int tier, long cut, List<int> pending, Func<int, bool> keeps)
    {
        _choice.Tier = tier;
        _choice.Cut = cut;
        _choice.Torn = null;
        foreach (int micro in pending)
            _choice.Keeps[micro] = keeps(micro);
        _space.MakeLegal(pending, _choice.Keeps);
        return _choice;
    }
}
