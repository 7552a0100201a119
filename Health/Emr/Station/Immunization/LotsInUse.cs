using Health.Fhir.Store;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>The lot of a vaccine that the caller's facility gave last, while it holds: nobody types it for every child of a session.</summary>
public sealed class LotsInUse(FhirSession fhir, ICurrentCaller current, TimeProvider clock)
    : IFeature
{
    public sealed record Lot(string Number, DateOnly? Expiry);

    public async Task<Lot?> Run(string cvx, CancellationToken cancel = default)
    {
        if (current.Caller.Organisation is not { } facility)
        {
            return null;
        }
        var last = await fhir.Search<FhirImmunization>(
            $"performer=Organization/{facility}&vaccine-code={VaccinationRecord.Cvx}|{cvx}&status=completed&_sort=-date&_count=1",
            cancel
        );
        if (last is not [{ LotNumber: { } number } dose])
        {
            return null;
        }
        DateOnly? expiry =
            PartialDate.TryParse(dose.ExpirationDate, null, out var date) && date.Day is not null
                ? date.First
                : null;
        return expiry < clock.Today() ? null : new(number, expiry);
    }
}
