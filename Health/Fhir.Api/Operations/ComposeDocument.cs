using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Makes a document Bundle of a Composition and all that it refers to, and stores it when asked.
/// https://hl7.org/fhir/R4/composition-operation-document.html, https://hl7.org/fhir/R4/documents.html#bundle
/// </summary>
public sealed class ComposeDocument(
    GuardedStore store,
    ResourceReader reader,
    ICurrentCaller current,
    TimeProvider clock
) : IOperation<ComposeDocument>
{
    private const string Base = "Composition";

    public static Operation Definition { get; } =
        new("document", Levels.Instance | Levels.Type, Permission.ReadHealthRecords, 'r')
        {
            Description =
                "A document Bundle: the Composition, and every resource that it refers to.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Composition-document",
            Types = [Base],
            In =
            [
                new("id", "uri")
                {
                    Documentation = "The Composition, when the address does not name it.",
                },
                new("persist", "boolean") { Documentation = "Store the Bundle; by POST only." },
            ],
            Out = [new("return", "Bundle", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var persist = arguments.Flag("persist") == true;
        if (persist && request.Route.Method == "GET")
        {
            throw new FhirRefusal(
                400,
                "not-supported",
                "A GET changes nothing: POST with persist=true.",
                "persist"
            );
        }
        var composition = await store.Demand(Base, IdOf(request, arguments), cancel);
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["identifier"] = new JsonObject
            {
                ["system"] = "urn:ietf:rfc:3986",
                ["value"] = $"urn:uuid:{Guid.CreateVersion7()}",
            },
            ["type"] = "document",
            ["timestamp"] = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
            ["entry"] = await Entries(request, composition, cancel),
        };
        if (!persist)
        {
            return FhirAnswer.Json(200, json => bundle.WriteTo(json));
        }
        current.Become(
            SmartScopes.Narrow(request.SignedIn, Permission.WriteHealthRecords, 'c', "Bundle")
        );
        var written = await store.Commit(
            new Write(WriteVerb.Create, "Bundle")
            {
                Resource = Writes.Demand(FhirJson.Write(bundle), "Bundle", reader),
            },
            cancel
        );
        return Writes.Answer(request, written);
    }

    private static string IdOf(FhirRequest request, Arguments arguments)
    {
        if (request.Id is { } id)
        {
            return id;
        }
        var text =
            arguments.Text("id")
            ?? throw new FhirRefusal(400, "required", "Say which Composition: id=….", "id");
        return ReferenceOf(request, text) is var (type, named) && type == Base ? named
            : text.Contains('/') || text.Contains(':')
                ? throw new FhirRefusal(
                    400,
                    "value",
                    $"id={text} is no {Base} of this server.",
                    "id"
                )
            : text;
    }

    private async Task<JsonArray> Entries(
        FhirRequest request,
        StoredResource composition,
        CancellationToken cancel
    )
    {
        var entries = new JsonArray();
        var seen = new HashSet<string>();
        Add(composition);
        using var read = reader.Read(composition.Body);
        foreach (var link in read.Links.Where(link => link.IsReference && link.Text[0] != '#'))
        {
            // What is elsewhere stays a reference: it is not this server's to copy.
            if (
                ReferenceOf(request, link.Text) is not var (type, id)
                || seen.Contains($"{type}/{id}")
            )
            {
                continue;
            }
            current.Become(
                SmartScopes.Narrow(request.SignedIn, Permission.ReadHealthRecords, 'r', type)
            );
            Add(await store.Demand(type, id, cancel));
        }
        return entries;

        void Add(StoredResource stored)
        {
            seen.Add(stored.Reference);
            entries.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["fullUrl"] = $"{request.BaseUrl}/{stored.Reference}",
                        ["resource"] = JsonNode.Parse(stored.Body.Span),
                    }
            );
        }
    }

    private static (string Type, string Id)? ReferenceOf(FhirRequest request, string text)
    {
        var local = text.StartsWith(request.BaseUrl + "/", StringComparison.Ordinal)
            ? text[(request.BaseUrl.Length + 1)..]
            : text;
        return local.Split('/') is [var type, var id, ..] && ResourceTypes.IsKnown(type)
            ? (type, id)
            : null;
    }
}
