using System.Text.Json.Nodes;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Rows;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Staff;

/// <summary>
/// Consents decide who sees what, so staff may record one that a patient of theirs gave on paper, and neither change nor remove any. What
/// opens a record in an emergency is written by the product alone.
/// </summary>
public sealed class AdmitConsent(ResourceReader reader, IAccess access) : IWriteAdmission
{
    public bool Governs(string type) => type == ConsentRows.Type;

    /// <exception cref="AccessDenied">Staff would change a Consent.</exception>
    /// <exception cref="InvalidInput">It would open a record as in an emergency.</exception>
    public Task<Write> Admit(Write write, Caller caller, CancellationToken cancel)
    {
        if (
            access.ReachOf(caller, Permission.WriteHealthRecords) is not Reach.All
            && write is not { Verb: WriteVerb.Create }
        )
        {
            throw new AccessDenied(Permission.WriteHealthRecords);
        }
        if (
            write.Verb is not WriteVerb.Delete
            && (caller.Id != Caller.TheSystem.Id || caller.Scopes is not null)
            && IsEmergency(WriteBody.Of(write, reader))
        )
        {
            throw new InvalidInput(
                "Consent.category",
                $"{ConsentRows.EmergencyOnly} opens a record in an emergency: ask for it at POST /api/emergencies, with the reason."
            );
        }
        return Task.FromResult(write);
    }

    private static bool IsEmergency(JsonObject? consent) =>
        (consent?["category"] as JsonArray ?? [])
            .SelectMany(category => category?["coding"] as JsonArray ?? [])
            .Any(coding => (string?)coding?["code"] == ConsentRows.EmergencyOnly);
}
