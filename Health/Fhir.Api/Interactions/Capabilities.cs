using System.Buffers;
using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Routed = Health.Fhir.Api.FhirRoute;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Says what this server can, from the routes themselves and the search parameters that the store indexes, so that it cannot say
/// anything else. https://hl7.org/fhir/R4/http.html#capabilities
/// </summary>
public sealed class Capabilities(
    FhirRoutes routes,
    Limits limits,
    StoreOptions options,
    ReaderOptions reading,
    IEnumerable<CapabilityExtension> extensions,
    TimeProvider clock
) : IInteraction<Capabilities>
{
    // No parameter of its own; the mode parameter of the spec is for servers that also tell terminology.
    public static IReadOnlyList<Routed> Routes { get; } =
    [new("capabilities", "GET", "metadata", null, 'r') { IsOpen = true, MayBeDeferred = false }];

    public Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        if (request.First("mode") is { } mode && mode != "full")
        {
            throw new FhirRefusal(
                400,
                "not-supported",
                $"mode={mode} is not given: only full.",
                "mode"
            );
        }
        // It says nothing that changes while the server runs but its own address and the day.
        var (day, last) = (Day(), kept);
        if (
            last is null
            || last.Routes != routes
            || last.Address != request.BaseUrl
            || last.Day != day
        )
        {
            kept = last = new(
                routes,
                request.BaseUrl,
                day,
                FhirJson.Write(Statement(request.BaseUrl))
            );
        }
        var bytes = last.Bytes;
        return Task.FromResult(
            new FhirAnswer(200, target => target.Write(bytes)) { Length = bytes.Length }
        );
    }

    /// <summary>The last one, whole or not at all; a server of the same process keeps its own by its routes.</summary>
    private static Kept? kept;

    private sealed record Kept(FhirRoutes Routes, string Address, string Day, byte[] Bytes);

    private string Day() => clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private CapabilityStatement Statement(string baseUrl)
    {
        var all = routes.All.Select(routed => routed.Route).ToList();
        var ofType = all.Where(route => !route.IsSystemLevel).ToList();
        return new CapabilityStatement
        {
            Status = PublicationStatus.Active,
            Date = Day(),
            Kind = CapabilityStatementKind.Instance,
            Publisher = "Records",
            Software = new() { Name = "Records", Version = Version },
            Implementation = new()
            {
                Description = "Medical records and prescriptions",
                Url = baseUrl,
            },
            FhirVersion = FHIRVersion.N4_0_1,
            Format = [Negotiation.FhirJson, Negotiation.FhirXml, "json", "xml"],
            PatchFormat = [Negotiation.JsonPatch, Negotiation.FhirJson, Negotiation.FhirXml],
            Rest =
            [
                new()
                {
                    Mode = CapabilityStatement.RestfulCapabilityMode.Server,
                    Documentation = string.Create(
                        CultureInfo.InvariantCulture,
                        $"A body holds at most {limits.BodyBytes:N0} bytes, a bundle {limits.BundleEntries:N0} entries, a page {options.PageSize:N0} matches. Unknown search parameters are refused unless Prefer: handling=lenient."
                    ),
                    Security = Security(baseUrl),
                    Resource = [.. ResourceTypes.All.Select(type => OfType(baseUrl, type, ofType))],
                    Operation = OperationsOf(baseUrl, all.Where(route => route.IsSystemLevel)),
                    SearchParam =
                    [
                        .. FhirModel
                            .R4.Parameters.Where(parameter => parameter.ResourceType == "Resource")
                            .Where(IsKept)
                            .Select(Of),
                    ],
                    Interaction =
                    [
                        .. all.Where(route => route.IsSystemLevel && !route.IsOperation)
                            .SelectMany(route => SystemCodes(route.Code))
                            .Select(code =>
                                EnumUtility.ParseLiteral<CapabilityStatement.SystemRestfulInteraction>(
                                    code
                                )
                            )
                            .Where(code => code is not null)
                            .Distinct()
                            .Select(code => new CapabilityStatement.SystemInteractionComponent
                            {
                                Code = code,
                            }),
                    ],
                    Compartment =
                    [
                        .. SearchResources.Compartments.Select(type =>
                            $"http://hl7.org/fhir/CompartmentDefinition/{type.ToLowerInvariant()}"
                        ),
                    ],
                },
            ],
        };
    }

    /// <summary>One address takes both kinds of bundle.</summary>
    private static string[] SystemCodes(string code) =>
        code == "transaction" ? [code, "batch"] : [code];

    private static string Version { get; } =
        typeof(Capabilities).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static CapabilityStatement.SecurityComponent Security(string baseUrl) =>
        new()
        {
            Cors = true,
            Service =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "SMART-on-FHIR"
                ),
            ],
            Description = "OAuth 2.0 with SMART App Launch 2 scopes.",
            Extension =
            [
                new()
                {
                    Url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    Extension =
                    [
                        new("token", new FhirUri(new Uri(new Uri(baseUrl), "/connect/token"))),
                        new(
                            "authorize",
                            new FhirUri(new Uri(new Uri(baseUrl), "/connect/authorize"))
                        ),
                    ],
                },
            ],
        };

    private static List<CapabilityStatement.OperationComponent> OperationsOf(
        string baseUrl,
        IEnumerable<Routed> routes
    ) =>
        [
            .. routes
                .Select(route => route.Operation)
                .OfType<Operation>()
                .Distinct()
                .Select(operation => new CapabilityStatement.OperationComponent
                {
                    Name = operation.Name,
                    Definition = $"{baseUrl}/OperationDefinition/{operation.Id}",
                    Documentation = operation.Description,
                }),
        ];

    private static CapabilityStatement.SearchParamComponent Of(SearchParameterInfo parameter) =>
        new()
        {
            Name = parameter.Code,
            Definition = parameter.Url,
            Type = parameter.Type,
        };

    /// <summary>The words of full-text search are kept only as far as the configuration says.</summary>
    private bool IsKept(SearchParameterInfo parameter) =>
        parameter.Code switch
        {
            "_text" => reading.FullText >= FullText.Narrative,
            "_content" => reading.FullText >= FullText.Content,
            _ => true,
        };

    private CapabilityStatement.ResourceComponent OfType(
        string baseUrl,
        string type,
        List<Routed> routes
    ) =>
        new()
        {
            Type = type,
            Extension =
            [
                .. extensions
                    .Where(extension => extension.ResourceType == type)
                    .SelectMany(extension => extension.Make()),
            ],
            Operation = OperationsOf(
                baseUrl,
                routes.Where(route => route.Type is null || route.Type == type)
            ),
            Interaction =
            [
                .. routes
                    .Where(route => !route.IsOperation)
                    .Select(route =>
                        EnumUtility.ParseLiteral<CapabilityStatement.TypeRestfulInteraction>(
                            route.Code
                        )
                    )
                    .Where(code => code is not null)
                    .Distinct()
                    .Select(code => new CapabilityStatement.ResourceInteractionComponent
                    {
                        Code = code,
                    }),
            ],
            // If-Match is minded, but not demanded as versioned-update would say.
            Versioning = CapabilityStatement.ResourceVersionPolicy.Versioned,
            ReadHistory = true,
            UpdateCreate = true,
            ConditionalCreate = true,
            ConditionalRead = CapabilityStatement.ConditionalReadStatus.FullSupport,
            ConditionalUpdate = true,
            ConditionalDelete = CapabilityStatement.ConditionalDeleteStatus.Multiple,
            ReferencePolicy =
            [
                CapabilityStatement.ReferenceHandlingPolicy.Literal,
                CapabilityStatement.ReferenceHandlingPolicy.Logical,
            ],
            SearchParam = [.. FhirModel.R4.ParametersOf(type).Where(IsKept).Select(Of)],
            SearchInclude =
            [
                .. FhirModel
                    .R4.ParametersOf(type)
                    .Where(parameter => parameter.Type is SearchParamType.Reference)
                    .Select(parameter => $"{type}:{parameter.Code}"),
            ],
            SearchRevInclude = ReferencesTo[type],
        };

    /// <summary>By type, the reference parameters of all types that may point to it.</summary>
    private static readonly Dictionary<string, string[]> ReferencesTo =
        ResourceTypes.All.ToDictionary(
            type => type,
            type =>
                FhirModel
                    .R4.Parameters.Where(parameter =>
                        parameter.Type is SearchParamType.Reference
                        && parameter.Targets.Contains(type)
                    )
                    .Select(parameter => $"{parameter.ResourceType}:{parameter.Code}")
                    .ToArray()
        );
}
