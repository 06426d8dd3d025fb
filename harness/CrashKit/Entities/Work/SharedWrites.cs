using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>Draws what operations do to shared entities.</summary>
internal static class SharedWrites
{
    private const int Entities = 4;

    // Of the operations on shared entities.
    private const int DeletionOneIn = 4;

    /// <summary>Draws the writes of one operation: of several components of several entities, in several tables.</summary>
    /// <param name="random">Which.</param>
    /// <param name="nextText">Makes a text that is used nowhere else.</param>
    public static IReadOnlyList<KeyWrite> Draw(Random random, Func<string> nextText) => random.Next(DeletionOneIn) == 0 ? DrawDeletion(random, nextText) : DrawTransfer(random, nextText);

    /// <summary>An amount goes from one to another, and the first gets another owner.</summary>
    private static KeyWrite[] DrawTransfer(Random random, Func<string> nextText)
    {
        int from = random.Next(Entities);
        int to = (from + 1 + random.Next(Entities - 1)) % Entities;
        return
        [
            new KeyWrite(EntityKeys.Shared(from, CommonTables.Balance), nextText()),
            new KeyWrite(EntityKeys.Shared(to, CommonTables.Balance), nextText()),
            new KeyWrite(EntityKeys.Shared(from, CommonTables.Owner), nextText()),
        ];
    }

    /// <summary>One is deleted. The first is not: it gets what that one has.</summary>
    private static KeyWrite[] DrawDeletion(Random random, Func<string> nextText)
    {
        int gone = 1 + random.Next(Entities - 1);
        return
        [
            new KeyWrite(EntityKeys.Shared(gone, CommonTables.Balance), null),
            new KeyWrite(EntityKeys.Shared(gone, CommonTables.Owner), null),
            new KeyWrite(EntityKeys.Shared(0, CommonTables.Balance), nextText()),
        ];
    }
}
