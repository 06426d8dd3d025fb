namespace Persistence.CrashKit.Corruption;

/// <summary>Files that the engine made and that are to be damaged, and what is known of them. Thread-safe: not changed once it is made.</summary>
internal interface IDamageSubject
{
    string Name { get; }

    long Seed { get; }

    DiskImage Image { get; }

    /// <summary>Whether only a part of it is damaged, drawn from the seed.</summary>
    bool IsLarge { get; }

    /// <summary>Earlier contents of a file's name, oldest first.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Earlier { get; }

    /// <summary>One made in the same way that is another one; null for that one itself.</summary>
    IDamageSubject? Foreign { get; }

    /// <summary>Which kind of file it is.</summary>
    string KindOf(string path);

    /// <summary>Whether nothing depends on any byte of the file.</summary>
    bool IsExempt(string path);

    /// <summary>The parts of a segment that were written for good; null for another file.</summary>
    IReadOnlyList<(int Start, int End)>? UsedOf(string path);

    /// <summary>Who judges what becomes of it.</summary>
    IDamageJudge CreateJudge();

    /// <summary>Damage that no checksum shows, and that has to be convicted; null where there is none.</summary>
    Damage? Forge();
}
