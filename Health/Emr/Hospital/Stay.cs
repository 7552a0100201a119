using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>What the pages read from a hospital stay: an Encounter of class IMP whose locations are its wards and beds, the present ones active.</summary>
public static class Stay
{
    public const string Class = "IMP";

    public static bool IsStay(this Encounter encounter) => encounter.Class?.Code == Class;

    public static ResourceReference? Ward(this Encounter stay) =>
        Present(stay, Hospital.Ward.WardType);

    public static ResourceReference? Bed(this Encounter stay) =>
        Present(stay, Hospital.Ward.BedType);

    /// <summary>Days of treatment as the insurance counts them for one stay: the day of admission is the first.</summary>
    public static int DayNumber(this Encounter stay, DateOnly on) =>
        on.DayNumber - Encounters.EncounterResource.Started(stay).VietnamDay().DayNumber + 1;

    internal static IEnumerable<Encounter.LocationComponent> Places(
        Location ward,
        Location bed,
        FhirDateTime from
    ) => [Place(ward, Hospital.Ward.WardType, from), Place(bed, Hospital.Ward.BedType, from)];

    /// <summary>A day in Viet Nam as two conditions of a FHIR search, from its hour 0 or another.</summary>
    internal static string Day(string parameter, DateOnly day, int fromHour = 0)
    {
        var from = new DateTimeOffset(
            day.ToDateTime(new TimeOnly(fromHour, 0)),
            VietnamTime.Offset
        );
        return $"{parameter}=ge{VnCore.InQuery(from)}&{parameter}=lt{VnCore.InQuery(from.AddDays(1))}";
    }

    /// <summary>Ends the present ward and bed; what comes next is added beside them.</summary>
    internal static void Leave(this Encounter stay, FhirDateTime at)
    {
        foreach (
            var place in stay.Location.Where(place =>
                place.Status is Encounter.EncounterLocationStatus.Active
            )
        )
        {
            place.Status = Encounter.EncounterLocationStatus.Completed;
            place.Period!.EndElement = at;
        }
    }

    private static ResourceReference? Present(Encounter stay, string type) =>
        stay
            .Location.LastOrDefault(place =>
                place.Status is Encounter.EncounterLocationStatus.Active
                && place.PhysicalType?.Coding.Exists(code => code.Code == type) == true
            )
            ?.Location;

    private static Encounter.LocationComponent Place(
        Location place,
        string type,
        FhirDateTime from
    ) =>
        new()
        {
            Location = VnCore.Reference(place, place.Name),
            PhysicalType = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/location-physical-type",
                type
            ),
            Status = Encounter.EncounterLocationStatus.Active,
            Period = new Period { StartElement = from },
        };

    /// <summary>Years that the record of a stay is kept.</summary>
    /// <param name="Code">Class of retention.</param>
    public sealed record Retention(string Code, string Vietnamese, string English, int Years)
    {
        public string Text => T.Of($"{Vietnamese}: {Years} năm", $"{English}: {Years} years");
    }

    /// <summary>
    /// TT 33/2025/TT-BYT: 30 years after a death, 20 for mental and occupational disease and traffic accidents, 10 for the others.
    /// </summary>
    public static Retention RetentionOf(bool died, IEnumerable<string> codes)
    {
        var categories = codes.Where(code => code.Length >= 3).ToList();
        return died ? new("death", "Người bệnh tử vong", "Died", 30)
            : categories.Exists(code => code[0] == 'F')
                ? new("mental", "Bệnh tâm thần", "Mental disease", 20)
            : categories.Exists(IsTraffic)
                ? new("traffic", "Tai nạn giao thông", "Traffic accident", 20)
            : categories.Exists(code => code.StartsWith("J6", StringComparison.Ordinal))
                ? new("occupational", "Bệnh nghề nghiệp", "Occupational disease", 20)
            : new("ordinary", "Thông thường", "Ordinary", 10);
    }

    private static bool IsTraffic(string code) =>
        code[0] == 'V' && string.CompareOrdinal(code, 0, "V90", 0, 3) < 0;
}
