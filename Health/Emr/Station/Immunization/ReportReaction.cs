using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// An adverse event after a dose (phản ứng sau tiêm): an Observation, named by the Immunization's <c>reaction</c>. A severe one is told to the
/// authorities at once by other means; the record keeps that it was severe.
/// </summary>
public sealed class ReportReaction(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    /// <param name="On">The day it began; null for today.</param>
    /// <param name="Severe">A severe adverse event (tai biến nặng).</param>
    public sealed record Input(string? What, DateOnly? On = null, bool Severe = false);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/vaccinations/{dose}/reactions",
                async (
                    ReportReaction feature,
                    string dose,
                    Input input,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(dose, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="NotFound">There is no such dose.</exception>
    public async Task Run(string dose, Input input, CancellationToken cancel = default)
    {
        var given =
            await fhir.Read<FhirImmunization>(dose, cancel)
            ?? throw new NotFound($"Immunization {dose}");
        var today = clock.Today();
        var on = input.On ?? today;
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(input.What))
        {
            errors.Add(new("what", T.Of("ghi biểu hiện.", "say what was seen.")));
        }
        if (on > today || on < given.On())
        {
            errors.Add(
                new(
                    "on",
                    T.Of(
                        "ngày bắt đầu không được trước mũi tiêm hay sau hôm nay.",
                        "it begins neither before the dose nor after today."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var seen = new Observation
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = ObservationStatus.Final,
            Code = new CodeableConcept(
                VnCore.Loinc,
                "31044-1",
                "Immunization reaction",
                "Phản ứng sau tiêm"
            ),
            Subject = given.Patient,
            Effective = new FhirDateTime(on.Year, on.Month, on.Day),
            Performer = [post.Practitioner],
            Value = new CodeableConcept { Text = input.What!.Trim() },
            Interpretation = input.Severe
                ?
                [
                    new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                        "AA",
                        "Critical abnormal",
                        "Tai biến nặng"
                    ),
                ]
                : [],
        };
        changes.Update(seen);
        given.Reaction.Add(
            new()
            {
                DateElement = new FhirDateTime(on.Year, on.Month, on.Day),
                Detail = VnCore.Reference(seen, input.What.Trim()),
                Reported = false,
            }
        );
        changes.Update(given, given.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }
}
