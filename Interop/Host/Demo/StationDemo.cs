using Health.Emr;
using Health.Emr.Patients;
using Health.Emr.Station.Households;
using Health.Emr.Station.Immunization;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using FhirImmunization = Hl7.Fhir.Model.Immunization;
using Schedule = Health.Emr.Station.Immunization.Schedule;

namespace Interop.Host.Demo;

/// <summary>
/// The commune's households, looked after by the station, and the vaccinations of their small children, copied from booklets: some are up to
/// date, some behind.
/// </summary>
internal static class StationDemo
{
    private const int OldestChild = 12;

    /// <summary>CVX and the age in days at which a punctual child has it.</summary>
    private static readonly (string Cvx, int Days)[] Booklet =
    [
        ("08", 0),
        ("19", 3),
        ("102", 63),
        ("178", 63),
        ("102", 95),
        ("178", 95),
        ("102", 128),
        ("178", 128),
        ("10", 158),
        ("05", 280),
        ("10", 281),
        ("39", 372),
        ("39", 381),
        ("04", 556),
        ("01", 557),
        ("39", 760),
        ("09", 2600),
    ];

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<FhirSession>() is not { } fhir)
        {
            return; // Health is not among the modules that run.
        }
        var register = services.GetRequiredService<RegisterPatient>();
        var clock = services.GetRequiredService<TimeProvider>();
        var today = clock.Today();
        var since = clock.GetUtcNow().InVietnam().AddYears(-1);
        var station = new ResourceReference(
            $"Organization/{DemoPopulation.StationCode}",
            DemoPopulation.StationName
        );
        var changes = new FhirChanges();
        var late = 0;
        foreach (var house in population.People.GroupBy(person => person.Household))
        {
            var household = KeepHousehold.Of(house.First().Details.FullName, station);
            foreach (var person in house)
            {
                await register.Run(person.Id, cancel);
                var patient = new Patient
                {
                    Id = person.Id.ToString(),
                    Name = [PatientResource.Name(person.Details.FullName)],
                };
                changes.Update(
                    RegisterPatient.Care(person.Id, DemoPopulation.StationCode, station, since)
                );
                KeepHousehold.Add(household, patient, today.AddYears(-1));
                if (
                    person.Details.BirthDate is { Day: not null } birth
                    && birth.YearsOn(today) < OldestChild
                )
                {
                    // Of the smallest every second stopped a year ago.
                    var until =
                        birth.YearsOn(today) < 3 && late++ % 2 == 0
                            ? today.AddYears(-1)
                            : today.AddDays(-20);
                    foreach (var dose in Doses(patient, birth.First, until))
                    {
                        changes.Update(dose);
                    }
                }
            }
            changes.Update(household);
        }
        await fhir.Commit(changes, cancel);
    }

    private static IEnumerable<FhirImmunization> Doses(
        Patient child,
        DateOnly birth,
        DateOnly until
    ) =>
        from dose in Booklet
        let day = birth.AddDays(dose.Days)
        where day <= until
        let vaccine = Schedule.Vietnamese.Find(dose.Cvx)!
        select new FhirImmunization
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = FhirImmunization.ImmunizationStatusCodes.Completed,
            VaccineCode = new CodeableConcept(
                VaccinationRecord.Cvx,
                vaccine.Cvx,
                vaccine.English,
                vaccine.Vietnamese
            ),
            Patient = VnCore.Reference(child, child.FullName()),
            Occurrence = new FhirDateTime(day.Year, day.Month, day.Day),
            PrimarySource = false,
        };
}
