using Microsoft.Data.Sqlite;

namespace Persistence.Harness.Bench.Entities;

/// <summary>
/// The same entities in SQLite: WAL mode with a full sync per commit, prepared statements, one transaction per batch; a table of entities and one for each type of components, each by its primary key. That references are to entities that are
/// there it does not check.
/// </summary>
internal sealed class SqliteEntities : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _entity;
    private readonly SqliteCommand _position;
    private readonly SqliteCommand _name;
    private readonly SqliteCommand _owner;

    /// <summary>A new database.</summary>
    /// <param name="path">Where its files go.</param>
    public SqliteEntities(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("CREATE TABLE entities(id INTEGER PRIMARY KEY, generation INTEGER NOT NULL)");
        Execute("CREATE TABLE positions(entity INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL)");
        Execute("CREATE TABLE names(entity INTEGER PRIMARY KEY, text TEXT)");
        Execute("CREATE TABLE owners(entity INTEGER PRIMARY KEY, owner INTEGER, rank INTEGER NOT NULL)");
        _begin = Prepare("BEGIN");
        _commit = Prepare("COMMIT");
        _entity = Prepare("INSERT INTO entities VALUES(@a, @b)", SqliteType.Integer, SqliteType.Integer);
        _position = Prepare("INSERT INTO positions VALUES(@a, @b, @c, @d)", SqliteType.Integer, SqliteType.Real, SqliteType.Real, SqliteType.Real);
        _name = Prepare("INSERT INTO names VALUES(@a, @b)", SqliteType.Integer, SqliteType.Text);
        _owner = Prepare("INSERT INTO owners VALUES(@a, @b, @c)", SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);
    }

    /// <summary>Inserts them, so many in one transaction.</summary>
    public void Insert(EntitySamples samples, int batchSize)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            if (i % batchSize == 0)
                _begin.ExecuteNonQuery();
            Insert(i + 1L, samples.All[i]);
            if (i % batchSize == batchSize - 1 || i == samples.Count - 1)
                _commit.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in (SqliteCommand[])[_begin, _commit, _entity, _position, _name, _owner])
            command.Dispose();
        _connection.Dispose();
    }

    private void Insert(long id, in EntitySample sample)
    {
        Run(_entity, id, 1L);
        Run(_position, id, (double)sample.Position.X, (double)sample.Position.Y, (double)sample.Position.Z);
        Run(_name, id, sample.Name.Text);
        Run(_owner, id, sample.Owner is int owner ? owner + 1L : DBNull.Value, (long)sample.Rank);
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = Prepare(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<SqliteType> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < parameters.Length; i++)
            command.Parameters.Add(new SqliteParameter($"@{(char)('a' + i)}", parameters[i]));
        command.Prepare();
        return command;
    }
}
