using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>
/// Starts an app from a patient's page (EHR launch): sends the browser to the app with a handle, which the app gives back when it asks
/// for authorization. The handle is opaque, good once, for five minutes, for this user and this app.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
/// </summary>
public sealed class StartLaunch(
    IOpenIddictApplicationManager applications,
    IOpenIddictTokenManager tokens,
    IEnumerable<ILaunchContexts> contexts,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const string Kind = "urn:records:launch";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private sealed record Handle(string Client, string Patient, string? Encounter);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/apps/{client}/launch",
                async (
                    HttpContext http,
                    StartLaunch start,
                    string client,
                    string? patient,
                    string? encounter,
                    CancellationToken cancel
                ) =>
                    // A page of another site must not start apps on a doctor's behalf.
                    http.Request.Headers["Sec-Fetch-Site"] == "cross-site"
                        ? Results.Forbid()
                        : Results.Redirect(
                            await start.Run(
                                client,
                                patient ?? "",
                                encounter,
                                $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}",
                                cancel
                            )
                        )
            )
            .Requires(Permission.ReadHealthRecords);

    /// <param name="server">Address of this server, without a final slash.</param>
    /// <returns>Where to send the browser.</returns>
    /// <exception cref="NotFound">There is no such app to be started so, or the caller may not see the patient.</exception>
    public async Task<string> Run(
        string client,
        string patient,
        string? encounter,
        string server,
        CancellationToken cancel = default
    )
    {
        var app = await applications.FindByClientIdAsync(client, cancel) is { } found
            ? await ListClients.Of(applications, found, cancel)
            : null;
        if (app?.LaunchUrl is not { } address || contexts.FirstOrDefault() is not { } context)
        {
            throw new NotFound($"The app '{client}'");
        }
        var subject =
            await context.Find(patient, encounter, cancel)
            ?? throw new NotFound($"Patient/{patient}");
        var handle = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(
            RandomNumberGenerator.GetBytes(32)
        );
        await tokens.CreateAsync(
            new OpenIddictTokenDescriptor
            {
                Type = Kind,
                ReferenceId = handle,
                Subject = current.Caller.Id,
                Status = Statuses.Valid,
                CreationDate = clock.GetUtcNow(),
                ExpirationDate = clock.GetUtcNow() + Lifetime,
                Payload = JsonSerializer.Serialize(
                    new Handle(client, subject.Patient, subject.Encounter)
                ),
            },
            cancel
        );
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"Client/{client}", [subject.Patient], Detail: "app launch"),
            cancel
        );
        return QueryHelpers.AddQueryString(
            address,
            new Dictionary<string, string?>
            {
                ["iss"] = server + context.BasePath,
                ["launch"] = handle,
            }
        );
    }

    /// <summary>What the handle stands for; null when it is none of this account and app, too old, or used.</summary>
    internal async Task<(string Patient, string? Encounter)?> Read(
        string handle,
        string account,
        string client,
        CancellationToken cancel
    ) =>
        await Find(handle, account, cancel) is { } token
        && JsonSerializer.Deserialize<Handle>(await tokens.GetPayloadAsync(token, cancel) ?? "null")
            is { } meant
        && meant.Client == client
            ? (meant.Patient, meant.Encounter)
            : null;

    /// <summary>Uses the handle up. False when another request was first.</summary>
    internal async Task<bool> Use(string handle, string account, CancellationToken cancel) =>
        await Find(handle, account, cancel) is { } token
        && await tokens.TryRedeemAsync(token, cancel);

    private async Task<object?> Find(string handle, string account, CancellationToken cancel) =>
        await tokens.FindByReferenceIdAsync(handle, cancel) is { } token
        && await tokens.HasTypeAsync(token, Kind, cancel)
        && await tokens.HasStatusAsync(token, Statuses.Valid, cancel)
        && await tokens.GetSubjectAsync(token, cancel) == account
        && await tokens.GetExpirationDateAsync(token, cancel) > clock.GetUtcNow()
            ? token
            : null;
}
