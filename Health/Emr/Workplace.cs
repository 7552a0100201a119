using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr;

/// <summary>Who acts and in which facility, as the records name them: Practitioner/{account}, Organization/{facility code}.</summary>
public sealed record Post(Practitioner Person, Organization Facility)
{
    public string FacilityCode => Facility.Id!;

    public ResourceReference Practitioner =>
        VnCore.Reference(Person, Person.Name.FirstOrDefault()?.Text);

    public ResourceReference Organisation => VnCore.Reference(Facility, Facility.Name);

    /// <summary>Null when nobody has said.</summary>
    public bool? FacilityHasBeds =>
        (Facility.GetExtension(VnCore.HasBeds)?.Value as FhirBoolean)?.Value;
}

/// <summary>Finds the caller's post; the first time somebody writes, their Practitioner and facility are written along.</summary>
public sealed class Workplace(FhirSession fhir, ICurrentCaller current)
{
    /// <param name="changes">Receives what is missing, so that it is stored together with what refers to it.</param>
    /// <exception cref="InvalidInput">The account belongs to no facility.</exception>
    public async Task<Post> OfCaller(FhirChanges changes, CancellationToken cancel)
    {
        var caller = current.Caller;
        if (caller.Organisation is not { Length: > 0 } facility)
        {
            throw new InvalidInput(
                "organisation",
                T.Of(
                    "Tài khoản này chưa gắn với cơ sở khám bệnh, chữa bệnh nào.",
                    "This account belongs to no health facility."
                )
            );
        }
        var organisation = await fhir.Read<Organization>(facility, cancel);
        if (organisation is null)
        {
            organisation = Facility(facility, facility);
            changes.Update(organisation);
        }
        var practitioner = await fhir.Read<Practitioner>(caller.Id, cancel);
        if (practitioner is null)
        {
            practitioner = Person(caller.Id, caller.Name);
            changes.Update(practitioner);
        }
        return new Post(practitioner, organisation);
    }

    public static Organization Facility(
        string code,
        string name,
        string? address = null,
        bool? hasBeds = null
    )
    {
        var facility = new Organization
        {
            Id = code,
            Active = true,
            Identifier = [new Identifier(VnCore.FacilityCode, code)],
            Name = name,
            Address = address is null ? [] : [new Address { Text = address }],
        };
        if (hasBeds is { } known)
        {
            facility.SetExtension(VnCore.HasBeds, new FhirBoolean(known));
        }
        return facility;
    }

    public static Practitioner Person(string account, string name) =>
        new()
        {
            Id = account,
            Active = true,
            Name = [new HumanName { Text = name }],
        };
}
