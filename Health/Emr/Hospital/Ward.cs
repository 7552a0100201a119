using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>
/// Wards and beds as FHIR Locations: a bed is part of its ward, and its operational status (HL7 v2-0116: O occupied, U free, H to be
/// made, C closed) is part of every admission, so two patients are never given one bed.
/// </summary>
public static class Ward
{
    public const string WardType = "wa";
    public const string BedType = "bd";
    public const string Free = "U";
    public const string Occupied = "O";
    public const string Cleaning = "H";
    public const string Closed = "C";
    private const string Statuses = "http://terminology.hl7.org/CodeSystem/v2-0116";
    private const string PhysicalTypes =
        "http://terminology.hl7.org/CodeSystem/location-physical-type";

    public static Location New(string name, ResourceReference facility) =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = Location.LocationStatus.Active,
            Mode = Location.LocationMode.Instance,
            Name = name,
            PhysicalType = new CodeableConcept(PhysicalTypes, WardType),
            ManagingOrganization = facility,
        };

    public static Location NewBed(Location ward, string name) =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = Location.LocationStatus.Active,
            Mode = Location.LocationMode.Instance,
            Name = name,
            PhysicalType = new CodeableConcept(PhysicalTypes, BedType),
            ManagingOrganization = ward.ManagingOrganization,
            PartOf = VnCore.Reference(ward, ward.Name),
            OperationalStatus = new Coding(Statuses, Free),
        };

    public static bool IsBed(this Location place) =>
        place.PhysicalType?.Coding.Exists(code => code.Code == BedType) == true;

    public static string StatusOf(this Location bed) => bed.OperationalStatus?.Code ?? Free;

    public static (string Text, string Badge) StatusText(string status) =>
        status switch
        {
            Occupied => (T.Of("Có người", "Occupied"), "info"),
            Cleaning => (T.Of("Chờ dọn", "To be made"), "warn"),
            Closed => (T.Of("Đóng", "Closed"), "bad"),
            _ => (T.Of("Trống", "Free"), "good"),
        };

    internal static void Turn(this Location bed, string status, FhirChanges changes)
    {
        bed.OperationalStatus = new Coding(Statuses, status);
        changes.Update(bed, bed.Meta?.VersionId);
    }

    /// <summary>The bed, if somebody can be put in it.</summary>
    /// <exception cref="InvalidInput">None was chosen, or there is no such bed.</exception>
    /// <exception cref="Conflict">Somebody lies in it, or it is closed or not made yet.</exception>
    internal static async Task<Location> FreeBed(
        this FhirSession fhir,
        string? id,
        CancellationToken cancel
    )
    {
        var bed = string.IsNullOrEmpty(id) ? null : await fhir.Read<Location>(id, cancel);
        if (bed is null || !bed.IsBed())
        {
            throw new InvalidInput("bed", T.Of("Chọn một giường trống.", "Choose a free bed."));
        }
        return bed.StatusOf() == Free
            ? bed
            : throw new Conflict(
                T.Of(
                    $"Giường {bed.Name}: {StatusText(bed.StatusOf()).Text.ToLowerInvariant()}.",
                    $"Bed {bed.Name}: {StatusText(bed.StatusOf()).Text.ToLowerInvariant()}."
                )
            );
    }
}
