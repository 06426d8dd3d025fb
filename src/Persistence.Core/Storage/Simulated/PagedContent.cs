namespace Persistence.Storage.Simulated;

/// <summary>
/// The bytes of a file as a table of pages, copied on write: sharing a whole content costs one small object, and what a
/// sync costs depends on the pages changed since the last one. Not thread-safe; contents that share pages are independent.
/// </summary>
/// <remarks>
/// A table that is shared is copied before its first change, and that copy marks every page in it as shared. A null entry,
/// or none, is a hole: it reads as zeros and holds no space.
/// </remarks>
internal sealed class PagedContent
{
    private readonly List<int> changed = [];
    private Page?[] table;
    private bool isTableShared;
    private bool changedThroughout;

    public PagedContent() => table = [];

    private PagedContent(PagedContent origin)
    {
        table = origin.table;
        isTableShared = true;
        Length = origin.Length;
        PageCount = origin.PageCount;
    }

    /// <summary>The size in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>How many pages hold space.</summary>
    public int PageCount { get; private set; }

    /// <summary>An independent content with the same bytes.</summary>
    public PagedContent Share()
    {
        isTableShared = true;
        return new PagedContent(this);
    }

    /// <summary>Of bytes and size; holes and zeros that hold space are alike.</summary>
    public ulong ComputeHash()
    {
        ulong hash = Mixing.Mix(0, (ulong)Length);
        for (int index = 0; index < table.Length; index++)
        {
            if (table[index] is { } page && page.Hash is ulong content and not 0)
                hash = Mixing.Mix(hash, content + (ulong)index);
        }
        return hash;
    }

    public int Read(Span<byte> buffer, long offset)
    {
        int total = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (int done = 0; done < total;)
        {
            (int index, int start, int count) = Locate(offset + done, total - done);
            Span<byte> part = buffer.Slice(done, count);
            if (PageAt(index) is { } page)
                page.Bytes.AsSpan(start, count).CopyTo(part);
            else
                part.Clear();
            done += count;
        }
        return total;
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        for (int done = 0; done < data.Length;)
        {
            (int index, int start, int count) = Locate(offset + done, data.Length - done);
            ReadOnlySpan<byte> part = data.Slice(done, count);
            if (count == Page.Size)
                Replace(index, Page.Of(part));
            else
                part.CopyTo(PageToChange(index).Bytes.AsSpan(start, count));
            done += count;
        }
        if (data.Length > 0)
            Length = Math.Max(Length, offset + data.Length);
    }

    /// <summary>How many of <paramref name="length"/> bytes from <paramref name="offset"/> on can be written with so many pages of new space.</summary>
    public int CountWritable(long offset, int length, long freePages)
    {
        for (int done = 0; done < length;)
        {
            (int index, _, int count) = Locate(offset + done, length - done);
            if (PageAt(index) is null && --freePages < 0)
                return done;
            done += count;
        }
        return length;
    }

    /// <summary>How many pages of new space <see cref="Allocate"/> would take.</summary>
    public int CountHoles(long length)
    {
        int holes = 0;
        for (int index = 0; index < PagesIn(length); index++)
            holes += PageAt(index) is null ? 1 : 0;
        return holes;
    }

    public void Allocate(long length)
    {
        for (int index = 0; index < PagesIn(length); index++)
        {
            if (PageAt(index) is null)
                Replace(index, Page.Zeros);
        }
        Length = Math.Max(Length, length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
            Cut(length);
        Length = length;
    }

    /// <summary>Makes <paramref name="durable"/>, which was equal to this content at the last call, equal to it again, but for what was forgotten.</summary>
    public void CopyChangesTo(PagedContent durable)
    {
        if (changedThroughout)
            durable.BecomeShareOf(this);
        else
            CopyChangedPagesTo(durable);
        // Only a forgotten cut leaves the durable content longer.
        if (durable.Length > Length && !changedThroughout)
            durable.Cut(Length);
        durable.Length = Length;
        changed.Clear();
        changedThroughout = false;
    }

    /// <summary>What was changed since the last call of <see cref="CopyChangesTo"/> is not copied by the next one, unless it is changed again.</summary>
    public void ForgetChanges()
    {
        // A shared page is copied before it is changed, and the copy is noted as changed.
        foreach (Page? page in table)
        {
            if (page is { IsShared: false })
                page.IsShared = true;
        }

        changed.Clear();
        changedThroughout = false;
    }

    /// <summary>Becomes equal to <paramref name="durable"/> again.</summary>
    public void RevertTo(PagedContent durable)
    {
        BecomeShareOf(durable);
        Length = durable.Length;
        changed.Clear();
        changedThroughout = false;
    }

    private static (int Index, int Start, int Count) Locate(long position, int wanted)
    {
        int start = (int)(position % Page.Size);
        return (checked((int)(position / Page.Size)), start, Math.Min(wanted, Page.Size - start));
    }

    private static int PagesIn(long length) => checked((int)((length + Page.Size - 1) / Page.Size));

    private void CopyChangedPagesTo(PagedContent durable)
    {
        foreach (int index in changed)
        {
            if (PageAt(index) is not { } page)
                continue;
            page.IsShared = true;
            durable.Replace(index, page);
        }
        durable.changed.Clear();
    }

    private void BecomeShareOf(PagedContent origin)
    {
        origin.isTableShared = true;
        table = origin.table;
        isTableShared = true;
        PageCount = origin.PageCount;
    }

    private void Cut(long length)
    {
        OwnTable();
        for (int index = PagesIn(length); index < table.Length; index++)
            Remove(index);
        int kept = (int)(length % Page.Size);
        int last = (int)(length / Page.Size);
        // What is cut off must not come back when the file grows again.
        if (kept > 0 && PageAt(last) is not null)
            PageToChange(last).Bytes.AsSpan(kept).Clear();
        changedThroughout = true;
    }

    private void Remove(int index)
    {
        if (table[index] is null)
            return;
        table[index] = null;
        PageCount--;
    }

    private Page? PageAt(int index) => index < table.Length ? table[index] : null;

    private Page PageToChange(int index)
    {
        if (isTableShared)
            OwnTable();
        Page? page = PageAt(index);
        if (page is { IsShared: false })
            return page;
        Page own = page is null ? Page.CreateZeroed() : page.Copy();
        Replace(index, own);
        return own;
    }

    private void Replace(int index, Page page)
    {
        OwnTable();
        if (index >= table.Length)
            Array.Resize(ref table, Math.Max(index + 1, table.Length * 2));
        if (table[index] is null)
            PageCount++;
        table[index] = page;
        changed.Add(index);
    }

    private void OwnTable()
    {
        if (!isTableShared)
            return;
        table = [.. table];
        foreach (Page? page in table)
        {
            if (page is { IsShared: false })
                page.IsShared = true;
        }
        isTableShared = false;
    }
}
