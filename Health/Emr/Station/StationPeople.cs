using System.Text;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station;

/// <summary>
/// Whom a station looks after: the members of its households, and whoever it has vaccinated. All of them are read page after page, so the
/// size of a commune does not matter.
/// </summary>
public sealed class StationPeople(FhirSession fhir, GuardedStore store, ICurrentCaller current)
{
    /// <summary>Ids in one search: an address stays short.</summary>
    private const int Chunk = 50;

    private static readonly FhirJsonDeserializer Parser = new();

    /// <exception cref="InvalidInput">The account belongs to no facility.</exception>
    public string Facility =>
        current.Caller.Organisation
        ?? throw new InvalidInput(
            "organisation",
            T.Of(
                "Tài khoản này chưa gắn với cơ sở khám bệnh, chữa bệnh nào.",
                "This account belongs to no health facility."
            )
        );

    /// <summary>Ids of Patients.</summary>
    public async Task<HashSet<string>> Ids(CancellationToken cancel)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (
            var household in Scan<Group>(
                $"managing-entity=Organization/{Facility}&type=person",
                cancel
            )
        )
        {
            ids.UnionWith(
                household
                    .Member.Where(member => member.Inactive != true)
                    .Select(member => VnCore.IdOf(member.Entity))
                    .OfType<string>()
            );
        }
        await foreach (
            var dose in Scan<FhirImmunization>($"performer=Organization/{Facility}", cancel)
        )
        {
            if (VnCore.IdOf(dose.Patient) is { } id)
            {
                ids.Add(id);
            }
        }
        return ids;
    }

    /// <summary>Those of the ids that a search finds.</summary>
    /// <param name="query">More conditions, such as <c>birthdate=ge2018-01-01</c>; empty for none.</param>
    public async Task<List<Patient>> Patients(
        IEnumerable<string> ids,
        string query,
        CancellationToken cancel
    )
    {
        var found = new List<Patient>();
        foreach (var some in ids.Chunk(Chunk))
        {
            found.AddRange(
                await fhir.Search<Patient>(
                    $"_id={string.Join(',', some)}&_count={Chunk}{(query.Length > 0 ? "&" + query : "")}",
                    cancel
                )
            );
        }
        return found;
    }

    /// <summary>Resources of these patients, by the patient's id.</summary>
    /// <param name="subject">Reads the reference to the patient.</param>
    public async Task<ILookup<string, TResource>> Of<TResource>(
        IEnumerable<string> patients,
        string query,
        Func<TResource, ResourceReference?> subject,
        CancellationToken cancel
    )
        where TResource : Resource
    {
        var found = new List<TResource>();
        foreach (var some in patients.Chunk(Chunk))
        {
            await foreach (
                var resource in Scan<TResource>(
                    $"patient={string.Join(',', some)}{(query.Length > 0 ? "&" + query : "")}",
                    cancel
                )
            )
            {
                found.Add(resource);
            }
        }
        return found.ToLookup(
            resource => VnCore.IdOf(subject(resource)) ?? "",
            StringComparer.Ordinal
        );
    }

    public async IAsyncEnumerable<TResource> Scan<TResource>(
        string query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
        where TResource : Resource
    {
        var type = ModelInfo.GetFhirTypeNameForType(typeof(TResource))!;
        await foreach (var body in store.Scan(type, query, cancel))
        {
            yield return (TResource)Parser.DeserializeResource(Encoding.UTF8.GetString(body.Span));
        }
    }
}
