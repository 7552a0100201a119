using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.Patients;

/// <summary>
/// Keeps Patients as the register knows their people. Of records that are one person the survivor's Patient <c>replaces</c> the others and
/// each of these is inactive and <c>replaced-by</c> it (https://hl7.org/fhir/R4/patient.html#links); undoing the merge takes the links
/// away. What is written follows from what holds now, so events may come twice and in any order.
/// </summary>
public sealed class FollowCitizens(ICitizens citizens, FhirSession fhir, ICurrentCaller current)
    : IHandle<CitizensMerged>,
        IHandle<CitizensUnmerged>,
        IHandle<CitizenCorrected>
{
    private static readonly Patient.LinkType?[] Ours =
    [
        Patient.LinkType.Replaces,
        Patient.LinkType.ReplacedBy,
    ];

    public Task Handle(CitizensMerged happened, CancellationToken cancel) =>
        Follow([happened.Survivor, happened.Replaced], cancel);

    public Task Handle(CitizensUnmerged happened, CancellationToken cancel) =>
        Follow([happened.Survivor, happened.Separated], cancel);

    public Task Handle(CitizenCorrected happened, CancellationToken cancel) =>
        Follow([happened.Citizen], cancel);

    private async Task Follow(CitizenId[] changed, CancellationToken cancel)
    {
        if (!current.Caller.IsSignedIn)
        {
            current.Become(Caller.TheSystem);
        }
        // Another host may follow an older event at the same time and write last; whoever wrote looks whether it still holds.
        for (var told = await Known(changed, cancel); told.Count > 0; )
        {
            foreach (var person in told)
            {
                await Write(person, [.. told.Where(other => other != person)], cancel);
            }
            var now = await Known(changed, cancel);
            told = now.Count == told.Count && now.Zip(told).All(Same) ? [] : now;
        }
    }

    private async Task<List<KnownPerson>> Known(CitizenId[] ids, CancellationToken cancel)
    {
        var known = new List<KnownPerson>();
        foreach (var id in ids)
        {
            if (
                await citizens.RecordsOf(id, cancel) is { } records
                && !known.Exists(person => person.Records.Survivor == records.Survivor)
                && await citizens.Find(records.Survivor, cancel) is { } citizen
            )
            {
                var numbers = await citizens.Numbers(records.Survivor, cancel);
                known.Add(new(records, citizen, numbers));
            }
        }
        return known;
    }

    private static bool Same((KnownPerson Now, KnownPerson Told) person) =>
        person.Now.Citizen == person.Told.Citizen
        && person.Now.Records.All.ToHashSet().SetEquals(person.Told.Records.All)
        && person.Now.Numbers.SequenceEqual(person.Told.Numbers);

    private sealed record KnownPerson(
        CitizenRecords Records,
        Citizen Citizen,
        IReadOnlyList<CitizenNumber> Numbers
    )
    {
        public Patient Shown { get; } = PatientResource.Of(Citizen, Numbers);
    }

    /// <param name="others">People from whom this one was separated: what is theirs is shown here no longer.</param>
    private async Task Write(KnownPerson person, List<KnownPerson> others, CancellationToken cancel)
    {
        var replaced = new List<Patient>();
        foreach (var id in person.Records.Replaced)
        {
            if (await fhir.Read<Patient>(id.ToString(), cancel) is { } patient)
            {
                replaced.Add(patient);
            }
        }
        var survivor = await fhir.Read<Patient>(person.Records.Survivor.ToString(), cancel);
        if (survivor is null && replaced.Count == 0)
        {
            // Health does not know this person; the other sector does.
            return;
        }
        var changes = new FhirChanges();
        Put(
            changes,
            survivor,
            survivor is null ? person.Shown : Shown(survivor, person.Shown, others),
            replaced.Select(patient => Link(Patient.LinkType.Replaces, patient.Id!))
        );
        foreach (var patient in replaced)
        {
            var shown = (Patient)patient.DeepCopy();
            shown.Active = false;
            Put(
                changes,
                patient,
                shown,
                [Link(Patient.LinkType.ReplacedBy, person.Records.Survivor.ToString())]
            );
        }
        if (changes.Changes.Count > 0)
        {
            await fhir.Commit(changes, cancel);
        }
    }

    /// <summary>The Patient with what the register says of the person; whatever else it holds stays.</summary>
    private static Patient Shown(Patient had, Patient told, List<KnownPerson> others)
    {
        var shown = (Patient)had.DeepCopy();
        shown.Active = true;
        (shown.Name, shown.Gender) = (told.Name, told.Gender);
        shown.BirthDate = told.BirthDate ?? shown.BirthDate;
        foreach (var other in others.Select(person => person.Shown))
        {
            shown.Identifier.RemoveAll(held =>
                other.Identifier.Exists(number => Same(number, held))
            );
            shown.Telecom.RemoveAll(held => other.Telecom.Exists(held.IsExactly));
            shown.Address.RemoveAll(held => other.Address.Exists(held.IsExactly));
        }
        shown.Address = told.Address is [] ? shown.Address : told.Address;
        shown.Telecom = told.Telecom is [] ? shown.Telecom : told.Telecom;
        shown.Identifier.RemoveAll(held => told.Identifier.Exists(number => Same(number, held)));
        // What only a client of FHIR knows of the same kind is no longer the one in force.
        foreach (
            var held in shown.Identifier.Where(held =>
                told.Identifier.Exists(number => number.System == held.System)
            )
        )
        {
            held.Use = Identifier.IdentifierUse.Old;
        }
        shown.Identifier.InsertRange(0, told.Identifier);
        return shown;
    }

    private static bool Same(Identifier one, Identifier other) =>
        one.System == other.System && one.Value == other.Value;

    private static void Put(
        FhirChanges changes,
        Patient? had,
        Patient shown,
        IEnumerable<Patient.LinkComponent> links
    )
    {
        shown.Link = [.. shown.Link.Where(link => !Ours.Contains(link.Type)), .. links];
        if (had is null || !had.IsExactly(shown))
        {
            changes.Update(shown, had?.Meta?.VersionId);
        }
    }

    private static Patient.LinkComponent Link(Patient.LinkType type, string id) =>
        new() { Type = type, Other = VnCore.ToPatient(id) };
}
