using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Store.Definitions;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store;

// Search parameters of one's own: which there are, how far each is.
public sealed partial class FhirStore
{
    /// <summary>Takes up what another host has defined or finished; true when there was something.</summary>
    public Task<bool> RefreshDefinitions(CancellationToken cancel = default) =>
        gate.Run(
            (session, stop) => definitions.Refresh(session, stop),
            cancel,
            // A replica could take the model back to what held a moment ago.
            primary: true
        );

    /// <summary>Indexes some hundred resources more; false when nothing is left to do.</summary>
    public async Task<bool> Reindex(CancellationToken cancel = default) =>
        reader.Model.IsExtensible && await HasWork(cancel) && await reindexer.Step(cancel);

    /// <summary>Every stored SearchParameter, and for each type it is for how far it is.</summary>
    public Task<IReadOnlyList<SearchParameterState>> SearchParameterStates(
        CancellationToken cancel = default
    ) =>
        gate.Run(
            async (session, stop) =>
            {
                await definitions.Refresh(session, stop);
                var reached = (await definitions.States(session, stop)).ToDictionary(
                    state => state.Name,
                    state => state.Reached
                );
                var all = new List<SearchParameterState>();
                foreach (var definition in definitions.All)
                {
                    if (definition.Refusal is { } refusal)
                    {
                        all.Add(
                            new(
                                definition.Id,
                                definition.Url,
                                null,
                                definition.Code,
                                IndexState.NotIndexed,
                                0,
                                0,
                                refusal
                            )
                        );
                    }
                    foreach (var parameter in definition.Parameters)
                    {
                        all.Add(
                            await StateOf(
                                session,
                                definition,
                                parameter,
                                reached.GetValueOrDefault(parameter.ToString()),
                                stop
                            )
                        );
                    }
                }
                return (IReadOnlyList<SearchParameterState>)all;
            },
            cancel,
            primary: true
        );

    /// <summary>Indexes anew all that the SearchParameters with these ids are for; null for all of them.</summary>
    public async Task RestartReindex(string? id, CancellationToken cancel = default)
    {
        await using var session = await dialect.OpenWriter(cancel);
        await session.Begin(cancel);
        await session.LockDefinitions(toChange: true, cancel);
        await definitions.Refresh(session, cancel);
        var names = definitions
            .All.Where(definition => id is null || definition.Id == id)
            .SelectMany(definition => definition.Parameters)
            .Select(parameter => parameter.ToString())
            .ToHashSet();
        foreach (var (number, reached, name) in await definitions.States(session, cancel))
        {
            if (names.Contains(name) && reached == SearchParameters.Finished)
            {
                await SearchParameters.Reach(session, number, 0, cancel);
            }
        }
        await session.Commit(cancel);
        WakeReindex();
    }

    /// <summary>Until something is defined on this host.</summary>
    internal Task Defined(TimeSpan atMost, CancellationToken cancel) =>
        defined.WaitAsync(atMost, cancel);

    private void WakeReindex()
    {
        try
        {
            defined.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or will be at its next turn.
        }
    }

    /// <summary>Without taking the writer's place.</summary>
    private Task<bool> HasWork(CancellationToken cancel) =>
        gate.Run(
            async (session, stop) =>
            {
                await definitions.Refresh(session, stop);
                var holding = reader.Model.Custom.ToList();
                return holding.Exists(parameter => !parameter.IsReady)
                    || (await definitions.States(session, stop)).Exists(state =>
                        state.Reached != SearchParameters.Cleared
                        && !holding.Exists(parameter => parameter.ToString() == state.Name)
                    );
            },
            cancel,
            primary: true
        );

    private async Task<SearchParameterState> StateOf(
        Session session,
        CustomDefinition definition,
        SearchParameterInfo parameter,
        long reached,
        CancellationToken cancel
    )
    {
        var (from, to) = Key.RangeOf(Key.NumberOf(parameter.ResourceType));
        await using var command = session.Command(
            $"SELECT COUNT(*), COALESCE(SUM(CASE WHEN key <= @0 THEN 1 ELSE 0 END), 0) FROM {dialect.Schema}resource WHERE key BETWEEN {from} AND {to} AND stored_as IN (1, 2)",
            reached
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new(
            definition.Id,
            definition.Url,
            parameter.ResourceType,
            parameter.Code,
            parameter.IsReady ? IndexState.Ready
                : reached > 0 ? IndexState.Indexing
                : IndexState.Waiting,
            Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture),
            Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture),
            null
        );
    }
}

public enum IndexState
{
    /// <summary>Nothing is indexed by it; the state says why.</summary>
    NotIndexed,

    /// <summary>What is written is indexed; what was there before is not yet begun.</summary>
    Waiting,

    Indexing,

    /// <summary>It can be searched by.</summary>
    Ready,
}

/// <param name="Id">Of the SearchParameter.</param>
/// <param name="Type">Null when it is for none.</param>
/// <param name="Done">Resources of the type that are indexed.</param>
/// <param name="Total">Resources of the type.</param>
/// <param name="Reason">Why it is not indexed.</param>
public sealed record SearchParameterState(
    string Id,
    string Url,
    string? Type,
    string Code,
    IndexState State,
    long Done,
    long Total,
    string? Reason
);
