using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>Finds, for the entries of a bundle, the same interactions that HTTP would, with the same checks of who may.</summary>
public sealed class BundleEntries(FhirRoutes routes, IAccess access)
{
    /// <exception cref="FhirRefusal">The first entry that cannot be carried out, by its place.</exception>
    public IReadOnlyList<(
        BundleEntry Entry,
        FhirRequest Request,
        RoutedInteraction Routed
    )> RequestsOf(FhirRequest bundle, BundleRequest asked)
    {
        var requests = new List<(BundleEntry, FhirRequest, RoutedInteraction)>(asked.Entries.Count);
        foreach (var entry in asked.Entries)
        {
            try
            {
                var (request, routed) = RequestOf(bundle, entry);
                requests.Add((entry, request, routed));
            }
            catch (Refusal refusal)
            {
                throw FhirErrors.RefusalOf(refusal)!.In(entry.Expression);
            }
        }
        return requests;
    }

    /// <exception cref="FhirRefusal">No such address, or not one for an entry.</exception>
    /// <exception cref="AccessDenied">The caller may not do this.</exception>
    public (FhirRequest Request, RoutedInteraction Routed) RequestOf(
        FhirRequest bundle,
        BundleEntry entry
    )
    {
        if (entry.Method is null || entry.Url is null)
        {
            throw new FhirRefusal(400, "required", "The entry has no request.");
        }
        var (address, query) = entry.Url.Split('?', 2) switch
        {
            [var path, var parameters] => (path, parameters),
            [var path] => (path, ""),
            _ => ("", ""),
        };
        if (address.StartsWith(bundle.BaseUrl + "/", StringComparison.Ordinal))
        {
            address = address[bundle.BaseUrl.Length..];
        }
        var segments = FhirRoute.Split(address.Trim('/')).Select(Uri.UnescapeDataString).ToArray();
        if (
            segments.Length == 0 && entry.Method is not "GET"
            || routes.Match(entry.Method, segments) is not { } match
        )
        {
            throw Unmatched.Refuse(entry.Method, segments, routes.MethodsOf(segments));
        }
        var route = match.Routed.Route;
        var type = match.Values.GetValueOrDefault("type");
        if (type is not null)
        {
            ResourceTypes.Demand(type);
        }
        var caller = bundle.Caller;
        if (route.Permission is { } permission)
        {
            if (access.ReachOf(caller, permission) is Reach.None)
            {
                throw new AccessDenied(permission);
            }
            caller = SmartScopes.Narrow(
                caller,
                route,
                match.Values.GetValueOrDefault("within") ?? type
            );
        }
        var request = new FhirRequest
        {
            Route = route,
            BaseUrl = bundle.BaseUrl,
            Caller = caller,
            SignedIn = bundle.SignedIn,
            Limits = bundle.Limits,
            Type = type,
            Id = match.Values.GetValueOrDefault("id"),
            Version = match.Values.GetValueOrDefault("version"),
            Within = match.Values.GetValueOrDefault("within"),
            Body = entry.Resource,
            IfMatch = entry.IfMatch,
            IfNoneMatch = entry.IfNoneMatch,
            IfNoneExist = entry.IfNoneExist,
            IfModifiedSince = InstantOf(entry.IfModifiedSince),
            // In a bundle the resources come back only when asked for.
            Prefer =
                bundle.Prefer.Return is Return.Unsaid
                    ? bundle.Prefer with
                    {
                        Return = Return.Minimal,
                    }
                    : bundle.Prefer,
        };
        return (request.With(FhirHttp.Decode(query)), match.Routed);
    }

    private static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var instant
        )
            ? instant
            : null;
}
