using System.Globalization;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>Everything that is done to a store's files, one damage after the other; the same for the same seed.</summary>
internal sealed class DamageSource
{
    public const string Flip = "flip";
    public const string Zero = "zero";
    public const string Garbage = "garbage";
    public const string Truncate = "truncate";
    public const string Extend = "extend";
    public const string Delete = "delete";
    public const string Swap = "swap";
    public const string Misdirect = "misdirect";
    public const string Stale = "stale";
    public const string Foreign = "foreign";

    private const int Sector = 512;
    private const int Page = 4096;
    private const int SmallFile = 4096;
    private const int AllBitsOneIn = 16;
    private const int LargePlaces = 10;
    private const int LargePieces = 3;
    private const int LargeVersions = 16;

    private readonly IDamageSubject _store;
    private readonly DiskImage _image;
    private readonly long _seed;

    public DamageSource(IDamageSubject store, long seed)
    {
        _store = store;
        _image = store.Image;
        _seed = seed;
    }

    /// <summary>The kinds of damage, each of which has to be tried.</summary>
    public static IReadOnlyList<string> Tiers { get; } = [Flip, Zero, Garbage, Truncate, Extend, Delete, Swap, Misdirect, Stale, Foreign];

    /// <summary>All of it. Different damage may come to the same.</summary>
    public IEnumerable<Damage> All()
    {
        foreach (string path in _image.Paths)
        {
            foreach (Damage damage in OfBytes(path).Concat(OfSectors(path)).Concat(OfLength(path)).Concat(OfPlaces(path)).Concat(OfWhole(path)))
                yield return damage;
        }

        foreach (Damage damage in NewNames())
            yield return damage;
    }

    private IEnumerable<Damage> OfBytes(string path)
    {
        byte[] content = _image[path];
        IReadOnlyList<(int Start, int End)>? read = _store.IsExempt(path) && content.Length > SmallFile ? [] : _store.UsedOf(path);
        foreach ((int offset, int length) in _store.IsLarge ? DrawPlaces(path, content) : BytePlaces.Find(content, read))
        {
            ulong random = Draw(path, offset);
            for (int bit = 0; bit < 8; bit++)
            {
                if (bit == (int)(random & 7) || (length == 1 && (random >> 8) % AllBitsOneIn == 0))
                    yield return new Damage(Flip, $"bit {bit} of {Bytes(offset, length)} flipped", FileDamage.Patch(path, offset, Flipped(content.AsSpan(offset, length), bit)));
            }

            yield return new Damage(Zero, $"{Bytes(offset, length)} zeroed", FileDamage.Patch(path, offset, new byte[length]));
            yield return new Damage(Garbage, $"garbage in {Bytes(offset, length)}", FileDamage.Patch(path, offset, Noise(random, content.AsSpan(offset, length))));
        }
    }

    private IEnumerable<Damage> OfSectors(string path)
    {
        byte[] content = _image[path];
        foreach ((int offset, int length) in Sample(path, Sectors(content)))
        {
            yield return new Damage(Zero, $"sector at {offset} zeroed", FileDamage.Patch(path, offset, new byte[length]));
            yield return new Damage(Garbage, $"garbage in the sector at {offset}", FileDamage.Patch(path, offset, Noise(Draw(path, -offset), content.AsSpan(offset, length))));
            byte[] ones = new byte[length];
            Array.Fill(ones, (byte)0xFF);
            yield return new Damage(Garbage, $"ones in the sector at {offset}", FileDamage.Patch(path, offset, ones));
            yield return new Damage(Zero, $"zeros from {offset} on", FileDamage.Patch(path, offset, new byte[content.Length - offset]));
            yield return new Damage(Garbage, $"garbage from {offset} on", FileDamage.Patch(path, offset, Noise(Draw(path, ~offset), content.AsSpan(offset))));
        }
    }

    private IEnumerable<Damage> OfLength(string path)
    {
        byte[] content = _image[path];
        foreach (int length in Sample(path, Lengths(path, content).Select(length => (length, 0))).Select(place => place.Offset))
            yield return new Damage(Truncate, $"cut to {length} bytes", FileDamage.Cut(path, length));
        foreach (int more in (int[])[1, Sector - 1, Sector, Page, Math.Max(1, content.Length)])
        {
            yield return new Damage(Extend, $"{more} bytes of zeros behind it", FileDamage.Patch(path, content.Length, new byte[more]));
            yield return new Damage(Extend, $"{more} bytes of garbage behind it", FileDamage.Patch(path, content.Length, Noise(Draw(path, more), new byte[more])));
            if (content.Length > 0)
                yield return new Damage(Extend, $"its first {Math.Min(more, content.Length)} bytes once more behind it", FileDamage.Patch(path, content.Length, content[..Math.Min(more, content.Length)]));
        }

        foreach ((int start, int end) in (_store.UsedOf(path) ?? []).TakeLast(2))
            yield return new Damage(Extend, $"its bytes from {start} to {end} once more behind it", FileDamage.Patch(path, content.Length, content[start..end]));
    }

    private IEnumerable<Damage> OfPlaces(string path)
    {
        byte[] content = _image[path];
        List<(int Offset, int Length)> pieces = [.. Pieces(path, content)];
        foreach ((int from, int length) in pieces)
        {
            byte[] piece = content[from..(from + length)];
            foreach ((int to, int other) in pieces)
            {
                if (to > from && other == length && to >= from + length)
                    yield return new Damage(Swap, $"{length} bytes at {from} and at {to} in each other's place", FileDamage.Patch(path, from, content[to..(to + length)]), FileDamage.Patch(path, to, piece));
                if (to != from)
                    yield return new Damage(Misdirect, $"the {length} bytes at {from} written to {to}", FileDamage.Patch(path, to, piece[..Math.Min(length, content.Length - to)]));
            }

            foreach (string target in _image.Paths.Where(target => target != path && _image[target].Length >= from + length))
                yield return new Damage(Misdirect, $"the {length} bytes at {from} of {path} written to it", FileDamage.Patch(target, from, piece));
        }
    }

    private IEnumerable<Damage> OfWhole(string path)
    {
        byte[] content = _image[path];
        yield return new Damage(Delete, "deleted", FileDamage.Delete(path));
        foreach (string other in _image.Paths.Where(other => other != path))
        {
            if (string.CompareOrdinal(path, other) < 0)
                yield return new Damage(Swap, $"it and {other} in each other's place", FileDamage.Replace(path, _image[other]), FileDamage.Replace(other, content));
            yield return new Damage(Misdirect, $"{other} in its place", FileDamage.Replace(path, _image[other]));
        }

        foreach (Damage damage in OfEarlier(path, content).Concat(OfForeign(path, content)))
            yield return damage;
    }

    /// <summary>The whole file as it was, and single sectors, pages and slots of it: writes that were lost.</summary>
    private IEnumerable<Damage> OfEarlier(string path, byte[] content)
    {
        IReadOnlyList<byte[]> versions = _store.Earlier.GetValueOrDefault(path, []);
        for (int version = 0; version < versions.Count; version += _store.IsLarge ? LargeVersions : 1)
        {
            yield return new Damage(Stale, $"as it was {versions.Count - version} changes ago", FileDamage.Replace(path, versions[version]));
            if (versions[version].Length != content.Length)
                continue;
            byte[] before = versions[version];
            foreach ((int offset, int size) in Sample(path, new[] { Sector, Page, 2 * Page }.SelectMany(size => Differing(content, before, size))))
                yield return new Damage(Stale, $"{size} bytes at {offset} as they were {versions.Count - version} changes ago", FileDamage.Patch(path, offset, before[offset..(offset + size)]));
        }
    }

    private static IEnumerable<(int Offset, int Length)> Differing(byte[] content, byte[] before, int size)
    {
        for (int offset = 0; offset + size <= content.Length; offset += size)
        {
            if (!content.AsSpan(offset, size).SequenceEqual(before.AsSpan(offset, size)))
                yield return (offset, size);
        }
    }

    private IEnumerable<Damage> OfForeign(string path, byte[] content)
    {
        if (_store.Foreign is not IDamageSubject other)
            yield break;
        foreach (string source in other.Image.Paths.Where(source => other.KindOf(source) == _store.KindOf(path)))
        {
            byte[] foreign = other.Image[source];
            yield return new Damage(Foreign, $"{source} of another store", FileDamage.Replace(path, foreign));
            foreach ((int offset, int length) in Pieces(path, content).Where(piece => piece.Offset + piece.Length <= foreign.Length))
                yield return new Damage(Foreign, $"{length} bytes at {offset} from {source} of another store", FileDamage.Patch(path, offset, foreign[offset..(offset + length)]));
        }
    }

    /// <summary>Files that turn up under names that were free.</summary>
    private IEnumerable<Damage> NewNames()
    {
        List<string> names = [.. _image.Paths.Where(path => HasNumber(path) && path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)] is "wal/" or "checkpoints/" or "archive/")];
        foreach (string name in names.SelectMany(Neighbours).Distinct(StringComparer.Ordinal).Where(name => _image.Find(name) is null))
        {
            foreach (string source in _image.Paths)
                yield return new Damage(Misdirect, $"{source} under a name that was free", FileDamage.Replace(name, _image[source]));
            foreach (string source in _store.Foreign?.Image.Paths ?? [])
                yield return new Damage(Foreign, $"{source} of another store under a name that was free", FileDamage.Replace(name, _store.Foreign!.Image[source]));
            yield return new Damage(Garbage, "garbage under a name that was free", FileDamage.Replace(name, Noise(Draw(name, 0), new byte[100])));
        }
    }

    private static bool HasNumber(string path) => path.AsSpan().IndexOfAnyInRange('0', '9') >= 0;

    /// <summary>The same kind of name with the next number and the one before.</summary>
    private static IEnumerable<string> Neighbours(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal) + 1;
        int digits = path.AsSpan(slash).IndexOfAnyInRange('0', '9') + slash;
        long number = long.Parse(path.AsSpan(digits, 10), CultureInfo.InvariantCulture);
        foreach (long neighbour in (long[])[number - 1, number + 1, number + 100])
        {
            if (neighbour > 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{path.AsSpan(0, digits)}{neighbour:D10}{path.AsSpan(digits + 10)}");
        }
    }

    /// <summary>Lengths to cut a file to: each of a small one; else around every sector's border and every border inside.</summary>
    private IEnumerable<int> Lengths(string path, byte[] content)
    {
        if (content.Length <= SmallFile)
            return Enumerable.Range(0, content.Length);
        IEnumerable<int> borders = Sectors(content).Select(sector => sector.Offset)
            .Concat((_store.UsedOf(path) ?? []).SelectMany(used => (int[])[used.Start, used.Start + LogFrame.HeaderBytes, used.End]));
        return borders.SelectMany(border => (int[])[border - 1, border, border + 1]).Append(content.Length - 1)
            .Where(length => length >= 0 && length < content.Length).Distinct();
    }

    /// <summary>What one write may have brought: sectors that hold anything, whole frames, pages and slots of ROOT.</summary>
    private IEnumerable<(int Offset, int Length)> Pieces(string path, byte[] content)
    {
        List<(int Offset, int Length)> sectors = [.. Sectors(content).Where(sector => content.AsSpan(sector.Offset, sector.Length).IndexOfAnyExcept((byte)0) >= 0)];
        IEnumerable<(int Offset, int Length)> pieces = Sample(path, sectors, LargePieces);
        if (_store.KindOf(path) == FileKinds.Root)
            pieces = pieces.Concat([(0, Page), (Page, Page), (2 * Page, Page), (3 * Page, Page), (0, 2 * Page), (2 * Page, 2 * Page)]);
        else if (_store.UsedOf(path) is IReadOnlyList<(int Start, int End)> used)
            pieces = pieces.Concat(Sample(path, used.Where(part => part.End - part.Start > Sector).Select(part => (part.Start, part.End - part.Start)), LargePieces));
        int firstFree = sectors.Count == 0 ? 0 : sectors[^1].Offset + Sector;
        return firstFree + Sector <= content.Length ? pieces.Append((firstFree, Sector)) : pieces;
    }

    private static IEnumerable<(int Offset, int Length)> Sectors(byte[] content)
    {
        for (int offset = 0; offset < content.Length; offset += Sector)
            yield return (offset, Math.Min(Sector, content.Length - offset));
    }

    /// <summary>Of a large store not every place.</summary>
    private IEnumerable<(int Offset, int Length)> Sample(string path, IEnumerable<(int Offset, int Length)> places, int count = LargePlaces)
    {
        if (!_store.IsLarge)
            return places;
        return places.OrderBy(place => Draw(path, ((long)place.Offset << 20) + place.Length)).Take(count).OrderBy(place => place.Offset);
    }

    /// <summary>Bytes anywhere, and in the headers of segment, frames and records.</summary>
    private IEnumerable<(int Offset, int Length)> DrawPlaces(string path, byte[] content)
    {
        IReadOnlyList<(int Start, int End)> used = _store.UsedOf(path) ?? [];
        for (int place = 0; place < LargePlaces && content.Length > 0; place++)
        {
            ulong random = Draw(path, place);
            yield return ((int)(random % (ulong)content.Length), 1);
            if (used.Count > 0)
                yield return (used[(int)(random % (ulong)used.Count)].Start + (int)((random >> 20) % (LogFrame.HeaderBytes + LogHistory.RecordHeaderBytes)), 1);
        }
    }

    private ulong Draw(string path, long number) => Mixing.Mix(Mixing.Hash(path), unchecked((ulong)Mixer.Combine(_seed, number)));

    private static byte[] Flipped(ReadOnlySpan<byte> bytes, int bit)
    {
        byte[] flipped = bytes.ToArray();
        for (int i = 0; i < flipped.Length; i++)
            flipped[i] ^= (byte)(1 << ((bit + i) % 8));
        return flipped;
    }

    /// <summary>Random bytes, each another than was there.</summary>
    private static byte[] Noise(ulong random, ReadOnlySpan<byte> before)
    {
        byte[] noise = new byte[before.Length];
        for (int i = 0; i < noise.Length; i++)
        {
            random = Mixing.Mix(random, (ulong)i);
            noise[i] = (byte)(before[i] + 1 + (int)((random >> 20) % 255));
        }

        return noise;
    }

    private static string Bytes(int offset, int length) =>
        length == 1 ? string.Create(CultureInfo.InvariantCulture, $"byte {offset}") : string.Create(CultureInfo.InvariantCulture, $"bytes {offset} to {offset + length - 1}");
}
