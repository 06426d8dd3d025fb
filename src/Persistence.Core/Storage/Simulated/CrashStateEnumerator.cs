namespace Persistence.Storage.Simulated;

/// <summary>
/// Goes through the states of a crash space, tier after tier, the same way for the same seed: (0) a kill at every boundary; (1) at every boundary
/// all of what is pending, nothing, only names and sizes, only bytes; (2) one part missing, at every later cut; (3) a write in part; (4) one part
/// that came early; (5) two parts missing; (6) swarm: for each kind of part all, none, half, the first, the last, all but one, or every other write in part. Every choice
/// is made legal under the space's profile before it is given out.
/// </summary>
public sealed class CrashStateEnumerator
{
    /// <summary>How many tiers there are.</summary>
    public const int Tiers = 7;

    private const int PiecesMax = 16;

    /// <summary>The rule of the swarm by which every other write is there in part.</summary>
    private const ulong InPart = 6;
    private const int MicroKinds = 5;

    private readonly CrashStateSpace _space;
    private readonly CrashChoice _choice;
    private readonly ulong _seed;
    private readonly long _end;
    private readonly long _start;
    private readonly int _sectorBytes;

    /// <param name="space">The states.</param>
    /// <param name="start">The first cut.</param>
    /// <param name="end">The last one.</param>
    /// <param name="seed">Of the swarm.</param>
    /// <param name="sectorBytes">What the disk writes whole or not at all.</param>
    public CrashStateEnumerator(CrashStateSpace space, long start, long end, long seed, int sectorBytes = 512)
    {
        ArgumentNullException.ThrowIfNull(space);
        _space = space;
        _choice = new CrashChoice(space.Micros.Count);
        _start = start;
        _end = end;
        _seed = unchecked((ulong)seed);
        _sectorBytes = sectorBytes;
    }

    /// <summary>All choices of a tier, one object used over and over. The swarm (tier 6) does not end.</summary>
    public IEnumerable<CrashChoice> Enumerate(int tier) => tier switch
    {
        3 => TearWrites(),
        6 => Swarm(),
        _ => AtEveryCut(tier),
    };

    private IEnumerable<CrashChoice> AtEveryCut(int tier)
    {
        for (long cut = _start; cut <= _end; cut++)
        {
            IReadOnlyList<int> pending = _space.PendingAt(cut);
            IEnumerable<CrashChoice> choices = tier switch
            {
                0 => (CrashChoice[])[Make(0, cut, pending, static _ => true)],
                1 => WholeKinds(cut, pending),
                2 => pending.Select(missing => Make(2, cut, pending, micro => micro != missing)),
                4 => pending.Select(early => Make(4, cut, pending, micro => micro == early)),
                _ => Pairs(pending).Select(pair => Make(5, cut, pending, micro => micro != pair.First && micro != pair.Second)),
            };
            foreach (CrashChoice choice in choices)
            {
                yield return choice;
                if (_space.Profile.ShowsStaleBytes)
                    yield return WithStaleBytes(choice);
            }
        }
    }

    private static CrashChoice WithStaleBytes(CrashChoice choice)
    {
        choice.StaleBytes = true;
        return choice;
    }

    private IEnumerable<CrashChoice> WholeKinds(long cut, IReadOnlyList<int> pending)
    {
        yield return Make(1, cut, pending, static _ => true);
        yield return Make(1, cut, pending, static _ => false);
        yield return Make(1, cut, pending, micro => _space.Micros[micro].IsMetadata);
        yield return Make(1, cut, pending, micro => !_space.Micros[micro].IsMetadata);
    }

    private static IEnumerable<(int First, int Second)> Pairs(IReadOnlyList<int> pending)
    {
        for (int i = 0; i < pending.Count; i++)
        {
            for (int j = i + 1; j < pending.Count; j++)
                yield return (pending[i], pending[j]);
        }
    }

    /// <summary>Each write in part: while it is under way, and just before it is durable; with everything else that is pending and with nothing else.</summary>
    private IEnumerable<CrashChoice> TearWrites()
    {
        for (int micro = 0; micro < _space.Micros.Count; micro++)
        {
            MicroOperation part = _space.Micros[micro];
            TraceOperation operation = _space.OperationOf(micro);
            if (part.Kind != MicroOperationKind.Data || operation.Enter < _start || operation.Enter >= _end)
                continue;
            long last = Math.Min(Math.Min(part.DurableAt, part.GoneAt), _end);
            long[] cuts = last > operation.Enter + 1 ? [operation.Enter + 1, last] : [operation.Enter + 1];
            foreach (TornWrite torn in Tears(micro, operation))
            {
                foreach (long cut in cuts)
                {
                    for (int rest = 0; rest < 2; rest++)
                    {
                        yield return MakeTorn(cut, torn, keepsRest: rest == 0);
                        if (_space.Profile.ShowsStaleBytes)
                            yield return WithStaleBytes(_choice);
                    }
                }
            }
        }
    }

    private CrashChoice MakeTorn(long cut, TornWrite torn, bool keepsRest)
    {
        Choose(3, cut, _space.PendingAt(cut), micro => keepsRest || micro == torn.Micro);
        _choice.Torn.Add(torn);
        _space.MakeLegal(_choice);
        return _choice;
    }

    private IEnumerable<TornWrite> Tears(int micro, TraceOperation operation)
    {
        int length = operation.Data.Length;
        int toBoundary = (int)((_sectorBytes - (operation.Position % _sectorBytes)) % _sectorBytes);
        List<int> bounds = [0];
        for (int at = toBoundary == 0 ? _sectorBytes : toBoundary; at < length; at += _sectorBytes)
            bounds.Add(at);
        bounds.Add(length);
        if (bounds.Count > PiecesMax + 1)
            bounds = [0, bounds[1], (int)(Math.Max(1, length / 3 / _sectorBytes) * _sectorBytes), (int)(Math.Max(1, length / 2 / _sectorBytes) * _sectorBytes), bounds[^2], length];
        for (int piece = 0; piece + 1 < bounds.Count; piece++)
        {
            (int start, int end) = (bounds[piece], bounds[piece + 1]);
            if (piece > 0)
                yield return Tear(micro, (0, start));
            if (bounds.Count > 2)
            {
                yield return Tear(micro, (0, start), (end, length - end));
                yield return Tear(micro, (start, end - start));
            }

            yield return Tear(micro, (0, start), (end, length - end)) with { Garbage = true };
        }

        if (_space.Profile.SpoilsNeighbours)
        {
            int before = (int)(operation.Position % _sectorBytes);
            int after = (int)((_sectorBytes - ((operation.Position + length) % _sectorBytes)) % _sectorBytes);
            yield return Tear(micro) with { Spoiled = (before, after) };
            yield return Tear(micro, (0, length)) with { Spoiled = (before, after) };
        }
    }

    /// <summary>A write of which all from some sector on is missing, or that sector alone, or all but it.</summary>
    private TornWrite TearAtRandom(int micro, ulong random)
    {
        TraceOperation operation = _space.OperationOf(micro);
        int length = operation.Data.Length;
        long at = operation.Position + (long)((random >> 8) % (ulong)length);
        long sector = at - (at % _sectorBytes);
        int start = (int)Math.Max(0, sector - operation.Position);
        int end = (int)Math.Min(length, sector + _sectorBytes - operation.Position);
        return (random % 3) switch
        {
            0 => Tear(micro, (0, start)),
            1 => Tear(micro, (0, start), (end, length - end)),
            _ => Tear(micro, (start, end - start)),
        };
    }

    private static TornWrite Tear(int micro, params (int Start, int Length)[] kept) => new(micro, kept);

    private IEnumerable<CrashChoice> Swarm()
    {
        for (ulong round = 0; ; round++)
        {
            ulong random = Mixing.Mix(Mixing.Mix(_seed, round), 0x5357_4152_4D);
            long cut = _start + (long)(Next(ref random) % (ulong)(_end - _start + 1));
            yield return ChooseByKind(cut, Next(ref random), Next(ref random));
        }
    }

    private CrashChoice ChooseByKind(long cut, ulong rules, ulong salt)
    {
        IReadOnlyList<int> pending = _space.PendingAt(cut);
        Span<int> seenOf = stackalloc int[MicroKinds];
        Span<int> countOf = stackalloc int[MicroKinds];
        foreach (int micro in pending)
            countOf[(int)_space.Micros[micro].Kind]++;
        Start(6, cut);
        foreach (int micro in pending)
        {
            int kind = (int)_space.Micros[micro].Kind;
            int place = seenOf[kind]++;
            ulong own = Mixing.Mix(Mixing.Mix(salt, (ulong)micro), salt);
            ulong rule = (rules >> (kind * 8)) % 7;
            _choice.Keeps[micro] = rule switch
            {
                0 or InPart => true,
                1 => false,
                2 => (own & 1) == 0,
                3 => place == 0,
                4 => place == countOf[kind] - 1,
                _ => place != (int)(salt % (ulong)countOf[kind]),
            };
            if (rule == InPart && _space.Micros[micro].Kind == MicroOperationKind.Data && (own & 1) == 0)
                _choice.Torn.Add(TearAtRandom(micro, own >> 1));
        }

        _choice.StaleBytes = _space.Profile.ShowsStaleBytes && ((rules >> 48) & 1) == 0;
        _space.MakeLegal(_choice);
        return _choice;
    }

    private static ulong Next(ref ulong state)
    {
        state = Mixing.Mix(state, 0xD1B54A32D192ED03);
        return state ^ (state >> 32);
    }

    private CrashChoice Make(int tier, long cut, IReadOnlyList<int> pending, Func<int, bool> keeps)
    {
        Choose(tier, cut, pending, keeps);
        _space.MakeLegal(_choice);
        return _choice;
    }

    private void Choose(int tier, long cut, IReadOnlyList<int> pending, Func<int, bool> keeps)
    {
        Start(tier, cut);
        foreach (int micro in pending)
            _choice.Keeps[micro] = keeps(micro);
    }

    private void Start(int tier, long cut)
    {
        _choice.Tier = tier;
        _choice.Cut = cut;
        _choice.Torn.Clear();
        _choice.StaleBytes = false;
    }
}
