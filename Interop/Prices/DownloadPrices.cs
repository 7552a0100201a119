using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Prices;

/// <summary>
/// A facility's published price list as open data, for anyone and any program: JSON, CSV for Excel, and XLSX; of today, of a day,
/// or of a version (Law on Treatment 15/2023/QH15, Art. 60; open data by Decree 47/2020/NĐ-CP).
/// </summary>
public sealed class DownloadPrices(IPriceLists lists, TimeProvider clock) : IFeature
{
    public const string LicenceName = "CC BY 4.0";
    public const string LicenceUrl = "https://creativecommons.org/licenses/by/4.0/";

    /// <summary>Field names of the CSV with what they mean; the JSON carries them in <c>fields</c>.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Fields =
    [
        ("item_kind", "service, drug or device"),
        ("code", "the facility's code of the item, unique within item_kind"),
        ("name", "name in Vietnamese"),
        ("unit", "what one price is for"),
        ("registration_number", "drugs and devices: number of the marketing authorisation"),
        ("price_insurance", "price paid by health insurance, whole VND; empty when not offered"),
        ("price_self_pay", "price without insurance, whole VND"),
        ("price_on_demand", "price of treatment on demand, whole VND"),
        ("price_support", "price of support services, whole VND"),
    ];

    /// <summary>The list of today, of <paramref name="on"/> (yyyy-MM-dd), or version <paramref name="version"/>.</summary>
    /// <exception cref="InvalidInput">The date or the version is not one, or both are given.</exception>
    /// <returns>Null when the facility has no such list.</returns>
    public async Task<PriceListVersion?> Find(
        string facility,
        string? on,
        string? version,
        CancellationToken cancel
    )
    {
        if (on is { Length: > 0 } && version is { Length: > 0 })
        {
            throw new InvalidInput(
                "version",
                T.Of(
                    "chỉ dùng một trong hai: on hoặc version.",
                    "give either on or version, not both."
                )
            );
        }
        if (version is { Length: > 0 })
        {
            return int.TryParse(version, CultureInfo.InvariantCulture, out var number)
                ? (await lists.Versions(facility, cancel)).FirstOrDefault(list =>
                    list.Number == number
                )
                : throw new InvalidInput(
                    "version",
                    T.Of(
                        $"'{version}' không phải số, ví dụ 2.",
                        $"'{version}' is not a number such as 2."
                    )
                );
        }
        var day = clock.Today();
        if (
            on is { Length: > 0 }
            && !DateOnly.TryParseExact(
                on,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out day
            )
        )
        {
            throw new InvalidInput(
                "on",
                T.Of(
                    $"'{on}' không phải ngày; hãy ghi yyyy-MM-dd, ví dụ 2026-01-31.",
                    $"'{on}' is not a date; write yyyy-MM-dd, such as 2026-01-31."
                )
            );
        }
        return await lists.InForce(facility, day, cancel);
    }

    /// <summary>Answers one download; 304 when the caller has it already.</summary>
    public async Task<IResult> Run(
        HttpContext http,
        string facility,
        string format,
        string? on,
        string? version,
        CancellationToken cancel
    )
    {
        if (!MediaTypes.TryGetValue(format, out var mediaType))
        {
            return NotThere(
                T.Of(
                    $"Không có định dạng '{format}'; hãy dùng .json, .csv, .xlsx hoặc .parquet.",
                    $"There is no format '{format}'; use .json, .csv, .xlsx or .parquet."
                )
            );
        }
        if (await Find(facility, on, version, cancel) is not { } list)
        {
            return NotThere(
                T.Of(
                    $"Cơ sở {facility} không có bảng giá như yêu cầu. Các cơ sở và phiên bản: /open-data/catalog.jsonld.",
                    $"Facility {facility} has no such price list. Facilities and versions: /open-data/catalog.jsonld."
                )
            );
        }
        var response = http.Response;
        // Weak, because the same list may travel compressed or not.
        var tag = $"W/\"{list.ContentHash[..16]}-{list.Number}-{list.ValidTo:yyyyMMdd}-{format}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "public, max-age=300";
        response.Headers.LastModified = list.PublishedAt.ToString(
            "R",
            CultureInfo.InvariantCulture
        );
        if (
            http
                .Request.GetTypedHeaders()
                .IfNoneMatch.Any(known =>
                    known.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false)
                )
        )
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }
        response.ContentType = mediaType;
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue(
            format == "json" ? "inline" : "attachment"
        )
        {
            FileName = $"prices-{facility}-v{list.Number}.{format}",
        }.ToString();
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return Results.Empty;
        }
        await (
            format switch
            {
                "json" => WriteJson(http, list, cancel),
                "csv" => WriteCsv(response.Body, list, cancel),
                "parquet" => WriteParquet(response.Body, list, cancel),
                _ => WriteXlsx(response.Body, list, cancel),
            }
        );
        return Results.Empty;
    }

    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        ["json"] = "application/json; charset=utf-8",
        ["csv"] = "text/csv; charset=utf-8; header=present",
        ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ["parquet"] = "application/vnd.apache.parquet",
    };

    private async Task WriteJson(HttpContext http, PriceListVersion list, CancellationToken cancel)
    {
        var request = http.Request;
        await using var json = new Utf8JsonWriter(
            http.Response.BodyWriter.AsStream(),
            new()
            {
                Indented = true,
                // Vietnamese stays readable; the answer is never put into HTML.
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
        json.WriteStartObject();
        json.WriteString("title", $"Bảng giá {list.FacilityName}");
        json.WriteString(
            "source",
            $"{request.Scheme}://{request.Host}/open-data/prices/{list.Facility}.json?version={list.Number}"
        );
        json.WriteStartObject("publisher");
        json.WriteString("facilityCode", list.Facility);
        json.WriteString("name", list.FacilityName);
        json.WriteEndObject();
        json.WriteStartObject("licence");
        json.WriteString("name", LicenceName);
        json.WriteString("url", LicenceUrl);
        json.WriteEndObject();
        json.WriteNumber("version", list.Number);
        json.WriteString("validFrom", list.ValidFrom.ToString("O"));
        json.WriteString("validTo", list.ValidTo?.ToString("O"));
        json.WriteString("publishedAt", list.PublishedAt.InVietnam());
        json.WriteString("contentSha256", list.ContentHash);
        json.WriteString("currency", "VND");
        json.WriteStartObject("fields");
        foreach (var (name, meaning) in Fields)
        {
            json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(Pascal(name)), meaning);
        }
        json.WriteEndObject();
        json.WriteNumber("count", list.Lines);
        json.WriteStartArray("items");
        await foreach (var line in lists.Lines(list, cancel))
        {
            json.WriteStartObject();
            json.WriteString("itemKind", Lower(line.ItemKind));
            json.WriteString("code", line.Code);
            json.WriteString("name", line.Name);
            json.WriteString("unit", line.Unit);
            json.WriteString("registrationNumber", line.Registration);
            Price("priceInsurance", line.Insurance);
            Price("priceSelfPay", line.SelfPay);
            Price("priceOnDemand", line.OnDemand);
            Price("priceSupport", line.Support);
            json.WriteEndObject();
            if (json.BytesPending > 32 * 1024)
            {
                await json.FlushAsync(cancel);
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void Price(string name, long? amount)
        {
            if (amount is { } known)
            {
                json.WriteNumber(name, known);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }

    internal async Task WriteCsv(Stream body, PriceListVersion list, CancellationToken cancel)
    {
        // Excel reads UTF-8 only when the file says so with a byte order mark.
        await using var text = new StreamWriter(body, new UTF8Encoding(true), leaveOpen: true)
        {
            NewLine = "\r\n",
        };
        await text.WriteLineAsync(string.Join(',', Fields.Select(field => field.Name)));
        await foreach (var line in lists.Lines(list, cancel))
        {
            await text.WriteLineAsync(
                string.Join(
                    ',',
                    Lower(line.ItemKind),
                    Quoted(line.Code),
                    Quoted(line.Name),
                    Quoted(line.Unit),
                    Quoted(line.Registration),
                    line.Insurance,
                    line.SelfPay,
                    line.OnDemand,
                    line.Support
                )
            );
        }
    }

    /// <summary>RFC 4180.</summary>
    private static string Quoted(string? text) =>
        text is null ? ""
        : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\""
        : text;

    private async Task WriteXlsx(Stream body, PriceListVersion list, CancellationToken cancel)
    {
        var rows = new List<IReadOnlyList<object?>>();
        await foreach (var line in lists.Lines(list, cancel))
        {
            rows.Add([
                line.ItemKind.Text(),
                line.Code,
                line.Name,
                line.Unit,
                line.Registration,
                line.Insurance,
                line.SelfPay,
                line.OnDemand,
                line.Support,
            ]);
        }
        var sheet = new Sheet(
            T.Of("Bảng giá", "Prices"),
            T.Of($"Bảng giá – {list.FacilityName}", $"Prices – {list.FacilityName}"),
            [
                T.Of(
                    $"Phiên bản {list.Number}, có hiệu lực từ {list.ValidFrom.Text()}{(list.ValidTo is { } to ? $" đến {to.Text()}" : "")}; đơn vị: đồng",
                    $"Version {list.Number}, in force from {list.ValidFrom.Text()}{(list.ValidTo is { } end ? $" to {end.Text()}" : "")}; in VND"
                ),
                T.Of($"Giấy phép dữ liệu: {LicenceName}", $"Licence: {LicenceName}"),
            ],
            [
                new(T.Of("Loại", "Kind"), 10),
                new(T.Of("Mã", "Code"), 16),
                new(T.Of("Tên", "Name"), 50),
                new(T.Of("Đơn vị", "Unit"), 10),
                new(T.Of("Số đăng ký", "Registration"), 18),
                .. Enum.GetValues<PriceKind>().Select(kind => new SheetColumn(kind.Text(), 14)),
            ],
            rows
        );
        await body.WriteAsync(Spreadsheet.Write(sheet), cancel);
    }

    private async Task WriteParquet(Stream body, PriceListVersion list, CancellationToken cancel)
    {
        // The format ends with its index, so it is made beside the answer, a group of rows after the other.
        using var content = new MemoryStream();
        await ParquetPrices.Write(content, lists.Lines(list, cancel), cancel);
        content.Position = 0;
        await content.CopyToAsync(body, cancel);
    }

    private static string Lower(PriceItemKind kind) => PriceFile.Lower(kind);

    private static string Pascal(string snake) =>
        string.Concat(snake.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static IResult NotThere(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var data = routes.MapGroup("/open-data/prices").AllowAnonymous().OpenToAllOrigins();
        data.MapMethods(
            "/{facility}.{format}",
            [HttpMethods.Get, HttpMethods.Head],
            (
                HttpContext http,
                string facility,
                string format,
                string? on,
                string? version,
                DownloadPrices download,
                CancellationToken cancel
            ) => download.Run(http, facility, format, on, version, cancel)
        );
        data.MapMethods("/{facility}.{format}", [HttpMethods.Options], () => Results.NoContent());
    }
}

internal static class OpenData
{
    /// <summary>
    /// Any page of any site may read it (https://fetch.spec.whatwg.org/#http-cors-protocol): it is public and no cookie matters.
    /// </summary>
    public static RouteGroupBuilder OpenToAllOrigins(this RouteGroupBuilder routes) =>
        routes.AddEndpointFilter(
            (context, next) =>
            {
                var headers = context.HttpContext.Response.Headers;
                headers.AccessControlAllowOrigin = "*";
                headers.AccessControlAllowMethods = "GET, HEAD, OPTIONS";
                headers.AccessControlAllowHeaders = "If-None-Match, If-Modified-Since";
                headers.AccessControlExposeHeaders = "ETag, Last-Modified, Content-Disposition";
                headers.AccessControlMaxAge = "86400";
                return next(context);
            }
        );
}
