using System.Globalization;
using System.Text;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;

namespace Health.Fhir.Api;

/// <summary>Pages and their links (https://hl7.org/fhir/R4/http.html#paging). A page is found by key, so links stay right while others write.</summary>
public static class Paging
{
    /// <summary>Carries the store's own position; opaque to clients.</summary>
    public const string Parameter = "_page";

    /// <exception cref="FhirRefusal">400: not a number from 0.</exception>
    public static int Count(FhirRequest request, StoreOptions options)
    {
        if (request.First("_count") is not { } text)
        {
            return options.DefaultPageSize;
        }
        return int.TryParse(text, NumberStyles.None, null, out var count) && count >= 1
            ? Math.Min(count, options.PageSize)
            : throw new FhirRefusal(
                400,
                "value",
                $"_count={text} is not a number from 1; a page holds at most {options.PageSize}.",
                "_count"
            );
    }

    /// <param name="applied">The parameters that count; what was ignored stays out, so that the client can see it.</param>
    public static (string Relation, string? Url)[] Links(
        FhirRequest request,
        IEnumerable<KeyValuePair<string, string>> applied,
        string? next
    )
    {
        var asked = applied
            .Concat(request.Shape)
            .Where(parameter => parameter.Key != Parameter)
            .ToList();
        var here = request.First(Parameter);
        return
        [
            ("self", Url(request, asked, here)),
            ("first", here is null && next is null ? null : Url(request, asked, null)),
            ("next", next is null ? null : Url(request, asked, next)),
        ];
    }

    private static string Url(
        FhirRequest request,
        List<KeyValuePair<string, string>> parameters,
        string? page
    )
    {
        var url = new StringBuilder(request.BaseUrl).Append('/').Append(request.Path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            Append(name, value);
        }
        if (page is not null)
        {
            Append(Parameter, page);
        }
        return url.ToString();

        void Append(string name, string value)
        {
            url.Append(separator).Append(Escape(name)).Append('=').Append(Escape(value));
            separator = '&';
        }
    }

    /// <summary>Escapes what a query needs escaped, and leaves what FHIR uses readable: <c>: | , $ /</c>.</summary>
    private static string Escape(string text) =>
        Uri.EscapeDataString(text)
            .Replace("%3A", ":", StringComparison.Ordinal)
            .Replace("%7C", "|", StringComparison.Ordinal)
            .Replace("%2C", ",", StringComparison.Ordinal)
            .Replace("%24", "$", StringComparison.Ordinal)
            .Replace("%2F", "/", StringComparison.Ordinal);
}
