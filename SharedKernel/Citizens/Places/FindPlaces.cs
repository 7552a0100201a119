using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Places;

/// <summary>Provinces and communes over HTTP, a code always with the day on which it was written.</summary>
public sealed class FindPlaces(AdministrativeUnits units, TimeProvider clock) : IFeature
{
    /// <param name="Now">What it is since 1 July 2025; more than one when it was divided; empty for a present commune.</param>
    public sealed record PlaceAnswer(Commune Commune, IReadOnlyList<Commune> Now);

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<AdministrativeUnits>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/api/places/provinces",
                (DateOnly? at, FindPlaces feature) => feature.Provinces(at)
            )
            .Requires(Permission.ReadCitizens);
        routes
            .MapGet(
                "/api/places/communes",
                (string? q, string? province, int? limit, FindPlaces feature) =>
                    feature.Search(q, province, limit)
            )
            .Requires(Permission.ReadCitizens);
        routes
            .MapGet(
                "/api/places/offers",
                (string? q, int? limit, FindPlaces feature) => feature.Offers(q, limit)
            )
            .Requires(Permission.ReadCitizens);
        routes
            .MapGet(
                "/api/places/communes/{code}",
                (string code, DateOnly? at, FindPlaces feature) => feature.Commune(code, at)
            )
            .Requires(Permission.ReadCitizens);
    }

    public IReadOnlyList<Province> Provinces(DateOnly? at) => units.Provinces(at ?? clock.Today());

    /// <exception cref="InvalidInput">Neither words nor a province is given.</exception>
    public IReadOnlyList<Commune> Search(string? text, string? province, int? limit) =>
        string.IsNullOrWhiteSpace(text) && province is null
            ? throw new InvalidInput("q", "Give words of the name, or the code of a province.")
            : units.Search(text ?? "", province, limit ?? 20);

    /// <summary>What somebody who types may mean: present communes first, then those of before July 2025 with what they are now.</summary>
    /// <exception cref="InvalidInput">No words are given.</exception>
    public IReadOnlyList<PlaceAnswer> Offers(string? text, int? limit)
    {
        var most = Math.Clamp(limit ?? 12, 1, 50);
        var present = Search(text, null, most);
        return
        [
            .. present.Select(commune => new PlaceAnswer(commune, [])),
            .. units
                .SearchBefore(text ?? "", most)
                .Take(most - present.Count)
                .Select(commune => new PlaceAnswer(commune, units.Now(commune))),
        ];
    }

    /// <exception cref="NotFound">The code meant nothing on that day.</exception>
    public PlaceAnswer Commune(string code, DateOnly? at)
    {
        var commune =
            units.Commune(code, at ?? clock.Today()) ?? throw new NotFound($"Commune {code}");
        return new(commune, commune.Until is null ? [] : units.Now(commune));
    }
}
