using System.Buffers;
using System.Globalization;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs;

/// <summary>
/// <c>Prefer: respond-async</c> on any interaction, operation, batch or transaction: it runs as a job, and what it would have
/// answered is fetched later, as a batch-response Bundle. https://hl7.org/fhir/R4/async.html; the shape of the result is that of
/// https://hl7.org/fhir/R5/async-bundle.html, since R4 leaves it open.
/// </summary>
public sealed class DeferRequest(
    JobStore store,
    JobFolder folder,
    FhirRoutes routes,
    Limits limits,
    IServiceProvider services
) : IDeferredRequests, IJobKind
{
    private const int Bundle = 0;

    public string Name => "request";

    public async Task<FhirAnswer> Accept(FhirRequest request, CancellationToken cancel)
    {
        var job = await store.Add(
            Name,
            request.SignedIn,
            $"{request.Route.Method} {request.BaseUrl}/{request.Path}",
            Asked.Of(request),
            cancel
        );
        return ReadJob.Accepted(job, request.BaseUrl);
    }

    public async Task<JobResult> Run(JobRun run, CancellationToken cancel)
    {
        var asked = run.Input<Asked>();
        var routed =
            routes.All.FirstOrDefault(one =>
                one.Route.Method == asked.Method && one.Route.Pattern == asked.Pattern
            ) ?? throw new FhirRefusal(404, "not-found", "This server no longer has the address.");
        if (run.IsRepeated && !IsSafe(routed.Route))
        {
            throw new FhirRefusal(
                500,
                "incomplete",
                "The server stopped while it worked on this, and cannot know whether it was carried out: read what should have changed before you send it again."
            );
        }
        var request = asked.Request(
            routed.Route,
            services.GetRequiredService<ICurrentCaller>().Caller,
            limits
        );
        services.GetRequiredService<ICurrentCaller>().Become(request.Caller);
        FhirAnswer answer;
        try
        {
            answer = await routed.Of(services).Run(request, cancel);
        }
        catch (Exception error) when (FhirErrors.RefusalOf(error) is { } refusal)
        {
            answer = FhirErrors.Answer(refusal);
        }
        var isBundle = routed.Route.Code == "transaction" && answer.Status < 400;
        var bundle = isBundle ? answer : ProcessBundle.Answer("batch-response", request, [answer]);
        var content = new ArrayBufferWriter<byte>();
        bundle.Body!(content);
        await using (var file = File.Create(run.FileOf(Bundle)))
        {
            await file.WriteAsync(content.WrittenMemory, cancel);
            file.Flush(flushToDisk: true);
        }
        return new JobResult(
            [new(Bundle, "output", "Bundle", 1, content.WrittenCount, Format.Json.ContentType())],
            Status: answer.Status
        );
    }

    public FhirAnswer Answer(Job job, JobResult result, FhirRequest request) =>
        new(200, target => target.Write(File.ReadAllBytes(folder.FileOf(job.Id, Bundle))))
        {
            IsSubset = true,
        };

    /// <summary>Running it twice does no harm.</summary>
    private static bool IsSafe(FhirRoute route) =>
        route.IsRead || route.Pattern.EndsWith("_search", StringComparison.Ordinal);

    /// <summary>A <see cref="FhirRequest"/> as a row keeps it.</summary>
    private sealed record Asked(
        string Method,
        string Pattern,
        string BaseUrl,
        string? Type,
        string? Id,
        string? Version,
        string? Within,
        List<KeyValuePair<string, string>> Parameters,
        byte[] Body,
        bool IsJsonPatch,
        bool IsForeignBody,
        string? Accept,
        string? IfMatch,
        string? IfNoneMatch,
        string? IfNoneExist,
        string? IfModifiedSince,
        Preferences Prefer
    )
    {
        public static Asked Of(FhirRequest request) =>
            new(
                request.Route.Method,
                request.Route.Pattern,
                request.BaseUrl,
                request.Type,
                request.Id,
                request.Version,
                request.Within,
                [.. request.Parameters, .. request.Shape],
                request.Body.ToArray(),
                request.IsJsonPatch,
                request.IsForeignBody,
                request.Accept,
                request.IfMatch,
                request.IfNoneMatch,
                request.IfNoneExist,
                request.IfModifiedSince?.ToString("O", CultureInfo.InvariantCulture),
                request.Prefer with
                {
                    RespondAsync = false,
                }
            );

        public FhirRequest Request(FhirRoute route, Caller caller, Limits limits) =>
            new FhirRequest
            {
                Route = route,
                BaseUrl = BaseUrl,
                SignedIn = caller,
                Caller = SmartScopes.Narrow(caller, route, Within ?? Type),
                Limits = limits,
                Type = Type,
                Id = Id,
                Version = Version,
                Within = Within,
                Body = Body,
                IsJsonPatch = IsJsonPatch,
                IsForeignBody = IsForeignBody,
                Accept = Accept,
                IfMatch = IfMatch,
                IfNoneMatch = IfNoneMatch,
                IfNoneExist = IfNoneExist,
                IfModifiedSince = IfModifiedSince is null
                    ? null
                    : DateTimeOffset.Parse(IfModifiedSince, CultureInfo.InvariantCulture),
                Prefer = Prefer,
            }.With(Parameters);
    }
}
