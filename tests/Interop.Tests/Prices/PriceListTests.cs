using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ClosedXML.Excel;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SharedKernel.Contracts;
using SharedKernel.Payments;
using SharedKernel.Payments.PriceLists;
using Testing;

namespace Interop.Tests.Prices;

/// <summary>A server whose clock the test sets: 23 November 2026, 06:00 in Viet Nam, which is still the 22nd in UTC.</summary>
public sealed class ClockedServer : RecordsServer
{
    public SettableClock Clock { get; } = new(new(2026, 11, 22, 23, 0, 0, TimeSpan.Zero));

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
}

/// <summary>Only the wall clock is set; timers run as always, because a server waits with them.</summary>
public sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

public sealed class PriceListTests(ClockedServer server) : IClassFixture<ClockedServer>
{
    private static int facilities = 50000;

    private readonly string facility = Interlocked.Increment(ref facilities).ToString();

    private HttpClient Client => server.Client;

    private string Lists => $"/api/price-lists/{facility}";

    [Fact]
    public async Task What_is_published_is_public_as_json_csv_and_xlsx()
    {
        await Open();
        await Put(Service("SA.001", "Siêu âm ổ bụng", 43_900) with { OnDemand = 150_000 });
        await Put(
            new(PriceItemKind.Drug, "T1", "Thuốc \"A\", 500 mg", "Viên", "VD-1-20", SelfPay: 500)
        );
        await Publish("2026-11-23");

        var json = (await Client.GetFromJsonAsync<JsonObject>(Data("json")))!;
        Assert.Equal(facility, (string?)json["publisher"]!["facilityCode"]);
        Assert.Equal("VND", (string?)json["currency"]);
        Assert.Equal("2026-11-23", (string?)json["validFrom"]);
        Assert.Null(json["validTo"]);
        Assert.StartsWith("https://", (string?)json["licence"]!["url"]);
        var items = json["items"]!.AsArray();
        Assert.Equal(2, items.Count);
        Assert.Equal("Siêu âm ổ bụng", (string?)items[0]!["name"]);
        Assert.Equal(150_000, (long?)items[0]!["priceOnDemand"]);
        Assert.Null(items[0]!["priceSupport"]);
        // Every field of an item is explained in the document itself.
        Assert.Equal(
            items[0]!.AsObject().Select(field => field.Key).Order(),
            json["fields"]!.AsObject().Select(field => field.Key).Order()
        );

        var csv = await Client.GetByteArrayAsync(Data("csv"));
        Assert.Equal([0xEF, 0xBB, 0xBF], csv[..3]);
        var lines = Encoding.UTF8.GetString(csv[3..]).Split("\r\n");
        Assert.Equal(
            "item_kind,code,name,unit,registration_number,price_insurance,price_self_pay,price_on_demand,price_support",
            lines[0]
        );
        Assert.Equal("service,SA.001,Siêu âm ổ bụng,Lần,,43900,,150000,", lines[1]);
        Assert.Equal("drug,T1,\"Thuốc \"\"A\"\", 500 mg\",Viên,VD-1-20,,500,,", lines[2]);

        using var book = new XLWorkbook(await Client.GetStreamAsync(Data("xlsx")));
        var cells = book.Worksheets.Single().CellsUsed().Select(cell => cell.Value).ToList();
        Assert.Contains("Siêu âm ổ bụng", cells);
        Assert.Contains(150_000.0, cells);
    }

    [Fact]
    public async Task The_version_before_ends_the_day_before_and_stays_readable()
    {
        await Open();
        await Put(Service("A", "Khám", 40_000));
        await Publish("2026-11-25");
        await Put(Service("A", "Khám", 45_000));
        await Publish("2027-01-01");

        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync(Data("json"))).StatusCode);
        Assert.Equal((1, "2026-12-31", 40_000), await On("2026-11-25"));
        Assert.Equal((1, "2026-12-31", 40_000), await On("2026-12-31"));
        Assert.Equal((2, null, 45_000), await On("2027-01-01"));
        var first = (await Client.GetFromJsonAsync<JsonObject>(Data("json") + "?version=1"))!;
        Assert.Equal(40_000, (long?)first["items"]![0]!["priceInsurance"]);

        async Task<(int, string?, long)> On(string day)
        {
            var list = (await Client.GetFromJsonAsync<JsonObject>(Data("json") + $"?on={day}"))!;
            return (
                (int)list["version"]!,
                (string?)list["validTo"],
                (long)list["items"]![0]!["priceInsurance"]!
            );
        }
    }

    [Theory]
    [InlineData("2026-11-22", "hôm nay là 23/11/2026")]
    [InlineData("2020-01-01", "không được lùi ngày")]
    public async Task A_day_that_has_passed_in_Viet_Nam_is_refused(string day, string words)
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        var problem = await Refused(
            HttpStatusCode.BadRequest,
            Client.PostAsJsonAsync($"{Lists}/versions", new { validFrom = day })
        );
        Assert.Contains(words, problem);
    }

    [Fact]
    public async Task A_version_that_overlaps_the_last_one_is_refused()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2027-02-01");
        await Put(Service("A", "Khám", 2));
        var problem = await Refused(
            HttpStatusCode.BadRequest,
            Client.PostAsJsonAsync($"{Lists}/versions", new { validFrom = "2027-02-01" })
        );
        Assert.Contains("chồng lên phiên bản 1", problem);
    }

    [Fact]
    public async Task Nothing_to_publish_and_nothing_new_are_refused()
    {
        await Open();
        var empty = Client.PostAsJsonAsync($"{Lists}/versions", new { validFrom = "2026-12-01" });
        Assert.Contains("chưa có dòng", await Refused(HttpStatusCode.Conflict, empty));
        await Put(Service("A", "Khám", 1));
        await Publish("2026-12-01");
        var same = Client.PostAsJsonAsync($"{Lists}/versions", new { validFrom = "2026-12-02" });
        Assert.Contains("giống hệt phiên bản 1", await Refused(HttpStatusCode.Conflict, same));
    }

    [Fact]
    public async Task A_draft_that_changed_since_it_was_looked_at_is_not_published()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        var seen = (await Client.GetFromJsonAsync<JsonObject>($"{Lists}/draft"))!;
        await Put(Service("B", "Khám khác", 1));
        await Refused(
            HttpStatusCode.Conflict,
            Client.PostAsJsonAsync(
                $"{Lists}/versions",
                new { validFrom = "2026-12-01", revision = (int)seen["revision"]! }
            )
        );
    }

    [Fact]
    public async Task Of_two_who_publish_at_once_one_is_refused()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 6)
                .Select(day =>
                    Client.PostAsJsonAsync(
                        $"{Lists}/versions",
                        new { validFrom = $"2026-12-{day:D2}", revision = 1 }
                    )
                )
        );
        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Created);
        Assert.Equal(
            5,
            answers.Count(answer =>
                answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.BadRequest
            )
        );
        await using var scope = server.Scope();
        var lists = scope.ServiceProvider.GetRequiredService<IPriceLists>();
        Assert.Single(await lists.Versions(facility));
    }

    [Fact]
    public async Task What_is_published_cannot_be_changed_or_deleted()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2026-12-01");
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
        var line = await db.PublishedLines.SingleAsync(row => row.Facility == facility);
        line.Insurance = 2;
        await Assert.ThrowsAsync<Conflict>(() => db.SaveChangesAsync());
        db.ChangeTracker.Clear();
        db.Remove(await db.Versions.SingleAsync(row => row.Facility == facility));
        await Assert.ThrowsAsync<Conflict>(() => db.SaveChangesAsync());
    }

    [Theory]
    [InlineData(
        "code",
        """{"itemKind":"Service","code":" ","name":"Khám","unit":"Lần","insurance":1}"""
    )]
    [InlineData(
        "name",
        """{"itemKind":"Service","code":"A","name":"=1+1","unit":"Lần","insurance":1}"""
    )]
    [InlineData("selfPay", """{"itemKind":"Service","code":"A","name":"Khám","unit":"Lần"}""")]
    [InlineData(
        "support",
        """{"itemKind":"Service","code":"A","name":"Khám","unit":"Lần","support":-1}"""
    )]
    [InlineData(
        "registration",
        """{"itemKind":"Service","code":"A","name":"Khám","unit":"Lần","insurance":1,"registration":"VD-1"}"""
    )]
    public async Task A_wrong_line_is_refused_by_field(string field, string body)
    {
        await Open();
        var answer = await Client.PutAsync(
            $"{Lists}/draft/lines",
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal([field], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task A_draft_line_can_be_removed()
    {
        await Open();
        await Put(Service("A/1", "Khám", 1));
        var removed = await Client.DeleteAsync($"{Lists}/draft/lines?kind=Service&code=A/1");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        var draft = (await Client.GetFromJsonAsync<JsonObject>($"{Lists}/draft"))!;
        Assert.Empty(draft["lines"]!.AsArray());
    }

    [Theory]
    [InlineData("json?on=31-01-2026", HttpStatusCode.BadRequest, "yyyy-MM-dd")]
    [InlineData("json?version=two", HttpStatusCode.BadRequest, "không phải số")]
    [InlineData("json?version=1&on=2026-12-01", HttpStatusCode.BadRequest, "một trong hai")]
    [InlineData("json?version=9", HttpStatusCode.NotFound, "/open-data/catalog.jsonld")]
    [InlineData("xml", HttpStatusCode.NotFound, ".csv")]
    public async Task A_wrong_download_says_what_to_do(
        string file,
        HttpStatusCode status,
        string words
    )
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2026-11-23");
        Assert.Contains(words, await Refused(status, Client.GetAsync(Data(file))));
    }

    [Fact]
    public async Task A_download_is_cached_by_etag_and_open_to_other_sites()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2026-11-23");
        var first = await Client.GetAsync(Data("json"));
        Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.True(first.Headers.CacheControl!.Public);
        var again = new HttpRequestMessage(HttpMethod.Get, Data("json"));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await Client.SendAsync(again)).StatusCode);
        var csv = await Client.SendAsync(new(HttpMethod.Head, Data("csv")));
        Assert.NotEqual(first.Headers.ETag, csv.Headers.ETag);
        var preflight = await Client.SendAsync(new(HttpMethod.Options, Data("json")));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains(
            "If-None-Match",
            preflight.Headers.GetValues("Access-Control-Allow-Headers").Single()
        );
    }

    [Fact]
    public async Task The_same_list_gives_the_same_workbook_bytes()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2026-11-23");
        var first = await Client.GetByteArrayAsync(Data("xlsx"));
        await Task.Delay(2100);
        Assert.Equal(first, await Client.GetByteArrayAsync(Data("xlsx")));
    }

    [Fact]
    public async Task The_catalogue_names_the_list_and_its_three_files()
    {
        await Open();
        await Put(Service("A", "Khám", 1));
        await Publish("2026-11-23");
        var catalogue = (await Client.GetFromJsonAsync<JsonObject>("/open-data/catalog.jsonld"))!;
        var dataset = catalogue["dcat:dataset"]!
            .AsArray()
            .Single(set => (string?)set!["dct:identifier"] == $"prices-{facility}")!;
        foreach (var file in dataset["dcat:distribution"]!.AsArray())
        {
            var address = (string)file!["dcat:downloadURL"]!["@id"]!;
            Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(address)).StatusCode);
        }
    }

    [Theory]
    [InlineData("sieu am", "SA.001")]
    [InlineData("SIÊU ÂM bụng", "SA.001")]
    [InlineData("vd-33", "PARA.500")]
    [InlineData("100%", null)]
    public async Task The_public_page_finds_with_and_without_diacritics(string words, string? code)
    {
        await Open();
        await Put(Service("SA.001", "Siêu âm ổ bụng", 43_900));
        await Put(Service("XQ.001", "Chụp X-quang ngực", 56_700));
        await Put(
            new(PriceItemKind.Drug, "PARA.500", "Paracetamol", "Viên", "VD-33", SelfPay: 480)
        );
        await Publish("2026-11-23");
        var page = await Page($"/prices?facility={facility}&q={Uri.EscapeDataString(words)}");
        foreach (var known in (string[])["SA.001", "XQ.001", "PARA.500"])
        {
            Assert.Equal(known == code, page.Contains(known, StringComparison.Ordinal));
        }
        Assert.Contains("có hiệu lực từ", page);
    }

    [Fact]
    public async Task A_workbook_is_compared_first_and_taken_as_a_whole()
    {
        await Open();
        await Put(Service("A", "Khám", 1_000));
        await Put(Service("GONE", "Bỏ", 1_000));
        var preview = await Upload(book =>
        {
            var sheet = book.AddWorksheet("Giá");
            sheet.Cell("A1").SetValue("BẢNG GIÁ NĂM 2026");
            Row(
                sheet,
                3,
                "STT",
                "TÊN DỊCH VỤ",
                "Mã dịch vụ",
                "ĐVT",
                "Giá BHYT",
                "Gia yeu cau",
                "Loại",
                "Số đăng ký"
            );
            Row(sheet, 4, 1, "Khám", "A", "Lần", 2_000, "", "Dịch vụ", "");
            Row(sheet, 5, 2, "Thuốc B", "B", "Viên", "1.250", "", "Thuốc", "VD-7");
        });
        Assert.Equal("B", (string?)preview["difference"]!["added"]![0]!["code"]);
        Assert.Equal(2_000, (long?)preview["difference"]!["changed"]![0]!["after"]!["insurance"]);
        Assert.Equal("GONE", (string?)preview["difference"]!["removed"]![0]!["code"]);
        Assert.Equal(2, (await Draft()).Count);

        var take = $"{Lists}/draft/uploads/{preview["id"]}/take?revision=";
        await Refused(HttpStatusCode.Conflict, Client.PostAsync(take + "0", null));
        var taken = await Client.PostAsync(take + preview["revision"], null);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        var draft = await Draft();
        Assert.Equal(["A", "B"], draft.Select(line => (string?)line!["code"]));
        Assert.Equal(1_250, (long?)draft[1]!["insurance"]);
    }

    [Fact]
    public async Task Every_wrong_cell_is_named_and_nothing_is_taken()
    {
        await Open();
        var preview = await Upload(book =>
        {
            var sheet = book.AddWorksheet("Giá");
            Row(sheet, 1, "Mã", "Tên", "Đơn vị", "Giá BHYT", "Loại");
            Row(sheet, 2, "A", "Khám", "Lần", "12,5", "");
            Row(sheet, 3, "", "Khám", "Lần", 1, "Thuoc");
            Row(sheet, 4, "C", "Khám", "Lần", 1.5, "xe");
            Row(sheet, 5, "D", "Khám", "Lần", 1, "");
            Row(sheet, 6, "D", "Khám", "Lần", 1, "");
        });
        Assert.Null(preview["id"]);
        var cells = preview["errors"]!
            .AsArray()
            .Select(error => (string?)error!["cell"])
            .ToHashSet();
        Assert.Equal(["D2", "A3", "D4", "E4", "A6"], cells);
        Assert.Empty(await Draft());
    }

    [Theory]
    [InlineData("không phải Excel", "không phải tệp Excel")]
    [InlineData("PK\u0003\u0004 cut off", "không phải tệp Excel")]
    [InlineData("", "không phải tệp Excel")]
    public async Task A_file_that_is_no_workbook_gives_a_clear_error(string content, string words)
    {
        await Open();
        var problem = await Refused(
            HttpStatusCode.BadRequest,
            Send(Encoding.UTF8.GetBytes(content))
        );
        Assert.Contains(words, problem);
    }

    [Fact]
    public async Task A_workbook_without_the_columns_says_which_are_needed()
    {
        await Open();
        using var book = new XLWorkbook();
        Row(book.AddWorksheet("x"), 1, "Họ tên", "Lớp");
        var problem = await Refused(HttpStatusCode.BadRequest, Send(Bytes(book)));
        Assert.Contains("Mã, Tên, Đơn vị", problem);
    }

    [Fact]
    public async Task The_editor_page_shows_the_draft_and_its_difference()
    {
        await Open();
        await Put(Service("A", "Khám nội", 1_000));
        var page = await Page($"/price-lists/{facility}");
        Assert.Contains("Khám nội", page);
        Assert.Contains("Công bố phiên bản 1", page);
    }

    private string Data(string file) => $"/open-data/prices/{facility}.{file}";

    private static PriceLine Service(string code, string name, long insurance) =>
        new(PriceItemKind.Service, code, name, "Lần", Insurance: insurance);

    private async Task<string> Page(string path) =>
        WebUtility.HtmlDecode(await Client.GetStringAsync(path));

    private async Task Open() =>
        (await Client.PutAsJsonAsync(Lists, new { name = "Trạm thử" })).EnsureSuccessStatusCode();

    private async Task Put(PriceLine line) =>
        (await Client.PutAsJsonAsync($"{Lists}/draft/lines", line)).EnsureSuccessStatusCode();

    private async Task Publish(string day) =>
        (
            await Client.PostAsJsonAsync($"{Lists}/versions", new { validFrom = day })
        ).EnsureSuccessStatusCode();

    private async Task<JsonArray> Draft() =>
        (await Client.GetFromJsonAsync<JsonObject>($"{Lists}/draft"))!["lines"]!.AsArray();

    private async Task<JsonObject> Upload(Action<XLWorkbook> fill)
    {
        using var book = new XLWorkbook();
        fill(book);
        var answer = await Send(Bytes(book));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private Task<HttpResponseMessage> Send(byte[] file) =>
        Client.PostAsync(
            $"{Lists}/draft/uploads",
            new MultipartFormDataContent { { new ByteArrayContent(file), "file", "gia.xlsx" } }
        );

    private static byte[] Bytes(XLWorkbook book)
    {
        using var stream = new MemoryStream();
        book.SaveAs(stream);
        return stream.ToArray();
    }

    private static void Row(IXLWorksheet sheet, int row, params object[] values)
    {
        for (var column = 0; column < values.Length; column++)
        {
            var cell = sheet.Cell(row, column + 1);
            if (values[column] is string text)
            {
                cell.SetValue(text);
            }
            else
            {
                cell.SetValue(Convert.ToDouble(values[column]));
            }
        }
    }

    private static async Task<string> Refused(HttpStatusCode status, Task<HttpResponseMessage> call)
    {
        var answer = await call;
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
    }
}
