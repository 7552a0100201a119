using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// <see cref="StaffView"/> as conditions in SQL: the people whom an organisation treats, those whom a consent opens, those whose record
/// somebody opened in an emergency. Each asks the index of references for one value in one compartment, so nothing is kept beside the
/// records and what changes there holds at once, on every host.
/// </summary>
internal sealed class StaffSight
{
    /// <summary>May hold anybody's data without saying whose.</summary>
    private static readonly string Sealed = string.Join(
        ", ",
        new[] { "Binary", "Bundle" }.Select(Key.NumberOf)
    );

    private static readonly (long From, long To) Patients = Key.RangeOf(Key.Patient);

    private readonly Dialect dialect;
    private readonly StaffView view;
    private readonly IReadOnlyDictionary<string, int> parameters;
    private readonly long? organisation;
    private readonly int? own;
    private readonly long now;

    private StaffSight(
        Dialect dialect,
        StaffView view,
        IReadOnlyDictionary<string, int> parameters,
        long? organisation,
        int? own,
        long now
    ) =>
        (this.dialect, this.view, this.parameters, this.organisation, this.own, this.now) = (
            dialect,
            view,
            parameters,
            organisation,
            own,
            now
        );

    public static async Task<StaffSight> Of(
        StaffView view,
        Session session,
        Dialect dialect,
        Interned interned,
        KnownKeys known,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var parameters = await interned.FindParameters(
            session,
            TreatingFacts.Names.Concat(ConsentRows.Names),
            cancel
        );
        var organisation =
            view.Organisation.Length == 0
                ? []
                : await known.KeysOf(
                    session,
                    [(Key.NumberOf("Organization"), view.Organisation)],
                    cancel
                );
        var own = view.Own is null
            ? []
            : await known.KeysOf(session, [(Key.Patient, view.Own)], cancel);
        return new StaffSight(
            dialect,
            view,
            parameters,
            organisation is [var facility] ? facility : null,
            own is [var self] ? Key.CompartmentOf(self) : null,
            now.ToUnixTimeMilliseconds()
        );
    }

    private string Schema => dialect.Schema;

    /// <summary>Where equal index values lie together; PostgreSQL's view would unfold every list.</summary>
    private string References => $"{Schema}reference{(dialect.HasLinks ? "_posting" : "")}";

    /// <summary>
    /// PostgreSQL would turn a test of one row into a join with everything that passes it, and begin there: this keeps it a test.
    /// </summary>
    private string Fence => dialect.HasLinks ? " OFFSET 0" : "";

    /// <summary>On a resource row, current or deleted.</summary>
    /// <param name="type">That all rows are of, when it is known.</param>
    /// <param name="compartment">That all rows lie in, when it is known: asked once then, not for each row.</param>
    public string Test(string alias, Sql sql, string? type, int? compartment)
    {
        var shared =
            $"EXISTS (SELECT 1 FROM {Schema}shared s WHERE s.key = {alias}.key AND {Sees("s.compartment", sql)}{Fence})";
        if (compartment is { } patient)
        {
            return Sql.Or(Sees(sql.Bind(patient), sql), shared);
        }
        var aboutNobody =
            $"({alias}.compartment = 0 AND {alias}.type NOT IN ({Sealed}) AND NOT EXISTS (SELECT 1 FROM {Schema}link l WHERE l.key = {alias}.key AND l.target BETWEEN {Patients.From} AND {Patients.To} AND NOT {Sees($"(l.target - {Patients.From})", sql)}{Fence}))";
        if (
            type is not (null or "Patient")
            && FhirModel.R4.CompartmentParameters("Patient", type).Count == 0
        )
        {
            return aboutNobody;
        }
        return Sql.Or(
            $"({alias}.compartment <> 0 AND {Sees($"{alias}.compartment", sql)})",
            aboutNobody,
            shared
        );
    }

    /// <summary>An old version is seen by who may see the compartment it lay in then.</summary>
    public string TestHistory(string alias, Sql sql) =>
        Sql.Or(
            $"({alias}.compartment <> 0 AND {Sees($"{alias}.compartment", sql)})",
            $"({alias}.compartment = 0 AND EXISTS (SELECT 1 FROM {Schema}resource w WHERE w.key = {alias}.key AND {Test("w", sql, null, null)}{Fence}))",
            $"EXISTS (SELECT 1 FROM {Schema}shared s WHERE s.key = {alias}.key AND {Sees("s.compartment", sql)}{Fence})"
        );

    /// <summary>That this compartment, which is not 0, may be seen.</summary>
    /// <param name="compartment">An expression, evaluated for each row.</param>
    public string Sees(string compartment, Sql sql)
    {
        var treats = view.Use.ToTreating ? Treats(compartment, sql) : Sql.Never;
        if (view.Use.RefusalWins && treats != Sql.Never)
        {
            treats = Sql.And(treats, Sql.Not(Denies(compartment, sql, everybody: true)));
        }
        return Sql.Or(
            own is { } self ? $"{compartment} = {sql.Bind(self)}" : Sql.Never,
            treats,
            // The first is a gate: mostly there is no consent, and that is known by one look.
            Sql.And(
                Permits(compartment, sql, [Organisation(sql), Anyone]),
                Sql.Or(
                    Sql.And(
                        Permits(compartment, sql, [Organisation(sql)]),
                        Sql.Not(Denies(compartment, sql, everybody: false))
                    ),
                    Sql.And(
                        Permits(compartment, sql, [Anyone]),
                        Sql.Not(Denies(compartment, sql, everybody: true))
                    )
                )
            ),
            IsForTreatment ? IsOpenInEmergency(compartment, sql) : Sql.Never
        );
    }

    private bool IsForTreatment =>
        view.Use.Purpose is SharedKernel.Contracts.PurposeOfUse.Treatment;

    private static string Anyone => ConsentRows.Anyone.ToString(CultureInfo.InvariantCulture);

    private string? Organisation(Sql sql) => organisation is { } key ? sql.Bind(key) : null;

    private string Treats(string compartment, Sql sql) =>
        organisation is not { } key || Numbers(TreatingFacts.Names) is not { Length: > 0 } facts
            ? Sql.Never
            : $"EXISTS (SELECT 1 FROM {References} f WHERE f.parameter IN ({facts}) AND f.target = {sql.Bind(key)} AND f.compartment = {compartment}{Fence})";

    private string Permits(string compartment, Sql sql, string?[] grantees) =>
        Consents(compartment, sql, permits: true, grantees);

    private string Denies(string compartment, Sql sql, bool everybody) =>
        Consents(
            compartment,
            sql,
            permits: false,
            everybody ? [Organisation(sql), Anyone] : [Organisation(sql)]
        );

    private string Consents(string compartment, Sql sql, bool permits, string?[] grantees)
    {
        var always = Numbers([ConsentRows.Name(permits, view.Use.Purpose, inPeriod: false)]);
        var inPeriod = Numbers([ConsentRows.Name(permits, view.Use.Purpose, inPeriod: true)]);
        var whom = string.Join(", ", grantees.OfType<string>());
        return whom.Length == 0
            ? Sql.Never
            : Sql.Or(
                always.Length == 0
                    ? Sql.Never
                    : $"EXISTS (SELECT 1 FROM {References} f WHERE f.parameter = {always} AND f.target IN ({whom}) AND f.compartment = {compartment}{Fence})",
                InPeriod(inPeriod, whom, compartment, sql)
            );
    }

    private string IsOpenInEmergency(string compartment, Sql sql) =>
        InPeriod(
            Numbers([ConsentRows.Emergency]),
            $"(SELECT p.key FROM {Schema}resource p WHERE p.type = {Key.NumberOf("Practitioner")} AND p.id = {sql.Bind(Key.Encode(view.Account))})",
            compartment,
            sql
        );

    private string InPeriod(string parameter, string whom, string compartment, Sql sql)
    {
        var periods = Numbers([ConsentRows.Period, ConsentRows.WidePeriod]);
        if (parameter.Length == 0 || periods.Length == 0)
        {
            return Sql.Never;
        }
        var at = sql.Bind(now);
        return $"EXISTS (SELECT 1 FROM {Schema}reference f WHERE f.parameter = {parameter} AND f.target IN ({whom}) AND f.compartment = {compartment} AND EXISTS (SELECT 1 FROM {Schema}\"date\" d WHERE d.compartment = f.compartment AND d.parameter IN ({periods}) AND d.key = f.key AND d.low <= {at} AND d.high > {at}){Fence})";
    }

    private string Numbers(IEnumerable<string> names) =>
        string.Join(
            ", ",
            names.Select(name => parameters.GetValueOrDefault(name)).Where(number => number > 0)
        );
}
