using Health.Fhir.Store.Rows;
using Hl7.Fhir.Model;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Staff;

/// <summary>
/// Opens a patient's record to one doctor or nurse for a time, as a Consent of the category <c>EMRGONLY</c> under the emergency's own
/// id: one more row that every query asks, on every host, and part of the record. Nobody gave it, so it names no performer.
/// </summary>
public sealed class EmergencyDoor(IServiceScopeFactory scopes) : IRecordDoor
{
    private const string ActCodes = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    public Task Open(Emergency emergency, CancellationToken cancel) =>
        Write(emergency, Consent.ConsentState.Active, cancel);

    public Task Close(Emergency emergency, CancellationToken cancel) =>
        Write(emergency, Consent.ConsentState.Inactive, cancel);

    private async Task Write(
        Emergency emergency,
        Consent.ConsentState state,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var changes = new FhirChanges();
        changes.Update(
            new Consent
            {
                Id = emergency.Id.ToString(),
                Status = state,
                Scope = new(
                    "http://terminology.hl7.org/CodeSystem/consentscope",
                    "patient-privacy"
                ),
                Category = [new(ActCodes, ConsentRows.EmergencyOnly, "emergency only", null)],
                Patient = new($"Patient/{emergency.Patient}"),
                DateTimeElement = new(emergency.Opened),
                Organization =
                [
                    .. emergency.Organisation is { } facility
                        ? new[] { new ResourceReference($"Organization/{facility}") }
                        : [],
                ],
                PolicyRule = new() { Text = "Mở khẩn cấp (break-glass)" },
                Provision = new()
                {
                    Type = Consent.ConsentProvisionType.Permit,
                    Period = new()
                    {
                        StartElement = new(emergency.Opened),
                        EndElement = new(emergency.Until),
                    },
                    Actor =
                    [
                        new()
                        {
                            Role = new(
                                "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                                "PRCP",
                                "primary information recipient",
                                null
                            ),
                            Reference = new($"Practitioner/{emergency.Account}", emergency.Name),
                        },
                    ],
                    Purpose = [new(PurposeCodes.System, "BTG", "break the glass")],
                },
            }
        );
        await scope.ServiceProvider.GetRequiredService<FhirSession>().Commit(changes, cancel);
    }
}
