using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Fhir.Api;

/// <summary>
/// The edge: HTTP in, <see cref="FhirRequest"/> to the interaction, <see cref="FhirAnswer"/> out
/// (https://hl7.org/fhir/R4/http.html).
/// </summary>
public static partial class FhirHttp
{
    /// <summary>A body may need much mending; its outcome tells all of it, the headers the first.</summary>
    private const int WarningHeaders = 5;

    public static void Map(IEndpointRouteBuilder routes, RoutedInteraction routed)
    {
        var route = routed.Route;
        string[] methods =
            route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method];
        var endpoint = routes
            .MapMethods(
                $"{FhirRoute.Base}/{route.Pattern}".TrimEnd('/'),
                methods,
                http => Serve(http, routed)
            )
            .WithDisplayName($"FHIR {route.Code} {route.Pattern}");
        _ = route switch
        {
            { Permission: { } permission } => endpoint.Requires(permission),
            { IsOpen: true } => endpoint.AllowAnonymous(),
            _ => endpoint.RequireAuthorization(),
        };
    }

    /// <summary>Runs what is asked and writes the answer, whatever comes: an error is an OperationOutcome too.</summary>
    private static async Task Serve(HttpContext http, RoutedInteraction routed)
    {
        Cors.Allow(http);
        var format = Format.Json;
        var subset = Subset.Whole;
        var isPretty = http.Request.Query["_pretty"] == "true";
        FhirAnswer answer;
        try
        {
            if (!routed.Route.HasOwnFormats)
            {
                format = Negotiation.Wanted(
                    http.Request.Query["_format"],
                    http.Request.Headers.Accept,
                    http.Request.ContentType
                );
            }
            var request = await Read(http, routed.Route);
            subset = request.Subset;
            // A form can say it too.
            if (
                request.Shape.LastOrDefault(one => one.Key == "_format").Value is { } named
                && !routed.Route.HasOwnFormats
            )
            {
                format = Negotiation.Wanted(named, [], null);
            }
            isPretty = request.Shape.Any(one => one is { Key: "_pretty", Value: "true" });
            answer =
                request is { Prefer.RespondAsync: true, Route.MayBeDeferred: true }
                && http.RequestServices.GetService<IDeferredRequests>() is { } deferred
                    ? await deferred.Accept(request, http.RequestAborted)
                    : await routed.Of(http.RequestServices).Run(request, http.RequestAborted);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested)
        {
            answer = FhirErrors.RefusalOf(error) is { } refusal
                ? FhirErrors.Answer(refusal)
                : Fault(http, error);
        }
        await Write(http, answer, format, subset, isPretty);
    }

    private static async Task<FhirRequest> Read(HttpContext http, FhirRoute route)
    {
        var limits = http.RequestServices.GetRequiredService<Limits>();
        var values = http.Request.RouteValues;
        if (values.Values.OfType<string>().Any(segment => FhirRoute.IsReserved(segment)))
        {
            var path = FhirRoute.Split(http.Request.Path.Value![FhirRoute.Base.Length..]);
            var routes = http.RequestServices.GetRequiredService<FhirRoutes>();
            throw Unmatched.Refuse(http.Request.Method, path, routes.MethodsOf(path));
        }
        var type = values["type"] as string ?? route.Type;
        if (type is not null)
        {
            ResourceTypes.Demand(type);
        }
        var current = http.RequestServices.GetRequiredService<ICurrentCaller>();
        var signedIn = current.Caller;
        current.Become(
            SmartScopes.Narrow(current.Caller, route, values["within"] as string ?? type)
        );
        var headers = http.Request.Headers;
        var body = await RequestBody.Read(http, limits);
        var parameters = Decode(http.Request.QueryString.Value);
        var (isJsonPatch, isForeign) = (false, false);
        if (body.Length > 0)
        {
            var media = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
            if (
                media == Negotiation.Form
                && (
                    route.IsOperation || route.Pattern.EndsWith("_search", StringComparison.Ordinal)
                )
            )
            {
                parameters.AddRange(Decode(System.Text.Encoding.UTF8.GetString(body.Span)));
                body = default;
            }
            else if (media == Negotiation.JsonPatch && route.Method == HttpMethods.Patch)
            {
                isJsonPatch = true;
            }
            else if (media is not null && route.Operation?.Takes.Contains(media) == true)
            {
                isForeign = true;
            }
            else if (route.Pattern.EndsWith("_search", StringComparison.Ordinal))
            {
                // To pass it over would be to search without what it says.
                throw Negotiation.Unsupported($"A search is sent as {Negotiation.Form}.");
            }
            else if (Negotiation.Sent(http.Request.ContentType) is Format.Xml)
            {
                var reading = http.RequestServices.GetRequiredService<ReaderOptions>();
                body = FhirXml.ToJson(body, reading.Input is InputHandling.Lenient);
            }
        }
        return new FhirRequest
        {
            Route = route,
            BaseUrl = BaseUrl(http),
            Caller = current.Caller,
            SignedIn = signedIn,
            Limits = limits,
            Type = type,
            Id = values["id"] as string,
            Version = values["version"] as string,
            Within = values["within"] as string,
            Body = body,
            IsJsonPatch = isJsonPatch,
            Accept = headers.Accept,
            IsForeignBody = isForeign,
            IfMatch = headers.IfMatch,
            IfNoneMatch = headers.IfNoneMatch,
            IfNoneExist = headers["If-None-Exist"],
            IfModifiedSince = http.Request.GetTypedHeaders().IfModifiedSince,
            Prefer = Preferences.Parse(headers["Prefer"]),
        }.With(parameters);
    }

    /// <summary>Decodes <c>a=1&amp;b=2</c> in order; a parameter may come several times.</summary>
    public static List<KeyValuePair<string, string>> Decode(string? query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (name.Contains('\0') || value.Contains('\0'))
            {
                // No text of FHIR holds one (https://hl7.org/fhir/R4/datatypes.html#string), and databases stumble over it.
                throw new FhirRefusal(400, "value", "A parameter holds the character NUL (%00).");
            }
            parameters.Add(new(name, value));
        }
        return parameters;
    }

    public static string BaseUrl(HttpContext http) =>
        $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{FhirRoute.Base}";

    public static async Task Write(
        HttpContext http,
        FhirAnswer answer,
        Format format = Format.Json,
        Subset? subset = null,
        bool pretty = false
    )
    {
        var response = http.Response;
        var headers = response.Headers;
        response.StatusCode = answer.Status;
        headers.XContentTypeOptions = "nosniff";
        headers["X-Request-Id"] = RequestId(http);
        // Clinical data stays out of shared caches; a private one asks again with its ETag.
        headers.CacheControl = "private, no-cache";
        if (answer.Version is { } version)
        {
            headers.ETag = $"W/\"{version}\"";
        }
        if (answer.LastModified is { } modified)
        {
            headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
        }
        if (answer.Location is { } location)
        {
            headers.Location = $"{BaseUrl(http)}/{location}";
        }
        if (answer.Allow is { } allow)
        {
            headers.Allow = allow;
        }
        if (answer.RetryAfterSeconds is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        // RFC 7234 §5.5: 299 is a warning that lasts.
        foreach (var note in answer.Notes.Take(WarningHeaders))
        {
            headers.Append(
                "Warning",
                $"299 - \"{Plain($"{note.Expression}: {note.Diagnostics}")}\""
            );
        }
        foreach (var (name, value) in answer.Headers)
        {
            headers[name] = value;
        }
        if (answer.Raw is { } raw)
        {
            response.ContentType = raw.ContentType;
            response.ContentLength = raw.Length;
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                await raw.Write(response.Body, http.RequestAborted);
            }
            return;
        }
        if (answer.Body is null)
        {
            return;
        }
        response.ContentType = format.ContentType();
        var cut = subset is { IsWhole: false } && !answer.IsSubset;
        if (format is Format.Json && !pretty && !cut)
        {
            response.ContentLength = answer.Length;
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                answer.Body(response.BodyWriter);
                await response.BodyWriter.FlushAsync(http.RequestAborted);
            }
            return;
        }
        var body = Shape(answer.Body, cut ? subset! : Subset.Whole, format, pretty);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    /// <summary>
    /// The client's own, so that both sides' logs can be put together, or one of ours: https://hl7.org/fhir/R4/http.html#custom
    /// </summary>
    private static string RequestId(HttpContext http) =>
        http.Request.Headers["X-Request-Id"] is [{ Length: > 0 and <= 64 } id]
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_')
            ? id
            : http.TraceIdentifier;

    private static string Plain(string text) =>
        string.Concat(
            text.Select(letter => letter is >= ' ' and <= '~' and not ('"' or '\\') ? letter : '\'')
        );

    private static ReadOnlyMemory<byte> Shape(
        Action<IBufferWriter<byte>> write,
        Subset subset,
        Format format,
        bool pretty
    )
    {
        var json = new ArrayBufferWriter<byte>();
        write(json);
        if (!subset.IsWhole)
        {
            var part = new ArrayBufferWriter<byte>();
            subset.Copy(json.WrittenSpan, part);
            json = part;
        }
        if (format is Format.Xml)
        {
            return FhirXml.FromJson(json.WrittenMemory, pretty);
        }
        if (!pretty)
        {
            return json.WrittenMemory;
        }
        using var document = JsonDocument.Parse(
            json.WrittenMemory,
            new JsonDocumentOptions { MaxDepth = Limits.NestingDepth * 2 }
        );
        var indented = new ArrayBufferWriter<byte>(json.WrittenCount * 2);
        using var writer = new Utf8JsonWriter(
            indented,
            new JsonWriterOptions
            {
                Indented = true,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
        document.WriteTo(writer);
        writer.Flush();
        return indented.WrittenMemory;
    }

    private static FhirAnswer Fault(HttpContext http, Exception error)
    {
        Failed(
            http.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger("Health.Fhir.Api"),
            http.Request.Method,
            http.Request.Path,
            RequestId(http),
            error
        );
        return FhirAnswer.Outcome(
            500,
            new Issue(
                "fatal",
                "exception",
                $"The server failed, and nothing was changed. Name this to its operators: {RequestId(http)}."
            )
        );
    }

    [LoggerMessage(LogLevel.Error, "FHIR {Method} {Path} failed ({Request})")]
    private static partial void Failed(
        ILogger log,
        string method,
        string path,
        string request,
        Exception error
    );
}
