using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries.Insurance;

/// <summary>One visit as an insurance case: its tables, what is wrong with them, and the signed envelope for the gateway once nothing is.</summary>
public sealed class ReadClaim(
    FillClaim fill,
    IServiceProvider services,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    public sealed record Result(ClaimCase Claim, IReadOnlyList<ClaimError> Errors);

    public async Task<Result> Run(string encounter, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadHealthRecords);
        var claim = await fill.Run(encounter, cancel);
        return new(claim, ValidateClaim.Run(claim));
    }

    /// <exception cref="Conflict">It has errors (the first is named), or the caller has no certificate.</exception>
    public async Task<byte[]> Envelope(string encounter, CancellationToken cancel)
    {
        var (claim, errors) = await Run(encounter, cancel);
        if (errors.Count > 0)
        {
            var first = errors[0];
            throw new Conflict(
                T.Of(
                    $"Hồ sơ còn {errors.Count} lỗi; lỗi đầu: {first.Table} dòng {first.Row} {first.Field}: {first.Message}",
                    $"The case has {errors.Count} errors; the first: {first.Table} row {first.Row} {first.Field}: {first.Message}"
                )
            );
        }
        var keys =
            services.GetService(typeof(SigningKeys)) as SigningKeys
            ?? throw new Conflict("There are no signing keys on this server.");
        return ClaimEnvelope.Write(
            claim,
            clock.Today(),
            keys.Of(current.Caller),
            clock.GetUtcNow()
        );
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var claims = routes
            .MapGroup("/api/insurance/claims")
            .Requires(Permission.ReadHealthRecords);
        claims.MapGet(
            "/{encounter}",
            async (string encounter, ReadClaim read, CancellationToken cancel) =>
            {
                var (claim, errors) = await read.Run(encounter, cancel);
                return Results.Ok(
                    new
                    {
                        claim.Facility,
                        claim.Ended,
                        Tables = InsuranceTables
                            .All.Where(table => claim.Rows(table.Name).Count > 0)
                            .ToDictionary(
                                table => table.Name,
                                table =>
                                    claim
                                        .Rows(table.Name)
                                        .Select(row =>
                                            InsuranceTables
                                                .FieldsOn(table.Name, claim.Ended)
                                                .ToDictionary(
                                                    field => field.Name,
                                                    field => row[field.Name]
                                                )
                                        )
                            ),
                        Errors = errors,
                        claim.Gaps,
                    }
                );
            }
        );
        claims.MapGet(
            "/{encounter}/envelope",
            async (string encounter, ReadClaim read, CancellationToken cancel) =>
                Results.File(
                    await read.Envelope(encounter, cancel),
                    MediaTypeNames.Application.Xml,
                    $"{encounter}.xml"
                )
        );
    }
}
