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
        var done = new HashSet<CitizenId>();
        foreach (var id in changed)
        {
            if (await citizens.RecordsOf(id, cancel) is { } records && done.Add(records.Survivor))
            {
                await Write(records, cancel);
            }
        }
    }

    private async Task Write(CitizenRecords records, CancellationToken cancel)
    {
        var replaced = new List<Patient>();
        foreach (var id in records.Replaced)
        {
            if (await fhir.Read<Patient>(id.ToString(), cancel) is { } patient)
            {
                replaced.Add(patient);
            }
        }
        var survivor = await fhir.Read<Patient>(records.Survivor.ToString(), cancel);
        if (survivor is null && replaced.Count == 0)
        {
            // Health does not know this person; the other sector does.
            return;
        }
        var changes = new FhirChanges();
        var known = await citizens.Find(records.Survivor, cancel);
        Put(
            changes,
            survivor,
            Shown(survivor, known!),
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
                [Link(Patient.LinkType.ReplacedBy, records.Survivor.ToString())]
            );
        }
        if (changes.Changes.Count > 0)
        {
            await fhir.Commit(changes, cancel);
        }
    }

    /// <summary>The Patient with what the register says of the person; whatever else it holds stays.</summary>
    private static Patient Shown(Patient? had, Citizen citizen)
    {
        var told = PatientResource.Of(citizen);
        if (had is null)
        {
            return told;
        }
        var shown = (Patient)had.DeepCopy();
        shown.Active = true;
        (shown.Name, shown.Gender) = (told.Name, told.Gender);
        shown.BirthDate = told.BirthDate ?? shown.BirthDate;
        shown.Address = told.Address is [] ? shown.Address : told.Address;
        shown.Telecom = told.Telecom is [] ? shown.Telecom : told.Telecom;
        foreach (var number in told.Identifier)
        {
            foreach (var held in shown.Identifier.Where(held => held.System == number.System))
            {
                held.Use = Identifier.IdentifierUse.Old;
            }
            shown.Identifier.RemoveAll(held =>
                held.System == number.System && held.Value == number.Value
            );
        }
        shown.Identifier.InsertRange(0, told.Identifier);
        return shown;
    }

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
