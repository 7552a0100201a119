using System.Security.Claims;
using OpenIddict.Abstractions;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>
/// The launch's context, as claims of codes and tokens and as parameters of the token's answer:
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token
/// </summary>
internal static class LaunchClaims
{
    public const string Patient = "patient";
    public const string Encounter = "encounter";
    public const string FhirUser = "fhirUser";

    /// <summary>From the code or refresh token to what comes of it.</summary>
    public static void Copy(ClaimsPrincipal from, ClaimsIdentity to)
    {
        foreach (var name in (string[])[Patient, Encounter, FhirUser])
        {
            to.SetClaim(name, from.GetClaim(name));
        }
    }

    /// <param name="server">Address of this server, without a final slash.</param>
    public static void Tell(
        ClaimsIdentity identity,
        IDictionary<string, object?> answer,
        string server
    )
    {
        if (identity.GetClaim(Patient) is not { } patient)
        {
            return;
        }
        answer[Patient] = patient;
        if (identity.GetClaim(Encounter) is { } encounter)
        {
            answer[Encounter] = encounter;
        }
        // An app opens in a page of its own: nothing around it says whose record it is.
        answer["need_patient_banner"] = true;
        answer["smart_style_url"] = server + SmartStyle.Path;
    }
}
