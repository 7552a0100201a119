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

    public static readonly Sight All = new(null, "", null);

    private readonly string? compartments;
    private readonly string schema;
    private readonly TypeSight? types;

    private Sight(string? compartments, string schema, TypeSight? types) =>
        (this.compartments, this.schema, this.types) = (compartments, schema, types);

    /// <summary>Every resource of this type is seen; of every type, when null.</summary>
    public bool IsAllOf(string? type) =>
        compartments is null && (types is null || types.IsWhole(type));

    public static async Task<Sight> Of(
        Visible visible,
        Session session,
        Dialect dialect,
        TypeSight? types,
        CancellationToken cancel
    )
    {
        if (visible.Patients is not { } patients)
        {
            return types is null ? All : new Sight(null, dialect.Schema, types);
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
            types
        );
    }

    /// <summary>To be added to the WHERE of a query over resource rows.</summary>
    /// <param name="type">That all rows are of, when it is known.</param>
    public string Of(string alias, Sql sql, string? type = null) =>
        InCompartments(alias)
        + (types is null || types.IsWhole(type) ? "" : $" AND ({types.Test(alias, sql, type)})");

    /// <summary>An old version is seen by whoever may see the compartment it lay in then.</summary>
    public string OfHistory(string alias) =>
        HistoryInCompartments(alias)
        + (
            types is null
                ? ""
                : $" AND EXISTS (SELECT 1 FROM {schema}resource w WHERE w.key = {alias}.key AND {types.Whole("w")})"
        );

    private string InCompartments(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR {alias}.type IN ({ReferenceTypes}) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";

    private string HistoryInCompartments(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR EXISTS (SELECT 1 FROM {schema}resource c WHERE c.key = {alias}.key AND c.type IN ({ReferenceTypes})) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";
}
