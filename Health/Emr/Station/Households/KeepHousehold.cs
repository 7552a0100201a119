using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Station.Households;

/// <summary>
/// The households that a station looks after: a FHIR Group of persons whose managing entity is the station, named by its head
/// (https://hl7.org/fhir/R4/group.html). Who moves away stays as an inactive member, so that old lists can be explained.
/// </summary>
public sealed class KeepHousehold(
    FhirSession fhir,
    StationPeople people,
    PatientIds ids,
    Workplace workplace,
    TimeProvider clock
) : IFeature
{
    private const string Kinds = "http://fhir.ehealth.gov.vn/core/CodeSystem/group-kind";
    private const int Most = 200;

    public sealed record Opening(string? Head, string? Number = null);

    public sealed record Membership(string? Patient);

    public sealed record View(Group Household, IReadOnlyList<Patient> Members);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var households = routes
            .MapGroup("/health/station/households")
            .Requires(Permission.WriteHealthRecords);
        households.MapPost(
            "",
            async (KeepHousehold feature, Opening opening, CancellationToken cancel) =>
                Results.Ok(new { id = await feature.Open(opening, cancel) })
        );
        households.MapPost(
            "/{id}/members",
            async (KeepHousehold feature, string id, Membership member, CancellationToken cancel) =>
            {
                await feature.Run(id, member.Patient ?? "", cancel);
                return Results.NoContent();
            }
        );
        households.MapDelete(
            "/{id}/members/{patient}",
            async (KeepHousehold feature, string id, string patient, CancellationToken cancel) =>
            {
                await feature.Leave(id, patient, cancel);
                return Results.NoContent();
            }
        );
    }

    /// <summary>By the head's name, at most 200.</summary>
    public async Task<IReadOnlyList<Group>> List(string? text, CancellationToken cancel = default)
    {
        var words = (text ?? "")
            .WithoutDiacritics()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = new List<Group>();
        await foreach (
            var household in people.Scan<Group>(
                $"managing-entity=Organization/{people.Facility}&type=person",
                cancel
            )
        )
        {
            var name = (
                household.Name + " " + household.Identifier.FirstOrDefault()?.Value
            ).WithoutDiacritics();
            if (words.All(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            {
                found.Add(household);
            }
        }
        return
        [
            .. found
                .OrderBy(
                    household => household.Name,
                    StringComparer.Create(T.Vietnamese, ignoreCase: true)
                )
                .Take(Most),
        ];
    }

    /// <exception cref="NotFound">The station has no such household.</exception>
    public async Task<View> Read(string id, CancellationToken cancel = default)
    {
        var household = await Own(id, cancel);
        var members = household
            .Member.Where(member => member.Inactive != true)
            .Select(member => VnCore.IdOf(member.Entity))
            .OfType<string>()
            .ToList();
        var patients = await people.Patients(members, "", cancel);
        return new(household, [.. patients.OrderBy(patient => members.IndexOf(patient.Id!))]);
    }

    /// <summary>The station's household of a person; null when they are in none.</summary>
    public async Task<Group?> Of(string patient, CancellationToken cancel = default) =>
        (
            await fhir.Search<Group>(
                $"member={string.Join(',', (await ids.Run(patient, cancel)).Split(',').Select(id => $"Patient/{id}"))}&managing-entity=Organization/{people.Facility}&_count=10",
                cancel
            )
        ).FirstOrDefault(household =>
            household.Member.Exists(member =>
                VnCore.IdOf(member.Entity) == patient && member.Inactive != true
            )
        );

    /// <summary>A household with its head; the head's present one is opened instead of a second.</summary>
    public async Task<string> Open(Opening opening, CancellationToken cancel = default)
    {
        var head = await Patient(opening.Head ?? "", "head", cancel);
        if (await Of(head.Id!, cancel) is { } already)
        {
            return already.Id!;
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var household = Of(head.FullName(), post.Organisation);
        if (opening.Number?.Trim() is { Length: > 0 } number)
        {
            household.Identifier.Add(
                new(
                    $"http://fhir.ehealth.gov.vn/core/sid/household_number/{post.FacilityCode}",
                    number
                )
            );
        }
        Add(household, head, clock.Today());
        changes.Update(household);
        await fhir.Commit(changes, cancel);
        return household.Id!;
    }

    /// <summary>Takes somebody in; from another household of the station they move.</summary>
    public async Task Run(string id, string patient, CancellationToken cancel = default)
    {
        var household = await Own(id, cancel);
        var member = await Patient(patient, "patient", cancel);
        var changes = new FhirChanges();
        if (await Of(member.Id!, cancel) is { } other)
        {
            if (other.Id == id)
            {
                return;
            }
            End(other, member.Id!);
            changes.Update(other, other.Meta?.VersionId);
        }
        Add(household, member, clock.Today());
        changes.Update(household, household.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    public async Task Leave(string id, string patient, CancellationToken cancel = default)
    {
        var household = await Own(id, cancel);
        End(household, patient);
        var changes = new FhirChanges();
        changes.Update(household, household.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    private async Task<Group> Own(string id, CancellationToken cancel) =>
        await fhir.Read<Group>(id, cancel) is { } household
        && VnCore.IdOf(household.ManagingEntity) == people.Facility
            ? household
            : throw new NotFound($"Household {id}");

    private async Task<Patient> Patient(string id, string field, CancellationToken cancel) =>
        id.Length > 0 && await fhir.Read<Patient>(id, cancel) is { } patient
            ? patient
            : throw new InvalidInput(
                field,
                T.Of("người này chưa có hồ sơ y tế.", "this person has no clinical record yet.")
            );

    /// <summary>A household without members yet.</summary>
    public static Group Of(string head, ResourceReference station) =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Active = true,
            Type = Group.GroupType.Person,
            Actual = true,
            Code = new CodeableConcept(Kinds, "household", null, "Hộ gia đình"),
            Name = head,
            ManagingEntity = station,
        };

    public static void Add(Group household, Patient patient, DateOnly since)
    {
        household.Member.Add(
            new()
            {
                Entity = VnCore.Reference(patient, patient.FullName()),
                Period = new Period
                {
                    StartElement = new FhirDateTime(since.Year, since.Month, since.Day),
                },
            }
        );
        household.Quantity = household.Member.Count(member => member.Inactive != true);
    }

    private void End(Group household, string patient)
    {
        var today = clock.Today();
        foreach (
            var member in household.Member.Where(member =>
                VnCore.IdOf(member.Entity) == patient && member.Inactive != true
            )
        )
        {
            member.Inactive = true;
            member.Period ??= new();
            member.Period.EndElement = new FhirDateTime(today.Year, today.Month, today.Day);
        }
        household.Quantity = household.Member.Count(member => member.Inactive != true);
    }
}
