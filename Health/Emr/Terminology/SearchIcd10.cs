using Health.Fhir.Terminology.Diseases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Terminology;

/// <summary>
/// Finds codes of the national ICD-10 list while a name is being typed, and says at once which of them the person's sex and age
/// rule out.
/// </summary>
public sealed class SearchIcd10(TimeProvider clock) : IFeature
{
    private const int MostHits = 50;

    /// <param name="Refused">Why it cannot be used for this person; empty when it can.</param>
    public sealed record Hit(
        string Code,
        string Vietnamese,
        string English,
        IReadOnlyList<string> Refused
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/icd10",
                (
                    SearchIcd10 feature,
                    HttpContext context,
                    string q = "",
                    int limit = 12,
                    bool primary = false,
                    Sex sex = Sex.Unknown,
                    string? birth = null
                ) =>
                {
                    // The list changes once in years: the browser may keep what it asked for.
                    context.Response.Headers.CacheControl = "private, max-age=3600";
                    return feature.Run(
                        q,
                        limit,
                        primary,
                        sex,
                        PartialDate.TryParse(birth, null, out var born) ? born : null
                    );
                }
            )
            .Requires(Permission.ReadHealthRecords);

    public IReadOnlyList<Hit> Run(
        string text,
        int limit = 12,
        bool primary = false,
        Sex sex = Sex.Unknown,
        PartialDate? birth = null
    )
    {
        var today = clock.Today();
        return
        [
            .. Icd10
                .On(today)
                .Search(text, Math.Clamp(limit, 1, MostHits))
                .Select(code => new Hit(
                    code.Code,
                    code.Vietnamese,
                    code.English,
                    // Its dagger may still come; what stands beside it is judged when it is added.
                    Icd10Rules.Check(code, primary, sex, birth, today, code.Daggers)
                )),
        ];
    }
}
