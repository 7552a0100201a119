using Npgsql;
using NpgsqlTypes;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Place;

/// <summary>
/// A PostgreSQL server that follows the primary by streaming (https://www.postgresql.org/docs/current/hot-standby.html): what is asked
/// of the two to know how far it has come. Positions are places in the write-ahead log.
/// </summary>
internal sealed class PostgresReplica : IAsyncDisposable
{
    private const string ApplicationName = "records replica";

    private readonly DatabaseOptions primary;
    private readonly DatabaseOptions replica;
    private NpgsqlConnection? asking;
    private bool follows;

    /// <param name="differs">
    /// What differs from the primary's connection string, such as <c>Host=replica1</c>; the rest is the primary's.
    /// </param>
    public PostgresReplica(DatabaseOptions primary, string differs)
    {
        this.primary = primary;
        var connection = new NpgsqlConnectionStringBuilder(primary.Connection)
        {
            ApplicationName = ApplicationName,
        };
        foreach (
            KeyValuePair<string, object?> setting in new NpgsqlConnectionStringBuilder(differs)
        )
        {
            connection[setting.Key] = setting.Value;
        }
        replica = primary with { Connection = connection.ToString() };
    }

    /// <summary>
    /// Up to where the primary's log is on disk. No commit is acknowledged before its record is, so every acknowledged one lies before
    /// it. One caller at a time.
    /// </summary>
    public async Task<ulong> Acknowledged()
    {
        try
        {
            asking ??= await Open(primary, CancellationToken.None);
            await using var command = asking.CreateCommand();
            command.CommandText = "SELECT pg_current_wal_flush_lsn()";
            return (ulong)(NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync())!;
        }
        catch
        {
            if (asking is not null)
            {
                await asking.DisposeAsync();
                asking = null;
            }
            throw;
        }
    }

    /// <summary>A session of the replica; how far it has come must be asked in this very session, since servers restart and swap.</summary>
    /// <exception cref="ReplicaRefused">It is no replica of this primary.</exception>
    public async Task<Session> Open(CancellationToken cancel)
    {
        if (!follows)
        {
            await DemandFollows(cancel);
            follows = true;
        }
        return new PostgresSession(await Open(replica, cancel));
    }

    /// <summary>Up to where the server of this session has replayed the log.</summary>
    /// <exception cref="ReplicaRefused">It replays none: it was made a primary.</exception>
    public static async Task<ulong> Replayed(Session session, CancellationToken cancel)
    {
        await using var command = session.Command(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END"
        );
        return await command.ExecuteScalarAsync(cancel) is NpgsqlLogSequenceNumber position
            ? (ulong)position
            : throw new ReplicaRefused("it is not a replica (any more)");
    }

    /// <summary>Whatever lives at its address when it answers again is looked at again.</summary>
    public void Failed() => follows = false;

    public async ValueTask DisposeAsync()
    {
        if (asking is not null)
        {
            await asking.DisposeAsync();
        }
    }

    /// <summary>A replica of another cluster has positions too, and other records.</summary>
    private async Task DemandFollows(CancellationToken cancel)
    {
        var (here, there) = (await Identity(primary, cancel), await Identity(replica, cancel));
        if (here != there)
        {
            throw new ReplicaRefused($"it follows cluster {there}, not {here}");
        }
    }

    private static async Task<long> Identity(DatabaseOptions server, CancellationToken cancel)
    {
        await using var connection = await Open(server, cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT system_identifier FROM pg_control_system()";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<NpgsqlConnection> Open(
        DatabaseOptions server,
        CancellationToken cancel
    )
    {
        var connection = (NpgsqlConnection)Providers.Connect(server, FhirDb.SchemaName);
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>The server that is configured as replica cannot be one.</summary>
internal sealed class ReplicaRefused(string reason) : Exception(reason);
