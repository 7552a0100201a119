using System.Globalization;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary><see cref="Visible"/> as a condition in SQL: the compartments by their numbers.</summary>
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

    public static readonly Sight All = new(null, "");

    private readonly string? compartments;
    private readonly string schema;

    private Sight(string? compartments, string schema) =>
        (this.compartments, this.schema) = (compartments, schema);

    public bool IsAll => compartments is null;

    public static async Task<Sight> Of(
        Visible visible,
        Session session,
        Dialect dialect,
        CancellationToken cancel
    )
    {
        if (visible.Patients is not { } patients)
        {
            return All;
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
            dialect.Schema
        );
    }

    /// <summary>To be added to the WHERE of a query over resource rows.</summary>
    public string Of(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR {alias}.type IN ({ReferenceTypes}) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";

    /// <summary>An old version is seen by whoever may see the compartment it lay in then.</summary>
    public string OfHistory(string alias) =>
        compartments is null
            ? ""
            : $" AND ({alias}.compartment IN ({compartments}) OR EXISTS (SELECT 1 FROM {schema}resource c WHERE c.key = {alias}.key AND c.type IN ({ReferenceTypes})) OR EXISTS (SELECT 1 FROM {schema}shared s WHERE s.key = {alias}.key AND s.compartment IN ({compartments})))";
}
