using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// A doctor's own prescriptions to start from, each an order set: a PlanDefinition whose actions are contained ActivityDefinitions, one a
/// drug (https://hl7.org/fhir/R4/plandefinition.html#12.18.3). They name no patient.
/// </summary>
public sealed class KeepFavourites(FhirSession fhir, ICurrentCaller current) : IFeature
{
    /// <summary>System of the tag that says whose it is.</summary>
    private const string OwnerTag =
        "http://fhir.ehealth.gov.vn/core/CodeSystem/favourite-prescription-of";

    private const int Most = 100;

    public sealed record Favourite(
        string Id,
        string Name,
        IReadOnlyList<PrescriptionDraft.Line> Lines
    );

    public sealed record Input(string? Name, IReadOnlyList<PrescriptionDraft.Line>? Lines);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/health/prescriptions/favourites";
        routes
            .MapGet(path, (KeepFavourites feature, CancellationToken cancel) => feature.Run(cancel))
            .Requires(Permission.SignPrescriptions);
        routes
            .MapPost(
                path,
                async (KeepFavourites feature, Input input, CancellationToken cancel) =>
                    Results.Created(path, await feature.Save(input, cancel))
            )
            .Requires(Permission.SignPrescriptions);
        routes
            .MapDelete(
                path + "/{id}",
                async (KeepFavourites feature, string id, CancellationToken cancel) =>
                {
                    await feature.Remove(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.SignPrescriptions);
    }

    public async Task<IReadOnlyList<Favourite>> Run(CancellationToken cancel = default) =>
        [
            .. (
                await fhir.Search<PlanDefinition>(
                    $"_tag={OwnerTag}|{current.Caller.Id}&status=active&_count={Most}",
                    cancel
                )
            )
                .Select(plan => new Favourite(plan.Id!, plan.Title ?? "", LinesOf(plan)))
                .OrderBy(favourite => favourite.Name, StringComparer.CurrentCulture),
        ];

    /// <exception cref="InvalidInput">No name, no drug, or a drug that is not on the list.</exception>
    public async Task<Favourite> Save(Input input, CancellationToken cancel = default)
    {
        var lines = input.Lines ?? [];
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(input.Name))
        {
            errors.Add(new("name", T.Of("Đặt tên cho đơn mẫu.", "Give it a name.")));
        }
        if (lines.Count == 0)
        {
            errors.Add(new("lines", T.Of("Đơn chưa có thuốc.", "There is no drug yet.")));
        }
        for (var i = 0; i < lines.Count; i++)
        {
            if (
                DrugCatalogue.Find(lines[i].Drug) is null
                || lines[i].Dose <= 0
                || lines[i].Times <= 0
            )
            {
                errors.Add(
                    new(
                        $"lines[{i}]",
                        T.Of("Thuốc hoặc liều chưa đúng.", "The drug or its dose is not right.")
                    )
                );
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var plan = new PlanDefinition
        {
            Id = Guid.CreateVersion7().ToString(),
            Meta = new Meta { Tag = [new Coding(OwnerTag, current.Caller.Id)] },
            Status = PublicationStatus.Active,
            Type = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/plan-definition-type",
                "order-set"
            ),
            Title = input.Name!.Trim(),
            Contained = [.. lines.Select(Activity)],
            Action =
            [
                .. lines.Select(
                    (line, i) =>
                        new PlanDefinition.ActionComponent
                        {
                            Title = DrugCatalogue.Find(line.Drug)!.NameWithStrength,
                            Definition = new Canonical($"#drug-{i}"),
                        }
                ),
            ],
        };
        var changes = new FhirChanges();
        changes.Update(plan);
        await fhir.Commit(changes, cancel);
        return new Favourite(plan.Id, plan.Title, LinesOf(plan));
    }

    /// <exception cref="NotFound">The caller has no such favourite.</exception>
    public async Task Remove(string id, CancellationToken cancel = default)
    {
        var plan = await fhir.Read<PlanDefinition>(id, cancel);
        if (
            plan?.Meta?.Tag.Exists(tag => tag.System == OwnerTag && tag.Code == current.Caller.Id)
            != true
        )
        {
            throw new NotFound($"Favourite {id}");
        }
        plan.Status = PublicationStatus.Retired;
        var changes = new FhirChanges();
        changes.Update(plan, plan.Meta.VersionId);
        await fhir.Commit(changes, cancel);
    }

    private static Resource Activity(PrescriptionDraft.Line line, int i)
    {
        var drug = DrugCatalogue.Find(line.Drug)!;
        return new ActivityDefinition
        {
            Id = $"drug-{i}",
            Status = PublicationStatus.Active,
            Kind = ActivityDefinition.RequestResourceType.MedicationRequest,
            Product = new CodeableConcept(VnCore.DrugCodes, drug.Code, drug.NameWithStrength),
            Dosage = [PrescriptionDocument.Directions(drug, line)],
        };
    }

    private static IReadOnlyList<PrescriptionDraft.Line> LinesOf(PlanDefinition plan) =>
        [
            .. plan
                .Contained.OfType<ActivityDefinition>()
                .Select(activity =>
                    ReadPrescription.LineOf(
                        (activity.Product as CodeableConcept)?.Coding[0].Code ?? "",
                        activity.Dosage[0]
                    )
                ),
        ];
}
