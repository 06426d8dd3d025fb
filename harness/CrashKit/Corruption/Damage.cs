namespace Persistence.CrashKit.Corruption;

/// <summary>Something that happened to a store's files.</summary>
/// <param name="Tier">Which kind of damage.</param>
/// <param name="What">What, in words, behind the name of the file.</param>
/// <param name="Files">The files concerned; the first is the one it is counted for.</param>
internal sealed record Damage(string Tier, string What, params IReadOnlyList<FileDamage> Files)
{
    /// <summary>How the files differ from those of an image; null when they do not.</summary>
    /// <param name="image">The image.</param>
    /// <param name="first">The place of the first difference, as a number: equal for equal damage.</param>
    /// <param name="hash">Equal for equal images.</param>
    public bool Changes(DiskImage image, out ulong first, out ulong hash)
    {
        hash = 0;
        first = ulong.MaxValue;
        foreach (FileDamage file in Files)
        {
            FileDifference difference = file.FindDifference(image.Find(file.Path));
            if (difference.First < 0)
                continue;
            hash += difference.Hash;
            first = Math.Min(first, Storage.Simulated.Mixing.Mix(Storage.Simulated.Mixing.Hash(file.Path), (ulong)difference.First));
        }

        return hash != 0;
    }

    public override string ToString() => $"{Files[0].Path}: {What}";
}
