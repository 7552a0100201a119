using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.Apps;

/// <summary>
/// Patients, visits and users as SMART apps are launched with them:
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
/// </summary>
internal sealed class LaunchContexts(FhirSession fhir, ICurrentCaller current, IAccess access)
    : ILaunchContexts
{
    public string BasePath => "/fhir";

    public string PickerPath => "/apps/patient";

    public async Task<LaunchSubject?> Find(
        string patient,
        string? encounter,
        CancellationToken cancel
    )
    {
        if (await fhir.Read<Patient>(patient, cancel) is not { } found)
        {
            return null;
        }
        if (
            encounter is not null
            && (
                await fhir.Read<Encounter>(encounter, cancel) is not { } visit
                || visit.Subject?.Reference != $"Patient/{patient}"
            )
        )
        {
            return null;
        }
        return new LaunchSubject(patient, found.FullName(), encounter);
    }

    /// <summary>Staff as the Practitioner of their account, made when an app asks first; a citizen as their own Patient.</summary>
    public async Task<string?> UserReference(CancellationToken cancel)
    {
        var caller = current.Caller;
        if (access.ReachOf(caller, Permission.ReadHealthRecords) is Reach.Own)
        {
            return
                caller.Citizen is { } own
                && await fhir.Read<Patient>(own.ToString(), cancel) is not null
                ? $"Patient/{own}"
                : null;
        }
        if (access.ReachOf(caller, Permission.ReadHealthRecords) is Reach.None)
        {
            return null;
        }
        if (await fhir.Read<Practitioner>(caller.Id, cancel) is null)
        {
            if (access.ReachOf(caller, Permission.WriteHealthRecords) is Reach.None or Reach.Own)
            {
                return null;
            }
            var changes = new FhirChanges();
            changes.Update(Workplace.Person(caller.Id, caller.Name));
            await fhir.Commit(changes, cancel);
        }
        return $"Practitioner/{caller.Id}";
    }
}
