namespace Persistence.CrashKit.Corruption;

/// <summary>Something that happened to a store's files.</summary>
/// <param name="Tier">Which kind of damage.</param>
/// <param name="What">What, in words, behind the name of the file.</param>
/// <param name="Files">The files concerned; the first is the one it is counted for.</param>
internal sealed record Damage(string Tier, string What, params IReadOnlyList<FileDamage> Files)
{
    /// <summary>How the files differ from those of an image, as a number: equal for equal files, 0 when they do not.</summary>
    public ulong HashDifference(DiskImage image)
    {
        ulong hash = 0;
        foreach (FileDamage file in Files)
            hash += file.HashDifference(image.Find(file.Path));
        return hash;
    }

    public override string ToString() => $"{Files[0].Path}: {What}";
}
