using System.Numerics;

namespace Persistence.Diagnostics;

/// <summary>
/// Counts values in buckets, so that percentiles can be told in a few kilobytes however many there are: exactly below 16, to within a sixteenth above.
/// Can be told to forget: then it tells of the last few thousand. Thread-safe.
/// </summary>
/// <param name="windowCount">It tells of the last so many values at least and twice as many at most; 0 for all of them.</param>
internal sealed class ValueHistogram(long windowCount = 0)
{
    private const int SubBits = 4;
    private const int SubCount = 1 << SubBits;

    private readonly object _lock = new();
    private Window _current = new();
    private Window _previous = new();

    /// <summary>Adds a value; a negative one counts as zero.</summary>
    public void Add(long value)
    {
        lock (_lock)
        {
            _current.Add(Math.Max(value, 0));
            if (_current.Count != windowCount)
                return;
            (_current, _previous) = (_previous, _current);
            _current.Clear();
        }
    }

    /// <summary>What it holds, in units of so many of the values' own.</summary>
    public Distribution Summarize(double unit = 1)
    {
        lock (_lock)
        {
            long count = _current.Count + _previous.Count;
            long max = Math.Max(_current.Max, _previous.Max);
            return count == 0
                ? default
                : new Distribution(count, (_current.Sum + _previous.Sum) / count / unit, PercentileNeedsLock(0.5, count) / unit, PercentileNeedsLock(0.99, count) / unit, max / unit);
        }
    }

    /// <summary>The greatest value seen in the bucket that holds it: so values that repeat are told exactly.</summary>
    private long PercentileNeedsLock(double fraction, long count)
    {
        long rank = (long)Math.Ceiling(fraction * count);
        int index = 0;
        for (long seen = CountAt(0); seen < rank; seen += CountAt(index))
            index++;
        return Math.Max(_current.LargestAt(index), _previous.LargestAt(index));
    }

    private long CountAt(int index) => _current.CountAt(index) + _previous.CountAt(index);

    /// <summary>Sixteen buckets for the values below sixteen, and sixteen for each power of two above.</summary>
    private static int IndexOf(long value)
    {
        if (value < SubCount)
            return (int)value;
        int exponent = BitOperations.Log2((ulong)value);
        int sub = (int)(value >> (exponent - SubBits)) & (SubCount - 1);
        return ((exponent - SubBits + 1) << SubBits) + sub;
    }

    private sealed class Window
    {
        private long[] _counts = [];
        private long[] _largest = [];

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public long Max { get; private set; }

        public long CountAt(int index) => index < _counts.Length ? _counts[index] : 0;

        public long LargestAt(int index) => index < _largest.Length ? _largest[index] : 0;

        public void Add(long value)
        {
            int index = IndexOf(value);
            if (index >= _counts.Length)
            {
                Array.Resize(ref _counts, (index | (SubCount - 1)) + 1);
                Array.Resize(ref _largest, _counts.Length);
            }

            _counts[index]++;
            _largest[index] = Math.Max(_largest[index], value);
            Count++;
            Sum += value;
            Max = Math.Max(Max, value);
        }

        public void Clear()
        {
            Array.Clear(_counts);
            Array.Clear(_largest);
            Count = 0;
            Sum = 0;
            Max = 0;
        }
    }
}
