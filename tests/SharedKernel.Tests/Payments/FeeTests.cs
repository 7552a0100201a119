using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using SharedKernel.Payments.Transfers;
using Testing;

namespace SharedKernel.Tests.Payments;

/// <summary>A server that knows one bank.</summary>
public sealed class BankedServer : RecordsServer
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>
        {
            ["Payments:Banks:vcb:Bin"] = PriceWorld.Bin,
            ["Payments:Banks:vcb:Secret"] = PriceWorld.Secret,
        };
}

/// <summary>From the invoice to the receipt by HTTP: what is published, what the bank tells, what the counter does.</summary>
public sealed class FeeTests(BankedServer server) : IClassFixture<BankedServer>
{
    [Fact]
    public async Task What_is_not_published_cannot_be_charged()
    {
        var payee = await server.NewPayee();
        var response = await server.Client.PostAsJsonAsync(
            "/api/invoices",
            Draft(payee, [Item("K1", "OnDemand"), Item("X9", "SelfPay")])
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!;
        Assert.Contains("chưa công bố", errors["charges[0].code"]![0]!.ToString());
        Assert.Contains("X9", errors["charges[1].code"]![0]!.ToString());

        var other = new PriceWorld.Payee("69999", "1");
        response = await server.Client.PostAsJsonAsync(
            "/api/invoices",
            Draft(other, [Item("K1", "SelfPay")])
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Amounts_are_the_lists_and_others_pay_at_most_all_of_a_line()
    {
        var payee = await server.NewPayee();
        var charged = await server.Charge(
            payee,
            "",
            new Charge(PriceItemKind.Service, "K1", PriceKind.Insurance, 1, [new("BHYT", 32_000)]),
            new Charge(PriceItemKind.Drug, "T1", PriceKind.SelfPay, 2.5m)
        );
        // 2.5 × 1333 = 3332.5, halves up.
        Assert.Equal((43_333, 32_000, 11_333), (charged.Total, charged.Covered, charged.Due));
        await Assert.ThrowsAsync<InvalidInput>(() =>
            server.Charge(
                payee,
                "",
                new Charge(
                    PriceItemKind.Service,
                    "K1",
                    PriceKind.Insurance,
                    1,
                    [new("BHYT", 40_001)]
                )
            )
        );
    }

    [Fact]
    public async Task The_same_request_twice_is_one_invoice()
    {
        var payee = await server.NewPayee();
        var first = await server.Charge(payee, "lan-1");
        var second = await server.Charge(payee, "lan-1");
        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Id, (await server.Charge(payee, "lan-2")).Id);
    }

    [Fact]
    public async Task A_signed_notification_pays_once_and_its_receipt_is_numbered()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        Assert.Contains("5406100000", invoice.Qr);
        Assert.Contains($"0814{invoice.Reference}", invoice.Qr);

        var first = await Notify(payee, "A1", 60_000, $"mbvcb {invoice.Reference} ck");
        Assert.Equal("Paid", first["state"]!.ToString());
        Assert.Equal(invoice.Reference, first["reference"]!.ToString());
        Assert.Equal("Partial 60000", await State(invoice));
        var again = await Notify(payee, "A1", 60_000, $"mbvcb {invoice.Reference} ck");
        Assert.True((bool)again["duplicate"]!);
        await Notify(payee, "A2", 40_000, invoice.Reference);
        Assert.Equal("Paid 100000", await State(invoice));

        var detail = await server.Client.GetFromJsonAsync<JsonObject>(
            $"/api/invoices/{invoice.Id}"
        );
        var year = TimeProvider.System.Today().Year;
        Assert.Equal(
            [$"{year}/000001", $"{year}/000002"],
            detail!["movements"]!.AsArray().Select(one => one!["receipt"]!.ToString())
        );
        Assert.Null(detail["invoice"]!["qr"]);
        var pdf = await server.Client.GetByteArrayAsync(
            $"/api/invoices/{invoice.Id}/receipts/{detail["movements"]![0]!["entry"]}"
        );
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
    }

    [Fact]
    public async Task A_notification_that_is_not_the_banks_is_refused()
    {
        var payee = await server.NewPayee();
        var body = Body(payee, "B1", 1_000, "x");
        foreach (
            var signature in new[]
            {
                null,
                "sha256=",
                "sha256=zz",
                BankConnections.Sign("another-secret-of-0001", body),
                BankConnections.Sign(PriceWorld.Secret, [.. body, (byte)' ']),
            }
        )
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await Post("vcb", body, signature)).StatusCode
            );
        }
        var right = BankConnections.Sign(PriceWorld.Secret, body);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Post("acb", body, right)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await Post("vcb:Secret", body, right)).StatusCode
        );
    }

    [Fact]
    public async Task A_signed_notification_that_is_wrong_says_what_is_wrong()
    {
        var payee = await server.NewPayee();
        await Refused(HttpStatusCode.BadRequest, "{"u8.ToArray());
        await Refused(HttpStatusCode.BadRequest, Body(payee with { Account = "404" }, "C1", 1, ""));
        await Refused(HttpStatusCode.BadRequest, Body(payee, "C1", -5, ""));
        await Notify(payee, "C1", 5_000, "");
        await Refused(HttpStatusCode.Conflict, Body(payee, "C1", 6_000, ""));
        await Refused(HttpStatusCode.RequestEntityTooLarge, new byte[20_000]);

        async Task Refused(HttpStatusCode status, byte[] body) =>
            Assert.Equal(
                status,
                (await Post("vcb", body, BankConnections.Sign(PriceWorld.Secret, body))).StatusCode
            );
    }

    [Fact]
    public async Task Over_and_unmatched_payments_wait_for_a_cashier()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        await Notify(payee, "D1", 130_000, invoice.Reference);
        Assert.Equal("Overpaid 130000", await State(invoice));
        var entry = (int)
            (await server.Client.GetFromJsonAsync<JsonObject>($"/api/invoices/{invoice.Id}"))![
                "movements"
            ]![0]!["entry"]!;
        var refunds = $"/api/invoices/{invoice.Id}/refunds";
        await Status(
            HttpStatusCode.BadRequest,
            refunds,
            new
            {
                entry,
                amount = 130_001,
                reason = "thừa",
            }
        );
        await Status(
            HttpStatusCode.BadRequest,
            refunds,
            new
            {
                entry,
                amount = 30_000,
                reason = " ",
            }
        );
        await Status(
            HttpStatusCode.OK,
            refunds,
            new
            {
                entry,
                amount = 30_000,
                reason = "thừa",
            }
        );
        Assert.Equal("Paid 100000", await State(invoice));
        await Status(
            HttpStatusCode.OK,
            refunds,
            new
            {
                entry,
                amount = 100_000,
                reason = "hủy khám",
            }
        );
        Assert.Equal("Refunded 0", await State(invoice));

        var wrong = await Notify(payee, "D2", 70_000, "khong ghi ma");
        Assert.Equal("Unmatched", wrong["state"]!.ToString());
    }

    [Fact]
    public async Task What_the_bank_takes_back_is_owed_again()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        await Notify(payee, "E1", 100_000, invoice.Reference);
        await Notify(payee, "E2", 100_000, "", reverses: "E1");
        Assert.Equal("Refunded 0", await State(invoice));
        // Told before its transfer: the two settle each other, and the invoice is not paid.
        await Notify(payee, "E4", 100_000, "", reverses: "E3");
        Assert.Equal(
            "Refunded",
            (await Notify(payee, "E3", 100_000, invoice.Reference))["state"]!.ToString()
        );
        Assert.Equal("Refunded 0", await State(invoice));
    }

    [Fact]
    public async Task A_counter_takes_no_more_than_is_left_and_not_twice()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        var payments = $"/api/invoices/{invoice.Id}/payments";
        await Status(HttpStatusCode.BadRequest, payments, new { channel = 0, amount = 1_000 });
        await Status(HttpStatusCode.BadRequest, payments, new { channel = 1, amount = 100_001 });
        await Status(
            HttpStatusCode.OK,
            payments,
            new
            {
                channel = 1,
                amount = 50_000,
                expected = 0,
            }
        );
        await Status(
            HttpStatusCode.Conflict,
            payments,
            new
            {
                channel = 1,
                amount = 50_000,
                expected = 0,
            }
        );
        await Status(
            HttpStatusCode.Conflict,
            $"/api/invoices/{invoice.Id}/cancellation",
            new { reason = "nhầm" }
        );
        Assert.Equal("Partial 50000", await State(invoice));
    }

    [Fact]
    public async Task After_closing_money_counts_for_the_next_day()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        await Notify(payee, "F1", 100_000, invoice.Reference);
        var closings = $"/api/payments/{payee.Code}/closings";
        var today = TimeProvider.System.Today();
        await Status(HttpStatusCode.Conflict, closings, new { day = today, lastEntry = 1 });
        await Status(HttpStatusCode.OK, closings, new { day = today, lastEntry = 2 });
        await Status(HttpStatusCode.Conflict, closings, new { day = today });
        await Notify(payee, "F2", 7_000, "tre");
        var open = await server.Client.GetFromJsonAsync<JsonObject>(closings);
        Assert.Null(open!["firstEntry"]);
        await Status(HttpStatusCode.BadRequest, closings, new { day = today.AddDays(1) });
    }

    private static object Item(string code, string kind) =>
        new
        {
            itemKind = "Service",
            code,
            priceKind = kind,
            quantity = 1,
        };

    private static object Draft(PriceWorld.Payee payee, object[] charges) =>
        new
        {
            payee = payee.Code,
            purpose = "Tuition",
            payerName = "Lê Văn Phụ Huynh",
            key = Guid.CreateVersion7().ToString(),
            charges,
        };

    private async Task<string> State(Invoice invoice) =>
        (await server.Client.GetFromJsonAsync<JsonObject>($"/api/invoices/{invoice.Id}/state"))![
            "state"
        ]!.ToString();

    private async Task Status(HttpStatusCode status, string path, object body)
    {
        var response = await server.Client.PostAsJsonAsync(path, body);
        Assert.True(
            status == response.StatusCode,
            $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}"
        );
    }

    private async Task<JsonObject> Notify(
        PriceWorld.Payee payee,
        string transaction,
        long amount,
        string content,
        string? reverses = null
    )
    {
        var body = Body(payee, transaction, amount, content, reverses);
        var response = await Post("vcb", body, BankConnections.Sign(PriceWorld.Secret, body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    private static byte[] Body(
        PriceWorld.Payee payee,
        string transaction,
        long amount,
        string content,
        string? reverses = null
    ) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["transactionId"] = $"{payee.Code}-{transaction}",
                ["account"] = payee.Account,
                ["amount"] = amount,
                ["content"] = content,
                ["paidAt"] = "2026-11-23T08:00:00+07:00",
                ["reverses"] = reverses is null ? null : $"{payee.Code}-{reverses}",
            }.ToJsonString()
        );

    private async Task<HttpResponseMessage> Post(string bank, byte[] body, string? signature)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/payments/notifications/{bank}"
        )
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/json");
        if (signature is not null)
        {
            request.Headers.Add("X-Signature", signature);
        }
        return await server.Client.SendAsync(request);
    }
}

/// <summary>Who sees a bill: its payer and its payee, nobody else.</summary>
[Collection<DemoServerTests>]
public sealed class BillAccessTests(DemoServer server)
{
    [Fact]
    public async Task A_citizen_sees_only_bills_of_their_own()
    {
        using var cashier = await server.SignInAs("thungan");
        var issued = await cashier.PostAsJsonAsync(
            "/api/invoices",
            new
            {
                payee = "40012",
                purpose = "HospitalFee",
                payerName = "Người Khác",
                key = Guid.CreateVersion7().ToString(),
                charges = new[]
                {
                    new
                    {
                        itemKind = "Service",
                        code = "KB.001",
                        priceKind = "SelfPay",
                        quantity = 1,
                    },
                },
            }
        );
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        var others = issued.Headers.Location!;
        using var citizen = await server.SignInAs("congdan");
        Assert.Equal(HttpStatusCode.NotFound, (await citizen.GetAsync(others)).StatusCode);
        Assert.Contains(
            "Chờ thanh toán",
            WebUtility.HtmlDecode(await citizen.GetStringAsync("/my/bills"))
        );
        using var teacher = await server.SignInAs("giaovien");
        Assert.Equal(HttpStatusCode.NotFound, (await teacher.GetAsync(others)).StatusCode);
        using var nurse = await server.SignInAs("dieuduong");
        Assert.Equal(HttpStatusCode.NotFound, (await nurse.GetAsync(others)).StatusCode);
        // The cashier of one organisation charges for no other.
        var wrong = await cashier.PostAsJsonAsync(
            "/api/invoices",
            new
            {
                payee = "40151",
                purpose = "HospitalFee",
                payerName = "x",
                key = "k",
                charges = Array.Empty<object>(),
            }
        );
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
    }
}
