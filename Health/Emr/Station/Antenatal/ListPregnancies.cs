using Health.Emr.Encounters;
using Health.Emr.Patients;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Station.Antenatal;

/// <summary>The pregnancies that the station follows: those with urgent signs first, then by when the next visit is to be.</summary>
public sealed class ListPregnancies(StationPeople people, TimeProvider clock) : IFeature
{
    public sealed record Row(
        string PatientId,
        string Name,
        PartialDate? Birth,
        string? Phone,
        KeepPregnancy.View Pregnancy
    )
    {
        public bool IsUrgent => Pregnancy.Signs.Any(sign => sign.Urgent);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/station/pregnancies",
                (ListPregnancies feature, CancellationToken cancel) => feature.Run(cancel)
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">The account belongs to no facility.</exception>
    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancel = default)
    {
        var episodes = new List<EpisodeOfCare>();
        await foreach (
            var episode in people.Scan<EpisodeOfCare>(
                $"organization=Organization/{people.Facility}&status=active&type={KeepPregnancy.Kinds}|{KeepPregnancy.Pregnancy}",
                cancel
            )
        )
        {
            episodes.Add(episode);
        }
        var ids = episodes
            .Select(episode => VnCore.IdOf(episode.Patient))
            .OfType<string>()
            .Distinct()
            .ToList();
        var patients = (await people.Patients(ids, "", cancel)).ToDictionary(patient =>
            patient.Id!
        );
        var encounters = await people.Of<Encounter>(
            ids,
            $"date=ge{clock.Today().AddDays(-320):yyyy-MM-dd}",
            encounter => encounter.Subject,
            cancel
        );
        // Newest first, as the record is read: the last one told holds.
        var observations = await people.Of<Observation>(
            ids,
            $"date=ge{clock.Today().AddDays(-320):yyyy-MM-dd}&_sort=-date",
            observation => observation.Subject,
            cancel
        );
        return
        [
            .. episodes
                .Select(episode =>
                    patients.GetValueOrDefault(VnCore.IdOf(episode.Patient) ?? "") is { } patient
                    && Of(episode, patient) is { } pregnancy
                        ? new Row(
                            patient.Id!,
                            patient.FullName(),
                            patient.Birth(),
                            patient.Phone(),
                            pregnancy
                        )
                        : null
                )
                .OfType<Row>()
                .OrderByDescending(row => row.IsUrgent)
                .ThenBy(row => row.Pregnancy.NextBy ?? row.Pregnancy.Expected),
        ];

        KeepPregnancy.View? Of(EpisodeOfCare episode, Patient patient)
        {
            var told = observations[patient.Id!].ToList();
            return KeepPregnancy.Of(
                episode,
                patient,
                told,
                (
                    told.FirstOrDefault(one =>
                        one.Code.Coding.Exists(code => code.Code == VitalSigns.Height.Loinc)
                    )?.Value as Quantity
                )?.Value,
                [
                    .. encounters[patient.Id!]
                        .Where(encounter =>
                            encounter.EpisodeOfCare.Exists(reference =>
                                VnCore.IdOf(reference) == episode.Id
                            )
                        )
                        .OrderBy(encounter => encounter.Started()),
                ],
                told,
                clock.Today()
            );
        }
    }
}
