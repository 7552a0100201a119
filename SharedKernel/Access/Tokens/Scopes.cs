using SharedKernel.Access.Tokens.Launch;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Tokens;

/// <summary>
/// What a token may be used for. FHIR data goes by SMART scopes; all else by <c>records/RegisterCitizens</c> and so on, one per
/// <see cref="Permission"/>, or <c>records/*</c>. A token can narrow what its bearer may do, never widen it.
/// </summary>
internal static class Scopes
{
    private const string OwnPrefix = "records/";
    private const string Everything = OwnPrefix + "*";

    /// <summary>OneRoster 1.2 has scopes of its own, one for each group of operations; the service asks again for the operation.</summary>
    private const string RosterPrefix = "https://purl.imsglobal.org/spec/or/v1p2/scope/";

    /// <summary>
    /// The asked scopes when the client may have all of them, all it may have when it asks for none; null otherwise. What cannot be kept to
    /// is left out.
    /// </summary>
    public static IReadOnlyList<string>? Grant(
        IReadOnlyCollection<string> asked,
        IReadOnlyCollection<string> permitted,
        IEnumerable<IScopeConditions> conditions
    ) =>
        asked.Count == 0 || asked.All(scope => permitted.Any(may => Covers(may, scope)))
            ?
            [
                .. (asked.Count == 0 ? permitted : asked)
                    .Select(scope => Kept(scope, conditions))
                    .OfType<string>()
                    .Distinct(),
            ]
            : null;

    /// <summary>
    /// The scope as far as it can be kept to: a condition must be understood, and lets nothing be written, because whether what is written
    /// would meet it cannot be told before. Null when nothing of it is left.
    /// </summary>
    public static string? Kept(string scope, IEnumerable<IScopeConditions> conditions)
    {
        if (!SmartScope.TryParse(scope, null, out var smart) || smart.Query is null)
        {
            return scope;
        }
        var reading = string.Concat(smart.Interactions.Where(letter => letter is 'r' or 's'));
        return reading.Length == 0 || !conditions.Any(known => known.Understands(smart)) ? null
            : reading == smart.Interactions ? scope
            : (smart with { Interactions = reading }).ToString();
    }

    /// <summary>What a program that acts for nobody may be given.</summary>
    public static bool IsForPrograms(string scope) =>
        IsOwn(scope)
        || scope.StartsWith(RosterPrefix, StringComparison.Ordinal)
        || (SmartScope.TryParse(scope, null, out var smart) && smart.Context == "system");

    /// <summary>What an app that people sign in to may be given.</summary>
    public static bool IsForApps(string scope) =>
        scope
            is "openid"
                or "profile"
                or "offline_access"
                or ResolveLaunch.FhirUser
                or ResolveLaunch.Launch
                or ResolveLaunch.LaunchPatient
                or ResolveLaunch.LaunchEncounter
        || IsOwn(scope)
        || (SmartScope.TryParse(scope, null, out var smart) && smart.Context != "system");

    private static bool IsOwn(string scope) =>
        scope == Everything
        || (
            scope.StartsWith(OwnPrefix, StringComparison.Ordinal)
            && Enum.GetNames<Permission>().Contains(scope[OwnPrefix.Length..])
        );

    /// <summary>How far the scopes let a permission reach, whatever the roles say.</summary>
    public static Reach ReachOf(IReadOnlySet<string> scopes, Permission permission) =>
        scopes.Contains(Everything) || scopes.Contains(OwnPrefix + permission)
            ? Reach.All
            : permission switch
            {
                Permission.ReadHealthRecords => ReachOf(scopes, "rs"),
                Permission.WriteHealthRecords => ReachOf(scopes, "cud"),
                Permission.ExchangeRosters => scopes.Any(scope =>
                    scope.StartsWith(RosterPrefix, StringComparison.Ordinal)
                )
                    ? Reach.All
                    : Reach.None,
                _ => Reach.None,
            };

    /// <summary>Any one of the interactions opens the door; the FHIR service asks again for the resource type and interaction.</summary>
    private static Reach ReachOf(IReadOnlySet<string> scopes, string interactions) =>
        scopes
            .Select(scope => SmartScope.TryParse(scope, null, out var smart) ? smart : null)
            .Where(smart => smart?.Interactions.Any(interactions.Contains) == true)
            .Select(smart => smart!.Context == "patient" ? Reach.Own : Reach.All)
            .DefaultIfEmpty(Reach.None)
            .Max();

    private static bool Covers(string permitted, string asked) =>
        permitted == asked
        || (
            permitted == Everything
            && asked.StartsWith(OwnPrefix, StringComparison.Ordinal)
            && Enum.TryParse<Permission>(asked[OwnPrefix.Length..], out _)
        )
        || (
            SmartScope.TryParse(permitted, null, out var may)
            && SmartScope.TryParse(asked, null, out var smart)
            && may.Covers(smart)
        );
}
