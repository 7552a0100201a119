using System.Globalization;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary><see cref="Visible"/> as a condition in SQL: the compartments by their numbers, and what scopes leave of each type.</summary>
internal sealed class Sight
{
    // About institutions, products and definitions, not about a patient; https://hl7.org/fhir/R4/security.html#Anonymous,
    // "Business Sensitive" and "Anonymous" in the tables of resource security categories.
    private static readonly string[] ReferenceData =
    [
        "ActivityDefinition",
        "CapabilityStatement",
        "ChargeItemDefinition",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "Endpoint",
        "HealthcareService",
        "ImplementationGuide",
        "InsurancePlan",
        "Library",
        "Location",
        "Measure",
        "Medication",
        "MedicationKnowledge",
        "NamingSystem",
        "OperationDefinition",
        "Organization",
        "OrganizationAffiliation",
        "PlanDefinition",
        "Practitioner",
        "PractitionerRole",
        "Questionnaire",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "Substance",
        "TerminologyCapabilities",
        "ValueSet",
    ];

    private static readonly string ReferenceTypes = string.Join(
        ", ",
        ReferenceData.Select(Key.NumberOf)
    );

    public static readonly Sight All = new(null, "", null, null);

    private readonly string? compartments;
    private readonly string schema;
    private readonly TypeSight? types;
    private readonly StaffSight? staff;

    private Sight(string? compartments, string schema, TypeSight? types, StaffSight? staff) =>
        (this.compartments, this.schema, this.types, this.staff) = (
            compartments,
            schema,
            types,
            staff
        );

    /// <summary>Every resource of this type is seen; of every type, when null.</summary>
    public bool IsAllOf(string? type) =>
        compartments is null
        && (staff is null || IsReferenceData(type))
        && (types is null || types.IsWhole(type));

    public static async Task<Sight> Of(
        Visible visible,
        Session session,
        Dialect dialect,
        TypeSight? types,
        StaffSight? staff,
        CancellationToken cancel
    )
    {
        if (visible.Patients is not { } patients)
        {
            return types is null && staff is null
                ? All
                : new Sight(null, dialect.Schema, types, staff);
        }
        var numbers = new List<int>();
        var keys = new Columns("resource", ("type", ColumnKind.Short), ("id", ColumnKind.Bytes));
        foreach (var patient in patients)
        {
            keys.Add(0, (long)Key.Patient).Add(1, Key.Encode(patient)).EndRow();
        }
        await session.Lookup(
            keys,
            "key",
            (_, row, at) => numbers.Add(Key.CompartmentOf(row.GetInt64(at))),
            lockRows: false,
            cancel
        );
        // -1 is no compartment: a list in SQL cannot be empty.
        return new Sight(
            string.Join(
                ", ",
                numbers.Append(-1).Select(number => number.ToString(CultureInfo.InvariantCulture))
            ),
            dialect.Schema,
            types,
            staff
        );
    }

    /// <summary>To be added to the WHERE of a query over resource rows.</summary>
    /// <param name="type">That all rows are of, when it is known.</param>
    /// <param name="compartment">That all rows lie in, when it is known.</param>
    public string Of(string alias, Sql sql, string? type = null, int? compartment = null) =>
        InCompartments(alias)
        + ForStaff(alias, type, test => test.Test(alias, sql, type, compartment))
        + (types is null || types.IsWhole(type) ? "" : $" AND ({types.Test(alias, sql, type)})");

    /// <summary>An old version is seen by whoever may see the compartment it lay in then.</summary>
    public string OfHistory(string alias, Sql sql) =>
        HistoryInCompartments(alias)
        + (
            staff is null
                ? ""
                : $" AND (EXISTS (SELECT 1 FROM {schema}resource c WHERE c.key = {alias}.key AND c.type IN ({ReferenceTypes})) OR {staff.TestHistory(alias, sql)})"
        )
        + (
            types is null
                ? ""
                : $" AND EXISTS (SELECT 1 FROM {schema}resource w WHERE w.key = {alias}.key AND {types.Whole("w")})"
        );

    /// <summary>That a compartment may be seen at all, by staff; what is nobody's is everybody's.</summary>
    public string Sees(int compartment, Sql sql) =>
        staff is null ? Sql.Always : staff.Sees(sql.Bind(compartment), sql);

    private static bool IsReferenceData(string? type) => ReferenceData.Contains(type);

    private string ForStaff(string alias, string? type, Func<StaffSight, string> test) =>
        staff is null || IsReferenceData(type) ? ""
        : type is not null ? $" AND {test(staff)}"
        : $" AND ({alias}.type IN ({ReferenceTypes}) OR {test(staff)})";

    private string InCompartments(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR {alias}.type IN ({ReferenceTypes}) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";

    private string HistoryInCompartments(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR EXISTS (SELECT 1 FROM {schema}resource c WHERE c.key = {alias}.key AND c.type IN ({ReferenceTypes})) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";
}
