using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>What an authorization request comes to: one of these is set.</summary>
internal sealed record Resolved
{
    /// <summary>The scopes that can be granted; others that need what is not there are left out.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public LaunchSubject? Subject { get; init; }

    /// <summary>Absolute address of the user as a FHIR resource.</summary>
    public string? FhirUser { get; init; }

    /// <summary>Where the user picks a patient first.</summary>
    public bool MustPick { get; init; }

    public IResult? Refusal { get; init; }
}

/// <summary>
/// Finds the context of an app's launch: the patient that it was started for, the one that its user picks, or the citizen themselves.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-context-data
/// </summary>
internal sealed class ResolveLaunch(
    StartLaunch launches,
    SealedRequests requests,
    IEnumerable<ILaunchContexts> contexts,
    IAccess access
)
{
    public const string Launch = "launch";
    public const string LaunchPatient = "launch/patient";
    public const string LaunchEncounter = "launch/encounter";
    public const string FhirUser = "fhirUser";

    /// <param name="server">Address of this server, without a final slash.</param>
    public async Task<Resolved> Run(
        OpenIddictRequest request,
        Caller user,
        IReadOnlyList<string> scopes,
        string server,
        CancellationToken cancel
    )
    {
        var context = contexts.FirstOrDefault();
        var isForPatient = scopes.Any(scope =>
            scope is Launch or LaunchPatient
            || scope.StartsWith("patient/", StringComparison.Ordinal)
        );
        var audience = request.GetParameter("aud") is { } named ? (string?)named : null;
        if (
            context is not null
            && (
                audience is null ? isForPatient : audience.TrimEnd('/') != server + context.BasePath
            )
        )
        {
            // A request that was meant for another server: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
            return Refuse(
                Errors.InvalidRequest,
                $"'aud' must be the FHIR server that the app will call: {server + context.BasePath}."
            );
        }
        var found = await Subject(request, user, scopes, isForPatient, context, cancel);
        if (found.Refusal is not null || found.MustPick)
        {
            return found with { Scopes = scopes };
        }
        var reference =
            context is not null
            && scopes.Contains(FhirUser)
            && scopes.Contains(OpenIddictConstants.Scopes.OpenId)
                ? await context.UserReference(cancel)
                : null;
        return found with
        {
            FhirUser = reference is null ? null : $"{server}{context!.BasePath}/{reference}",
            Scopes =
            [
                .. scopes.Where(scope =>
                    scope switch
                    {
                        Launch => request.GetParameter(Launch) is not null,
                        LaunchEncounter => found.Subject?.Encounter is not null,
                        FhirUser => reference is not null,
                        _ => true,
                    }
                ),
            ],
        };
    }

    private async Task<Resolved> Subject(
        OpenIddictRequest request,
        Caller user,
        IReadOnlyList<string> scopes,
        bool isForPatient,
        ILaunchContexts? context,
        CancellationToken cancel
    )
    {
        if (
            scopes.Contains(Launch)
            && request.GetParameter(Launch) is { } handle
            && (string?)handle is { } text
        )
        {
            return
                await launches.Read(text, user.Id, request.ClientId!, cancel) is var (id, encounter)
                && context is not null
                && await context.Find(id, encounter, cancel) is { } launched
                ? new Resolved { Subject = launched }
                : Refuse(
                    Errors.InvalidRequest,
                    "This launch has ended, was used, or is not for this user and app. Start the app again from the patient's page."
                );
        }
        if (
            !isForPatient
            || scopes.All(scope =>
                scope != LaunchPatient && !scope.StartsWith("patient/", StringComparison.Ordinal)
            )
        )
        {
            return new Resolved();
        }
        if (context is null)
        {
            return Refuse(Errors.InvalidScope, "This server keeps no health records.");
        }
        var reach = access.ReachOf(user, Permission.ReadHealthRecords);
        var patient =
            reach is Reach.Own ? user.Citizen?.ToString()
            : reach is Reach.None ? null
            : requests.PickedBy(
                user.Id,
                request.ClientId!,
                (string?)request.GetParameter(SealedRequests.PickedParameter)
            );
        if (patient is null)
        {
            return reach is Reach.Own or Reach.None
                ? Refuse(Errors.AccessDenied, "This account may see no patient's record.")
                : new Resolved { MustPick = true };
        }
        return await context.Find(patient, null, cancel) is { } subject
            ? new Resolved { Subject = subject }
            : Refuse(
                Errors.AccessDenied,
                "There is no such record, or this account may not see it."
            );
    }

    private static Resolved Refuse(string error, string description) =>
        new() { Refusal = IssueToken.Refuse(error, description) };
}
