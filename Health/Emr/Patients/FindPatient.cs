using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>
/// One box finds a person by name (with or without diacritics, any order of words), by personal ID, or by the QR of the identity
/// card, which a scanner types.
/// </summary>
public sealed class FindPatient(ICitizens citizens, FhirSession fhir) : IFeature
{
    private const int Limit = 20;

    /// <param name="Card">What a scanned card says, when nobody has its number yet: fills the registration.</param>
    public sealed record Result(IReadOnlyList<Found> People, CitizenDetails? Card = null);

    /// <param name="Id">Citizen's id, which is also the Patient's.</param>
    public sealed record Found(
        string Id,
        string Name,
        PartialDate? Birth,
        Sex Sex,
        string? PersonalId,
        string? Address
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/patients",
                (FindPatient feature, string q, CancellationToken cancel) => feature.Run(q, cancel)
            )
            .Requires(Permission.ReadCitizens);

    /// <exception cref="InvalidInput">The text has bars but is not an identity card's.</exception>
    public async Task<Result> Run(string text, CancellationToken cancel = default)
    {
        text = text.Trim();
        if (LooksLikeCard(text))
        {
            var card = citizens.FromCard(text);
            return await citizens.FindByPersonalId(card.PersonalId!, cancel) is { } known
                ? new Result([Of(known)])
                : new Result([], card);
        }
        if (text.Length == 0)
        {
            return new Result([]);
        }
        var found = (await citizens.Search(text, Limit, cancel)).Select(Of).ToList();
        if (found.Count < Limit && !text.All(char.IsAsciiDigit))
        {
            // Records that came in by FHIR have no citizen behind them yet.
            var patients = await fhir.Search<Patient>(
                $"name={Uri.EscapeDataString(text)}&_count={Limit}",
                cancel
            );
            found.AddRange(
                patients.Select(Of).ExceptBy(found.Select(person => person.Id), person => person.Id)
            );
        }
        return new Result(found);
    }

    /// <summary>No name and no number has bars in it.</summary>
    public static bool LooksLikeCard(string text) => text.Contains('|');

    private static Found Of(Citizen citizen) =>
        new(
            citizen.Id.ToString(),
            citizen.Details.FullName,
            citizen.Details.BirthDate,
            citizen.Details.Sex,
            citizen.Details.PersonalId,
            citizen.Details.Address
        );

    private static Found Of(Patient patient) =>
        new(
            patient.Id!,
            patient.FullName(),
            patient.Birth(),
            patient.Sex(),
            patient.PersonalId(),
            patient.AddressText()
        );
}
