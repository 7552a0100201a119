using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>
/// All Patient ids under which a person's clinical data lies: their own and those of records that were merged into it. Nothing is
/// rewritten by a merge, so whoever reads one person's data searches by all of them.
/// </summary>
public sealed class PatientIds(ICitizens citizens) : IFeature
{
    /// <returns>Values of a FHIR reference search, between commas (any of them matches); the id asked about comes first.</returns>
    public async Task<string> Run(string id, CancellationToken cancel = default)
    {
        var records = CitizenId.TryParse(id, null, out var citizen)
            ? await citizens.RecordsOf(citizen, cancel)
            : null;
        return string.Join(
            ',',
            new[] { id }
                .Concat(records?.All.Select(record => record.ToString()) ?? [])
                .Distinct(StringComparer.Ordinal)
        );
    }
}
