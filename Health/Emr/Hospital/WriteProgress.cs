using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Hospital;

/// <summary>
/// A line of the daily treatment sheet: how the patient does and what is to be done, as a Composition of its own (LOINC 11506-3 progress note). A
/// written line is never changed; the next one follows it.
/// </summary>
public sealed class WriteProgress(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    public const string ProgressLoinc = "11506-3";
    private const string CourseLoinc = "8716-3";
    private const string CareLoinc = "18776-5";

    /// <param name="Course">Diễn biến bệnh.</param>
    /// <param name="Care">Y lệnh chăm sóc, chế độ ăn; drugs and tests are orders of their own.</param>
    public sealed record Input(string? Course, string? Care);

    public sealed record Line(DateTimeOffset At, string? Author, string? Course, string? Care);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/stays/{id}/progress",
                async (WriteProgress feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">Nothing was written.</exception>
    public async Task Run(string stayId, Input input, CancellationToken cancel = default)
    {
        var stay = await fhir.OpenOne(stayId, cancel);
        if (string.IsNullOrWhiteSpace(input.Course))
        {
            throw new InvalidInput(
                "course",
                T.Of("Ghi diễn biến bệnh.", "Write how the patient does.")
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Create(
            new Composition
            {
                Status = CompositionStatus.Final,
                Type = new CodeableConcept(VnCore.Loinc, ProgressLoinc, "Progress note", null),
                Subject = stay.Subject!,
                Encounter = VnCore.Reference(stay),
                DateElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
                Author = [post.Practitioner],
                Custodian = post.Organisation,
                Title = "Tờ điều trị",
                Section =
                [
                    .. Section(CourseLoinc, "Diễn biến bệnh", input.Course),
                    .. Section(CareLoinc, "Y lệnh chăm sóc", input.Care),
                ],
            }
        );
        await fhir.Commit(changes, cancel);
    }

    internal static Line Read(Composition note) =>
        new(
            note.DateElement!.ToDateTimeOffset(VietnamTime.Offset),
            note.Author.FirstOrDefault()?.Display,
            SaveNote.TextOf(note, CourseLoinc),
            SaveNote.TextOf(note, CareLoinc)
        );

    private static IEnumerable<Composition.SectionComponent> Section(
        string loinc,
        string title,
        string? text
    ) =>
        string.IsNullOrWhiteSpace(text)
            ? []
            :
            [
                new Composition.SectionComponent
                {
                    Title = title,
                    Code = new CodeableConcept(VnCore.Loinc, loinc),
                    Text = SaveNote.Narrative(text),
                },
            ];
}
