using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>The program of docs/entities.md, as it stands there.</summary>
public sealed class EntityGuideTests
{
    // The guide writes to the console; what it writes is kept here.
    private Lines Console { get; } = new();

    [Fact]
    public void The_example_does_what_it_says()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        PersistenceStore.Create(host, TestStore.SmallOptions);
        // <guide>
        EntityState entities = new();
        using PersistenceStore store = PersistenceStore.Open(host, new StoreOptions(), [entities]);

        entities.Define<Position>();                              // a table for each type: created, or changed to go with it
        entities.Define<Named>();
        entities.Define<Owner>();

        EntityBatch batch = entities.CreateBatch();
        EntityId town = batch.Create(new Position(3, 4), new Named("Bern"));
        EntityId hero = batch.Create(new Position(0, 0), new Named("Ada"), new Owner(town, 1815));
        entities.Commit(batch);                                   // durable and visible when it returns, all of it or nothing

        using (Transaction transaction = store.BeginTransaction())
        {
            EntityTransaction inside = entities.In(transaction);
            Position at = inside.Get<Position>(hero);             // if somebody else changes it meanwhile, the commit is refused
            inside.Set(hero, at with { X = at.X + 1 });
            inside.Remove<Owner>(hero);
            transaction.Commit();
        }

        foreach ((EntityId id, Position at, Named name) in entities.Query<Position, Named>())
            Console.WriteLine($"{id} {name.Text} {at}");          // the state of one moment, while writers go on

        Entity found = entities.Query("Named").Where("Named", "Text", FieldTest.StartsWith, "A").Single();
        object? x = found["Position"]["X"];                       // without a type, by names
        // </guide>
        Assert.Equal([$"{town} Bern {new Position(3, 4)}", $"{hero} Ada {new Position(1, 0)}"], Console.Written.Order(StringComparer.Ordinal));
        Assert.Equal((hero, 1f), (found.Id, x));
        Assert.False(entities.TryGet(hero, out Owner _));
    }

    [Fact]
    public void The_example_is_the_guide_s()
    {
        string source = ReadCopied("EntityGuideTests.cs.txt");
        string program = source.Split("// <guide>\n")[1].Split("        // </guide>")[0];
        string expected = string.Join('\n', program.Split('\n').Select(static line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        Assert.Contains(expected.TrimEnd(), ReadCopied("entities.md"), StringComparison.Ordinal);
    }

    private static string ReadCopied(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guides", name)).ReplaceLineEndings("\n");

    private readonly record struct Position(float X, float Y);

    private sealed record Named(string Text);

    private readonly record struct Owner(EntityId Of, int Since);

    private sealed class Lines
    {
        public List<string> Written { get; } = [];

        public void WriteLine(string line) => Written.Add(line);
    }
}
