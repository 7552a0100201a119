using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary>Where the rows of a search come from and what they must pass; the resource row's alias is <c>r</c>.</summary>
/// <param name="ByCompartment">Rows come in the order of compartment and key without being sorted.</param>
internal sealed record SearchPlan(string From, string Where, bool ByCompartment, int? Compartment)
{
    /// <summary>The keys that the leading clause lists; null when none leads.</summary>
    public string? Keys { get; private init; }

    /// <summary>Every key listed is a match, once: they need only be counted.</summary>
    public bool IsKeysAlone { get; private init; }

    /// <summary>A statement to be asked together with the page: when it has a row, the plan is wrong and must be made without trust.</summary>
    public string? Doubt { get; private init; }

    public bool IsEmpty => Where == Sql.Never;

    /// <param name="trusting">
    /// Takes for granted that nothing is in the patient's compartment that clusters with another, which is nearly always so, and
    /// leaves the asking to <see cref="Doubt"/>: once less to the database.
    /// </param>
    public static async Task<SearchPlan> Of(
        Session session,
        Dialect dialect,
        Interned interned,
        KnownKeys known,
        FhirModel model,
        SearchRequest request,
        Sight sight,
        Sql sql,
        CancellationToken cancel,
        bool testAll = false,
        bool trusting = false
    )
    {
        var type = request.Types.Count == 1 ? request.Types[0] : null;
        var schema = dialect.Schema;
        var compartment = await OnePatient(
            session,
            schema,
            known,
            model,
            request,
            type,
            trusting,
            cancel
        );
        var doubt =
            trusting && compartment is { } trusted
                ? $"SELECT 1 FROM {schema}shared s WHERE s.compartment = {sql.Bind(trusted)} LIMIT 1"
                : null;
        var compiler = new ClauseCompiler(
            session,
            dialect,
            interned,
            known,
            model,
            sight,
            sql,
            compartment,
            cancel
        );
        var leading = testAll ? null : Leading(request.Clauses, compartment);
        var keys = leading is null ? null : await compiler.Keys(leading, type);
        if (keys == ClauseCompiler.Nothing)
        {
            return new SearchPlan("", Sql.Never, false, null);
        }
        var tests = new List<string>();
        foreach (var clause in request.Clauses.Where(clause => keys is null || clause != leading))
        {
            tests.Add(await compiler.Test(clause, "r"));
        }
        if (compartment is { } patient)
        {
            tests.Add($"r.compartment = {sql.Bind(patient)}");
            if (dialect.HasLinks && keys is null && request.Types.Count > 0)
            {
                // PostgreSQL's tree by compartment goes on with the type, not with the key.
                tests.Add($"r.type IN ({string.Join(", ", request.Types.Select(Key.NumberOf))})");
            }
        }
        // A type's own parameter has values of its live resources and of no others; asking again would mislead the planner.
        if (
            keys is null
            || type is null
            || leading is not ValueClause value
            || value.Parameter.ResourceType != type
        )
        {
            // A unary plus keeps SQLite from walking the type instead of following the keys.
            tests.Add(Types(request.Types, keys is null ? "r.key" : "+r.key"));
            tests.Add("r.stored_as IN (1, 2)");
        }
        var where = Sql.And(tests);
        if (where == Sql.Never)
        {
            return new SearchPlan("", Sql.Never, false, null);
        }
        var isKeysAlone = where == Sql.Always && sight.IsAllOf(type);
        where += sight.Of("r", sql, type, compartment);
        if (keys is null)
        {
            return new SearchPlan($"{schema}resource r", where, false, compartment)
            {
                Doubt = doubt,
            };
        }
        return ClauseCompiler.InOrder(leading!, keys) is { } ordered
            ? new SearchPlan(
                $"({ordered}) d CROSS JOIN {schema}resource r",
                $"r.key = d.key AND {where}",
                true,
                compartment
            )
            {
                Keys = keys,
                IsKeysAlone = isKeysAlone,
                Doubt = doubt,
            }
            : new SearchPlan(
                $"{schema}resource r",
                $"r.key IN ({keys}) AND {where}",
                false,
                compartment
            )
            {
                Keys = keys,
                Doubt = doubt,
            };
    }

    /// <summary>The clause whose index is walked.</summary>
    private static SearchClause? Leading(IReadOnlyList<SearchClause> clauses, int? compartment)
    {
        // In one Patient every index range is short, but a chain or _has would leave it.
        var usable = compartment is null
            ? clauses
            : clauses.Where(clause => clause is IdClause or ValueClause);
        return usable
            .Where(clause => ClauseCompiler.Narrowness(clause) is not null)
            .MinBy(clause => ClauseCompiler.Narrowness(clause, compartment is not null));
    }

    private static string Types(IReadOnlyList<string> types, string key) =>
        Sql.Or(
            types
                .Select(type =>
                {
                    var (from, to) = Key.RangeOf(Key.NumberOf(type));
                    return string.Create(
                        CultureInfo.InvariantCulture,
                        $"{key} BETWEEN {from} AND {to}"
                    );
                })
                .DefaultIfEmpty(Sql.Always)
        );

    /// <summary>
    /// The Patient that all matches lie with, when the query says so, by the compartment or by a reference that makes one. Not
    /// when some resource is in this compartment and clusters with another: then its rows lie elsewhere.
    /// </summary>
    private static async Task<int?> OnePatient(
        Session session,
        string schema,
        KnownKeys known,
        FhirModel model,
        SearchRequest request,
        string? type,
        bool trusting,
        CancellationToken cancel
    )
    {
        var named = request
            .Clauses.Select(clause => PatientOf(clause, model, type))
            .FirstOrDefault(named => named is not null);
        if (named is not var (id, types))
        {
            return null;
        }
        // Without a type the id may be that of a Group, too.
        var found = await known.KeysOf(
            session,
            types.Select(one => (Key.NumberOf(one), id)),
            cancel
        );
        if (found is not [var key] || Key.TypeOf(key) != Key.Patient)
        {
            return null;
        }
        if (trusting)
        {
            return Key.CompartmentOf(key);
        }
        await using var others = session.Command(
            $"SELECT 1 FROM {schema}shared s WHERE s.compartment = @0 LIMIT 1",
            Key.CompartmentOf(key)
        );
        return await others.ExecuteScalarAsync(cancel) is null ? Key.CompartmentOf(key) : null;
    }

    private static (string Id, IReadOnlyList<string> Types)? PatientOf(
        SearchClause clause,
        FhirModel model,
        string? type
    ) =>
        clause switch
        {
            CompartmentClause { CompartmentType: "Patient" } patient => (patient.Id, ["Patient"]),
            ValueClause
            {
                Modifier: SearchModifier.None,
                AnyOf: [ReferenceTest { Id: { } id } test],
            } value
                when type is not null
                    && test.TargetTypes.Contains("Patient")
                    && MakesCompartment(model, type, value.Parameter) => (id, test.TargetTypes),
            _ => null,
        };

    /// <summary><c>patient</c> is the Patient among what <c>subject</c> and the like point to.</summary>
    private static bool MakesCompartment(
        FhirModel model,
        string type,
        SearchParameterInfo parameter
    )
    {
        var makers = model.CompartmentParameters("Patient", type);
        return makers.Contains(parameter) || (parameter.Code == "patient" && makers.Count > 0);
    }
}
