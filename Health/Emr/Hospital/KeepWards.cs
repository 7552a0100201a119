using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>The wards of the caller's facility with their beds: opened once, then each bed free, occupied, to be made or closed.</summary>
public sealed class KeepWards(FhirSession fhir, Workplace workplace, ICurrentCaller current)
    : IFeature
{
    private const int MostBeds = 120;
    private const int MostPlaces = 800;

    /// <param name="Beds">How many; they are numbered from 1.</param>
    public sealed record Input(string? Name, int Beds);

    /// <param name="Stay">Who lies in it; null when nobody does.</param>
    public sealed record Bed(Location Place, Encounter? Stay, Patient? Patient);

    public sealed record Board(Location Ward, IReadOnlyList<Bed> Beds)
    {
        public int Occupied => Beds.Count(bed => bed.Place.StatusOf() == Hospital.Ward.Occupied);
        public int Free => Beds.Count(bed => bed.Place.StatusOf() == Hospital.Ward.Free);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/health/wards",
                async (KeepWards feature, Input input, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Open(input, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);
        foreach (
            var (step, status) in (ReadOnlySpan<(string, string)>)
                [("free", Hospital.Ward.Free), ("closed", Hospital.Ward.Closed)]
        )
        {
            routes
                .MapPost(
                    $"/health/beds/{{id}}/{step}",
                    async (KeepWards feature, string id, CancellationToken cancel) =>
                    {
                        await feature.Turn(id, status, cancel);
                        return Results.NoContent();
                    }
                )
                .Requires(Permission.WriteHealthRecords);
        }
    }

    /// <returns>Id of the ward.</returns>
    /// <exception cref="InvalidInput">It has no name, its name is taken, or the number of beds cannot be.</exception>
    public async Task<string> Open(Input input, CancellationToken cancel = default)
    {
        var name = input.Name?.Trim();
        var errors = new List<FieldError>();
        if (string.IsNullOrEmpty(name))
        {
            errors.Add(new("name", T.Of("Ghi tên khoa.", "Name the ward.")));
        }
        if (input.Beds is < 1 or > MostBeds)
        {
            errors.Add(
                new("beds", T.Of($"Số giường từ 1 đến {MostBeds}.", $"From 1 to {MostBeds} beds."))
            );
        }
        if (
            (await List(cancel)).Any(ward =>
                string.Equals(ward.Name, name, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            errors.Add(
                new("name", T.Of($"Đã có khoa {name}.", $"There is a ward {name} already."))
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var ward = Hospital.Ward.New(name!, post.Organisation);
        changes.Update(ward);
        for (var number = 1; number <= input.Beds; number++)
        {
            changes.Update(Hospital.Ward.NewBed(ward, $"G{number:D2}"));
        }
        await fhir.Commit(changes, cancel);
        return ward.Id!;
    }

    /// <summary>Wards of the caller's facility by name.</summary>
    public async Task<IReadOnlyList<Location>> List(CancellationToken cancel = default) =>
        current.Caller.Organisation is { } facility
            ?
            [
                .. (
                    await fhir.Search<Location>(
                        $"organization=Organization/{facility}&status=active&partof:missing=true&_count=100",
                        cancel
                    )
                )
                    .Where(place => !place.IsBed())
                    .OrderBy(ward => ward.Name, StringComparer.CurrentCulture),
            ]
            : [];

    /// <summary>Free beds by ward, both by name.</summary>
    public async Task<IReadOnlyList<(string Ward, IReadOnlyList<Location> Beds)>> FreeBeds(
        CancellationToken cancel = default
    ) =>
        [
            .. (await Beds(cancel))
                .Where(bed => bed.StatusOf() == Hospital.Ward.Free)
                .GroupBy(bed => bed.PartOf?.Display ?? "")
                .OrderBy(beds => beds.Key, StringComparer.CurrentCulture)
                .Select(beds =>
                    (
                        beds.Key,
                        (IReadOnlyList<Location>)
                            [.. beds.OrderBy(bed => bed.Name, StringComparer.Ordinal)]
                    )
                ),
        ];

    /// <summary>How many beds of each ward are occupied, and how many there are.</summary>
    public async Task<IReadOnlyDictionary<string, (int Occupied, int All)>> Occupancy(
        CancellationToken cancel = default
    ) =>
        (await Beds(cancel))
            .GroupBy(bed => VnCore.IdOf(bed.PartOf) ?? "")
            .ToDictionary(
                beds => beds.Key,
                beds => (beds.Count(bed => bed.StatusOf() == Hospital.Ward.Occupied), beds.Count())
            );

    private async Task<IReadOnlyList<Location>> Beds(CancellationToken cancel) =>
        current.Caller.Organisation is { } facility
            ? await fhir.Search<Location>(
                $"organization=Organization/{facility}&status=active&partof:missing=false&_count={MostPlaces}",
                cancel
            )
            : [];

    /// <summary>One ward's beds in their order, each with who lies in it.</summary>
    /// <exception cref="NotFound">There is no such ward.</exception>
    public async Task<Board> Read(string wardId, CancellationToken cancel = default)
    {
        var ward =
            await fhir.Read<Location>(wardId, cancel) is { } place && !place.IsBed()
                ? place
                : throw new NotFound($"Ward {wardId}");
        var beds = await fhir.Search<Location>(
            $"partof=Location/{wardId}&status=active&_count={MostBeds}",
            cancel
        );
        var found = await fhir.SearchAll(
            "Encounter",
            $"location=Location/{wardId}&class={Stay.Class}&status=in-progress&_include=Encounter:patient&_count={MostBeds * 2}",
            cancel
        );
        var patients = found.OfType<Patient>().ToDictionary(patient => patient.Id!);
        var stays = found
            .OfType<Encounter>()
            .Where(stay => stay.Bed() is not null)
            .GroupBy(stay => VnCore.IdOf(stay.Bed())!)
            .ToDictionary(stays => stays.Key, stays => stays.First());
        return new(
            ward,
            [
                .. beds.OrderBy(bed => bed.Name, StringComparer.Ordinal)
                    .Select(bed =>
                    {
                        var stay = stays.GetValueOrDefault(bed.Id!);
                        return new Bed(
                            bed,
                            stay,
                            stay is null
                                ? null
                                : patients.GetValueOrDefault(VnCore.IdOf(stay.Subject) ?? "")
                        );
                    }),
            ]
        );
    }

    /// <exception cref="Conflict">Somebody lies in the bed.</exception>
    public async Task Turn(string bedId, string status, CancellationToken cancel = default)
    {
        var bed =
            await fhir.Read<Location>(bedId, cancel) is { } place && place.IsBed()
                ? place
                : throw new NotFound($"Bed {bedId}");
        if (bed.StatusOf() == Hospital.Ward.Occupied)
        {
            throw new Conflict(T.Of("Giường đang có người bệnh.", "A patient lies in this bed."));
        }
        var changes = new FhirChanges();
        bed.Turn(status, changes);
        await fhir.Commit(changes, cancel);
    }
}
