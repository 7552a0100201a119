using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>The whole drug catalogue, fetched once by the editor, so that typing a drug's name never waits for the server.</summary>
public sealed class ListDrugs : IFeature
{
    /// <param name="Plain">Name and ingredients without diacritics, for searching.</param>
    public sealed record Row(
        string Code,
        string Name,
        string Plain,
        string Unit,
        string DoseUnit,
        decimal DosesPerUnit,
        string Route,
        char Class,
        decimal Dose,
        int Times,
        int Days,
        string Timing
    );

    private static readonly IReadOnlyList<Row> Rows =
    [
        .. DrugCatalogue.All.Select(drug => new Row(
            drug.Code,
            $"{drug.NameWithStrength}, {drug.Form}",
            $"{drug.Ingredients} {drug.Brand} {drug.Strength} {drug.Form}".WithoutDiacritics(),
            drug.Unit,
            drug.DoseUnit,
            drug.DosesPerUnit,
            drug.Route,
            drug.Class.Letter(),
            drug.Dose,
            drug.Times,
            drug.Days,
            drug.Timing
        )),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/drugs",
                (ListDrugs feature, HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "private, max-age=300";
                    return feature.Run();
                }
            )
            .Requires(Permission.SignPrescriptions);

    public IReadOnlyList<Row> Run() => Rows;
}
