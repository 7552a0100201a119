using Health.Emr.DecisionSupport;
using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>Judges a prescription while it is being written, for this patient and visit; nothing is stored.</summary>
public sealed class ReviewPrescription(
    FhirSession fhir,
    ReadPatientSummary summary,
    ReadPatientFacts facts,
    Workplace workplace,
    PrescriptionRules rules,
    TimeProvider clock
) : IFeature
{
    /// <summary>What the editor shows: findings worst first, and the quantity of each line that is complete.</summary>
    public sealed record Answer(
        bool CanBeSigned,
        IReadOnlyList<Finding> Findings,
        IReadOnlyList<Answer.Line> Lines
    )
    {
        public sealed record Line(string Drug, int Quantity, string Text);
    }

    /// <summary>A visit as a prescription needs it, with the verdict on the draft.</summary>
    public sealed record Situation(
        Encounter Encounter,
        Patient Patient,
        IReadOnlyList<Condition> Diagnoses,
        Post Post,
        PrescriptionReview Review
    );

    public static void AddServices(IServiceCollection services) =>
        services
            .AddSingleton(provider =>
                PrescriptionLimits.FromFolder(
                    provider.GetRequiredService<IConfiguration>()["data"] ?? "data"
                )
            )
            .AddSingleton<PrescriptionRules>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/prescription/review",
                (
                    ReviewPrescription feature,
                    string id,
                    PrescriptionDraft draft,
                    CancellationToken cancel
                ) => feature.Run(id, draft, cancel)
            )
            .Requires(Permission.SignPrescriptions);

    public async Task<Answer> Run(
        string encounterId,
        PrescriptionDraft draft,
        CancellationToken cancel = default
    )
    {
        var review = (await Situate(encounterId, draft, new FhirChanges(), cancel)).Review;
        return new Answer(
            review.CanBeSigned,
            review.Findings,
            [
                .. review.Lines.Select(line => new Answer.Line(
                    line.Drug.Code,
                    line.Quantity,
                    QuantityText.Of(line.Quantity, line.Drug.Unit, line.Drug.Class)
                )),
            ]
        );
    }

    /// <param name="changes">Receives the caller's own Practitioner or facility when they are not stored yet.</param>
    internal async Task<Situation> Situate(
        string encounterId,
        PrescriptionDraft draft,
        FhirChanges changes,
        CancellationToken cancel
    )
    {
        var encounter =
            await fhir.Read<Encounter>(encounterId, cancel)
            ?? throw new NotFound($"Encounter {encounterId}");
        var about = await summary.Run(VnCore.IdOf(encounter.Subject)!, cancel);
        var diagnoses = AddDiagnosis.Current(
            encounter,
            await fhir.Search<Condition>($"encounter=Encounter/{encounterId}&_count=100", cancel)
        );
        var post = await workplace.OfCaller(changes, cancel);
        var patient = about.Patient;
        var context = new PrescriptionContext(
            patient.FullName(),
            patient.PersonalId(),
            patient.Sex(),
            patient.Birth(),
            patient.AddressText(),
            [.. diagnoses.Select(diagnosis => diagnosis.IcdCode()).OfType<string>()],
            post.FacilityHasBeds,
            clock.Today()
        );
        var review = rules.Review(draft, context);
        var known = await facts.Run(
            about,
            draft.WeightKg,
            context.Diagnoses,
            draft.Replaces,
            cancel
        );
        return new Situation(
            encounter,
            patient,
            diagnoses,
            post,
            PrescriptionAlerts.Add(review, draft, known)
        );
    }
}
