using Health.Emr.Patients;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// The children of the station by what they wait for: who can be vaccinated at a session, who is overdue, whom to remind of the coming weeks.
/// Computed from the records each time, so a list is never older than the last dose.
/// </summary>
public sealed class ListChildrenDue(StationPeople people, TimeProvider clock) : IFeature
{
    /// <summary>The last dose of childhood but HPV is at seven.</summary>
    private const int Years = 12;

    /// <param name="Offers">What is due or may be given on the day, most urgent first; for reminders what becomes due.</param>
    public sealed record Row(
        string PatientId,
        string Name,
        PartialDate? Birth,
        Sex Sex,
        string? Phone,
        string? Address,
        IReadOnlyList<ReadVaccinations.Offer> Offers
    );

    /// <param name="Day">The session's day.</param>
    /// <param name="Session">Children for whom something is due on that day.</param>
    /// <param name="Overdue">Those of them who are late.</param>
    /// <param name="Upcoming">Not due on the day, but within the weeks asked for.</param>
    /// <param name="Needed">Doses to have ready for the session, by vaccine.</param>
    public sealed record Lists(
        DateOnly Day,
        int Children,
        IReadOnlyList<Row> Session,
        IReadOnlyList<Row> Overdue,
        IReadOnlyList<Row> Upcoming,
        IReadOnlyList<(Vaccine Vaccine, int Doses)> Needed
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/station/vaccinations",
                async (
                    ListChildrenDue feature,
                    DateOnly? day,
                    int? weeks,
                    CancellationToken cancel
                ) =>
                {
                    var lists = await feature.Run(day, weeks ?? 4, cancel);
                    return Results.Ok(
                        new
                        {
                            lists.Day,
                            lists.Children,
                            Session = lists.Session.Select(Tell),
                            Overdue = lists.Overdue.Select(Tell),
                            Upcoming = lists.Upcoming.Select(Tell),
                            Needed = lists.Needed.ToDictionary(
                                one => one.Vaccine.Cvx,
                                one => one.Doses
                            ),
                        }
                    );
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <param name="day">Null for today.</param>
    /// <exception cref="InvalidInput">The account belongs to no facility.</exception>
    public async Task<Lists> Run(
        DateOnly? day = null,
        int weeks = 4,
        CancellationToken cancel = default
    )
    {
        var on = day ?? clock.Today();
        var until = on.AddDays(7 * Math.Clamp(weeks, 1, 26));
        var children = await people.Patients(
            await people.Ids(cancel),
            $"birthdate=ge{on.AddYears(-Years):yyyy-MM-dd}&active=true",
            cancel
        );
        var doses = await people.Of<FhirImmunization>(
            children.Select(child => child.Id!),
            "",
            dose => dose.Patient,
            cancel
        );
        var rows = children
            .Select(child =>
                (
                    Child: child,
                    Offers: ReadVaccinations.Judge(
                        child,
                        [
                            .. doses[child.Id!]
                                .Where(dose =>
                                    dose.Status
                                        is not FhirImmunization
                                            .ImmunizationStatusCodes
                                            .EnteredInError
                                ),
                        ],
                        on
                    )
                        is { } results
                        ? ReadVaccinations.OffersOf(results)
                        : []
                )
            )
            .ToList();
        var session = rows.Select(row =>
                Of(
                    row.Child,
                    row.Offers,
                    offer => offer.Status is ForecastStatus.Due or ForecastStatus.Overdue
                )
            )
            .OfType<Row>()
            .OrderByDescending(row => row.Offers[0].Status)
            .ThenBy(row => row.Offers[0].Recommended)
            .ToList();
        return new(
            on,
            children.Count,
            session,
            [.. session.Where(row => row.Offers[0].Status is ForecastStatus.Overdue)],
            [
                .. rows.Select(row =>
                        Of(
                            row.Child,
                            row.Offers,
                            offer =>
                                offer.Status is ForecastStatus.NotYet or ForecastStatus.MayGive
                                && offer.Recommended <= until
                        )
                    )
                    .OfType<Row>()
                    .OrderBy(row => row.Offers.Min(offer => offer.Recommended)),
            ],
            [
                .. session
                    .SelectMany(row => row.Offers)
                    .GroupBy(offer => offer.Vaccine)
                    .Select(same => (same.Key, same.Count()))
                    .OrderByDescending(one => one.Item2),
            ]
        );
    }

    private static Row? Of(
        Patient child,
        IReadOnlyList<ReadVaccinations.Offer> offers,
        Func<ReadVaccinations.Offer, bool> wanted
    ) =>
        // What is introduced place by place is offered on the child's page, but calls nobody.
        offers
            .Where(offer => wanted(offer) && !offer.For.All(forecast => forecast.Series.Phased))
            .ToList()
            is { Count: > 0 } some
            ? new(
                child.Id!,
                child.FullName(),
                child.Birth(),
                child.Sex(),
                child.Phone()
                    ?? child.Contact.SelectMany(contact => contact.Telecom).FirstOrDefault()?.Value,
                child.AddressText(),
                some
            )
            : null;

    private static object Tell(Row row) =>
        new
        {
            row.PatientId,
            row.Name,
            Birth = row.Birth?.ToString(),
            row.Phone,
            Offers = row.Offers.Select(offer => new
            {
                Vaccine = offer.Vaccine.Cvx,
                offer.Doses,
                Status = offer.Status.ToString(),
                offer.Recommended,
                offer.PastDue,
            }),
        };
}
