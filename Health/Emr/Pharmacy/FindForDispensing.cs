using System.Text.RegularExpressions;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Pharmacy;

/// <summary>
/// A prescription as a pharmacy sees it, by its code or the QR on it: what is still to be handed out and what may stand in for it. Whoever has
/// the code may see the prescription, and nothing else of the record.
/// </summary>
public sealed partial class FindForDispensing(
    FhirSession fhir,
    PrescriptionLimits limits,
    ICurrentCaller current,
    IAccess access,
    TimeProvider clock
) : IFeature
{
    public sealed record Result(
        PrescriptionView View,
        PrescriptionState State,
        DateOnly LastDay,
        IReadOnlyList<Result.Line> Lines
    )
    {
        public bool CanBeDispensed => State.CanBeDispensed();

        /// <param name="Order">Id to name in a dispense.</param>
        /// <param name="Available">May be handed out today.</param>
        public sealed record Line(
            string Order,
            string Name,
            string Directions,
            string Unit,
            int Prescribed,
            int Dispensed,
            int Available,
            IReadOnlyList<Substitute> Substitutes
        );

        public sealed record Substitute(string Drug, string Name);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/pharmacy/prescriptions/{code}",
                (FindForDispensing feature, string code, CancellationToken cancel) =>
                    feature.Run(code, cancel)
            )
            .Requires(Permission.DispensePrescriptions);

    /// <summary>The code in what was typed or scanned, be it alone or inside an address; null when there is none.</summary>
    public static string? CodeIn(string? scanned) =>
        Code().Match(scanned ?? "") is { Success: true } match
            ? match.Value[..^1] + char.ToLowerInvariant(match.Value[^1])
            : null;

    /// <exception cref="NotFound">There is no signed prescription of this code.</exception>
    public async Task<Result> Run(string code, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.DispensePrescriptions);
        using var ownWork = new OwnWork(current);
        var found = await Dispensable.Read(code, fhir, limits, clock.Today(), cancel);
        return new Result(
            found.View,
            found.State,
            found.LastDay,
            [
                .. found.Lines.Select(line => new Result.Line(
                    line.Order.Id!,
                    (line.Order.Medication as Hl7.Fhir.Model.CodeableConcept)?.Text ?? "",
                    line.Order.DosageInstruction.FirstOrDefault()?.Text ?? "",
                    line.Unit,
                    line.Prescribed,
                    line.Dispensed,
                    line.Available,
                    line.Drug is null
                        ? []
                        :
                        [
                            .. Substitution
                                .For(line.Drug)
                                .Select(drug => new Result.Substitute(
                                    drug.Code,
                                    drug.NameWithStrength
                                )),
                        ]
                )),
            ]
        );
    }

    [GeneratedRegex("(?<![0-9A-Za-z])[0-9A-Za-z]{5}[0-9a-z]{7}-[nhcytNHCYT](?![0-9A-Za-z])")]
    private static partial Regex Code();
}
