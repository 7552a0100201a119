using System.Buffers;
using System.Text.Json;
using Health.Fhir.Search.Reading;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Rows;

/// <summary>
/// What a Consent allows or refuses, as rows of the reference index that every query can ask: under a parameter that names effect and
/// purpose, pointing to the Organization or Practitioner, or to 0 for everybody. https://hl7.org/fhir/R4/consent.html
/// </summary>
/// <remarks>
/// What is not understood never opens: a permit with nested provisions, data, classes or codes is passed over, one without a purpose is
/// for treatment. A refusal holds wholly, whatever narrows it.
/// </remarks>
internal static class ConsentRows
{
    public const string Type = "Consent";

    /// <summary>http://terminology.hl7.org/CodeSystem/v3-ActCode: a record opened in an emergency; see <see cref="EmergencyDoor"/>.</summary>
    public const string EmergencyOnly = "EMRGONLY";

    /// <summary>Points to the one Practitioner; holds in the Consent's period.</summary>
    public const string Emergency = "Consent~emergency";

    public const string Period = "Consent.period";
    public const string WidePeriod = "Consent.period~wide";

    /// <summary>Everybody.</summary>
    public const long Anyone = 0;

    private static readonly string[] Narrowing =
    [
        "provision",
        "data",
        "dataPeriod",
        "class",
        "code",
        "securityLabel",
        "action",
    ];

    /// <param name="inPeriod">Only as long as the Consent's period lasts.</param>
    public static string Name(bool permits, PurposeOfUse purpose, bool inPeriod) =>
        $"Consent~{(permits ? "permit" : "deny")}:{purpose}{(inPeriod ? ":period" : "")}";

    /// <summary>All parameters that rows of Consents may have here.</summary>
    public static readonly string[] Names =
    [
        .. from purpose in Enum.GetValues<PurposeOfUse>()
        from permits in (bool[])[true, false]
        from inPeriod in (bool[])[true, false]
        select Name(permits, purpose, inPeriod),
        Emergency,
        Period,
        WidePeriod,
    ];

    /// <returns>Parameter and whom it points to, as type and id; null for everybody.</returns>
    public static IEnumerable<(string Parameter, (string Type, string Id)? Grantee)> Of(
        IndexedResource resource
    )
    {
        var body = new ArrayBufferWriter<byte>();
        resource.WriteBody(body, resource.Id ?? "new", "1", DateTimeOffset.UnixEpoch);
        using var json = JsonDocument.Parse(body.WrittenMemory);
        var consent = json.RootElement;
        if (
            Text(consent, "status") != "active"
            || !consent.TryGetProperty("provision", out var provision)
            || Text(provision, "type") is not ("permit" or "deny")
        )
        {
            return [];
        }
        var permits = Text(provision, "type") == "permit";
        var inPeriod = provision.TryGetProperty("period", out _);
        var isEmergency = Codings(Items(consent, "category"))
            .Any(coding => Text(coding, "code") == EmergencyOnly);
        if (permits && Narrowing.Any(name => provision.TryGetProperty(name, out _)))
        {
            return [];
        }
        var hasActors = Items(provision, "actor").Any();
        // Of the index, whose targets are resolved already.
        var grantees = resource
            .References.Where(reference =>
                reference.Parameter.ToString() == "Consent.actor" && IndexRows.IsLocal(reference)
            )
            .Select(reference => ((string, string)?)(reference.TargetType!, reference.TargetId!))
            .Where(grantee => grantee!.Value.Item1 is "Organization" or "Practitioner")
            .Concat(hasActors ? [] : [null])
            .ToList();
        if (isEmergency)
        {
            return permits && inPeriod
                ? grantees.Where(grantee => grantee is not null).Select(one => (Emergency, one))
                : [];
        }
        return
        [
            .. from purpose in Purposes(provision, permits)
            from grantee in grantees
            select (Name(permits, purpose, inPeriod), grantee),
        ];
    }

    private static IEnumerable<PurposeOfUse> Purposes(JsonElement provision, bool permits)
    {
        var given = Items(provision, "purpose").ToList();
        return given.Count > 0
                ? given
                    .Select(one => PurposeCodes.Find(Text(one, "system"), Text(one, "code")))
                    .OfType<PurposeOfUse>()
                    .Distinct()
            : permits ? [PurposeOfUse.Treatment]
            : Enum.GetValues<PurposeOfUse>();
    }

    private static IEnumerable<JsonElement> Codings(IEnumerable<JsonElement> concepts) =>
        concepts.SelectMany(concept => Items(concept, "coding"));

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.TryGetProperty(name, out var items) && items.ValueKind is JsonValueKind.Array
            ? items.EnumerateArray()
            : [];

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var text) ? text.GetString() : null;
}
