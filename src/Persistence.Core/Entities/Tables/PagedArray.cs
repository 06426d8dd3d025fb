namespace Persistence.Entities;

/// <summary>An array that grows by pages, with one value wherever nothing was put. Not thread-safe.</summary>
internal sealed class PagedArray<T>(T initial)
{
    private const int PageShift = 10;
    private const int PageLength = 1 << PageShift;

    private T[]?[] _pages = [];

    public T this[int index]
    {
        get => (uint)index >> PageShift < (uint)_pages.Length && _pages[index >> PageShift] is T[] page ? page[index & (PageLength - 1)] : initial;
        set => PlaceOf(index) = value;
    }

    /// <summary>The place of a value, to be read and changed.</summary>
    public ref T PlaceOf(int index)
    {
        int page = index >> PageShift;
        if (page >= _pages.Length)
            Array.Resize(ref _pages, Math.Max(page + 1, 2 * _pages.Length));
        return ref (_pages[page] ??= MakePage())[index & (PageLength - 1)];
    }

    /// <summary>The first place, from one on, on a page where something was put; behind all pages when there is none.</summary>
    public int SkipUnused(int index)
    {
        int page = index >> PageShift;
        if (page < _pages.Length && _pages[page] is not null)
            return index;
        while (page < _pages.Length && _pages[page] is null)
            page++;
        return Math.Max(index, page << PageShift);
    }

    public void Clear() => _pages = [];

    private T[] MakePage()
    {
        T[] page = new T[PageLength];
        Array.Fill(page, initial);
        return page;
    }
}
