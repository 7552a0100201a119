using System.Text.Json.Nodes;
using Health.Fhir.Search.Reading;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Staff;

/// <summary>
/// A Patient that staff write names the facility that keeps the record, theirs where it names none: to register somebody is to take them
/// in (https://hl7.org/fhir/R4/patient-definitions.html#Patient.managingOrganization).
/// </summary>
public sealed class AdmitPatient(ResourceReader reader, IAccess access) : IWriteAdmission
{
    public bool Governs(string type) => type == "Patient";

    public Task<Write> Admit(Write write, Caller caller, CancellationToken cancel)
    {
        if (
            write.Verb is WriteVerb.Delete
            || caller.Organisation is not { Length: > 0 } facility
            || access.ReachOf(caller, Permission.WriteHealthRecords) is not Reach.Organisation
            || WriteBody.Of(write, reader) is not { } patient
            || patient.ContainsKey("managingOrganization")
        )
        {
            return Task.FromResult(write);
        }
        patient["managingOrganization"] = new JsonObject
        {
            ["reference"] = $"Organization/{facility}",
        };
        return Task.FromResult(
            write with
            {
                Resource = null,
                Body = System.Text.Encoding.UTF8.GetBytes(patient.ToJsonString()),
            }
        );
    }
}
