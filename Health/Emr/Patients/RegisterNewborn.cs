using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>
/// Registers a child that was born a moment ago and has neither a name nor a number: "Con bà …" under <c>TAM-…</c>, with residence and
/// phone of the mother, who becomes its guardian in the register and Patient.contact in its record. Naming it later
/// (<c>PUT /api/citizens/{id}</c>) keeps the record.
/// </summary>
public sealed class RegisterNewborn(
    ICitizens citizens,
    RegisterPatient register,
    FhirSession fhir,
    TimeProvider clock
) : IFeature
{
    private const int MostAtOnce = 6;

    /// <param name="Born">Null for today.</param>
    /// <param name="Order">Of twins and more: which of them; 1 for an only child.</param>
    public sealed record Request(Sex Sex, DateOnly? Born = null, int Order = 1);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/patients/{mother:guid}/newborns",
                (Guid mother, Request request, RegisterNewborn feature, CancellationToken cancel) =>
                    feature.Run(new CitizenId(mother), request, cancel)
            )
            .Requires(Permission.RegisterCitizens);

    /// <summary>The same child told twice, as by a button pressed twice, is one record.</summary>
    /// <exception cref="NotFound">There is no such mother.</exception>
    /// <exception cref="InvalidInput">The day of birth lies ahead or more than a month back, or the order is not 1 to 6.</exception>
    public async Task<RegisterPatient.Result> Run(
        CitizenId mother,
        Request request,
        CancellationToken cancel = default
    )
    {
        var known = await citizens.Find(mother, cancel) ?? throw new NotFound($"Citizen {mother}");
        var details = Details(known.Details, request);
        // A brother or sister of the same birth looks alike in all but the order, and is not asked about.
        var siblings = (await citizens.Match(details, 10, cancel))
            .Where(match => match.Citizen.Details.FullName != details.FullName)
            .Where(match => match.Citizen.Details.Temporary is TemporaryIdentity.Newborn)
            .Select(match => match.Citizen.Id)
            .ToList();
        var registered = await register.Run(details, siblings, cancel);
        var child = CitizenId.Parse(registered.PatientId);
        await citizens.NoteGuardian(child, known.Id, FactSource.Health, cancel);
        if (registered.IsNew)
        {
            await NameMother(registered.PatientId, known.Details, request.Order, cancel);
        }
        return registered;
    }

    private CitizenDetails Details(CitizenDetails mother, Request request)
    {
        var today = clock.Today();
        var born = request.Born ?? today;
        if (born > today || born < today.AddDays(-31))
        {
            throw new InvalidInput(
                "born",
                T.Of(
                    "Ngày sinh của trẻ sơ sinh phải trong 31 ngày qua.",
                    "A newborn was born within the last 31 days."
                )
            );
        }
        if (request.Order is < 1 or > MostAtOnce)
        {
            throw new InvalidInput(
                "order",
                T.Of(
                    $"Con thứ mấy trong lần sinh: 1 đến {MostAtOnce}.",
                    $"Which child of this birth: 1 to {MostAtOnce}."
                )
            );
        }
        var name = $"Con bà {mother.FullName}";
        return new(
            request.Order == 1 ? name : $"{name} {request.Order}",
            new(born),
            request.Sex,
            Phone: mother.Phone,
            // Without one, two forms of the same child could not be told to be one.
            Address: mother.Address ?? mother.FullName,
            CommuneCode: mother.CommuneCode,
            Temporary: TemporaryIdentity.Newborn
        );
    }

    private async Task NameMother(
        string id,
        CitizenDetails mother,
        int order,
        CancellationToken cancel
    )
    {
        var patient = (await fhir.Read<Patient>(id, cancel))!;
        patient.Contact.Add(
            new()
            {
                Relationship =
                [
                    new("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "Mẹ"),
                ],
                Name = PatientResource.Name(mother.FullName),
                Telecom = mother.Phone is { } phone
                    ? [new(ContactPoint.ContactPointSystem.Phone, null, phone)]
                    : [],
                Gender = AdministrativeGender.Female,
            }
        );
        patient.MultipleBirth = order > 1 ? new Integer(order) : null;
        var changes = new FhirChanges();
        changes.Update(patient, patient.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }
}
