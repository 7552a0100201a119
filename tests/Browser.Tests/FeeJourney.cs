using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using SharedKernel.Payments.Transfers;

namespace Browser.Tests;

/// <summary>Paying by QR while the bank tells it late, twice and without the reference; from the payer's and the cashier's side.</summary>
public sealed class FeeJourney(Browser browser)
{
    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_bill_is_paid_by_QR_and_every_transfer_finds_its_place(Screen screen)
    {
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var cashier = await browser.NewPage("thungan", screen);
        async Task Look(IPage page, string step)
        {
            await Browser.Picture(page, $"fees-{step}-{size}");
            await Browser.AssertAccessible(page);
        }

        // A doctor's fees of a visit, or here the counter: the invoice is made from the price list.
        var reference = await Issue(cashier, size);
        await cashier.GotoAsync("/cashier");
        await Look(cashier, "1-cashier");
        await cashier.Locator("#q").FillAsync(reference.ToLowerInvariant());
        await cashier.Locator("#q").PressAsync("Enter");
        await cashier.WaitForURLAsync("**/invoices/*");
        await Assertions.Expect(cashier.Locator("svg.qr")).ToBeVisibleAsync();
        await Look(cashier, "2-invoice");

        // Half of it first, told twice; the page sees the money without being asked to.
        Assert.Equal("Paid", await Tell(cashier, $"{size}-1", 40_000, $"MBVCB.1.{reference}.CK"));
        await Assertions
            .Expect(cashier.Locator(".page-head .badge"))
            .ToHaveTextAsync("Thu một phần");
        Assert.Equal("Paid", await Tell(cashier, $"{size}-1", 40_000, $"MBVCB.1.{reference}.CK"));

        // The rest without the reference waits for the cashier, who finds its place.
        Assert.Equal("Unmatched", await Tell(cashier, $"{size}-2", 10_000, $"vien phi {size}"));
        await cashier.GotoAsync("/cashier/transfers");
        var row = cashier.Locator("tr", new() { HasText = $"vien phi {size}" });
        await Assertions.Expect(row.Locator(".badge")).ToHaveTextAsync("Chưa khớp");
        await Look(cashier, "3-transfers");
        await row.GetByLabel("Mã hóa đơn").FillAsync(reference);
        await row.GetByLabel("Mã hóa đơn").PressAsync("Enter");
        await Assertions.Expect(row.Locator(".badge")).ToHaveTextAsync("Đã khớp");
        await row.GetByRole(AriaRole.Link, new() { Name = reference }).ClickAsync();
        await cashier.WaitForURLAsync("**/invoices/*");
        await Look(cashier, "4-paid");
        var receipt = await cashier
            .GetByRole(AriaRole.Link, new() { Name = "Biên lai" })
            .First.GetAttributeAsync("href");
        var pdf = await cashier.APIRequest.GetAsync(receipt!);
        Assert.Equal("application/pdf", pdf.Headers["content-type"]);

        await cashier.GotoAsync("/cashier/closing");
        await Assertions.Expect(cashier.Locator("table").First).ToContainTextAsync("Chuyển khoản");
        await Look(cashier, "5-closing");
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_citizen_sees_what_to_pay(Screen screen)
    {
        var page = await browser.NewPage("congdan", screen);
        await page.GotoAsync("/my/bills");
        await Assertions.Expect(page.Locator("svg.qr").First).ToBeVisibleAsync();
        await Browser.Picture(
            page,
            $"fees-my-bills-{(screen is Screen.Phone ? "phone" : "laptop")}"
        );
        await Browser.AssertAccessible(page);
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_citizen_reads_their_health_book(Screen screen)
    {
        var page = await browser.NewPage("congdan", screen);
        await page.GotoAsync("/my/health");
        await Assertions.Expect(page.Locator("#vaccinations")).ToBeVisibleAsync();
        await Browser.Picture(page, $"health-book-{(screen is Screen.Phone ? "phone" : "laptop")}");
        await Browser.AssertAccessible(page);
        var href = await page.GetByRole(AriaRole.Link, new() { Name = "IPS" })
            .GetAttributeAsync("href");
        var summary = await page.APIRequest.GetAsync(href!);
        Assert.Contains("60591-5", await summary.TextAsync());
    }

    private static async Task<string> Issue(IPage cashier, string key)
    {
        var response = await cashier.APIRequest.PostAsync(
            "/api/invoices",
            new()
            {
                DataObject = new
                {
                    payee = "40012",
                    purpose = "HospitalFee",
                    payerName = $"Phạm Văn Quét Mã {key}",
                    key = $"journey-{key}",
                    charges = new[]
                    {
                        new
                        {
                            itemKind = "Service",
                            code = "KB.001",
                            priceKind = "SelfPay",
                            quantity = 2,
                        },
                    },
                },
            }
        );
        var invoice = JsonNode.Parse(await response.TextAsync())!;
        Assert.True(response.Ok, invoice.ToJsonString());
        return invoice["reference"]!.ToString();
    }

    private async Task<string> Tell(IPage page, string transaction, long amount, string content)
    {
        var body = new JsonObject
        {
            ["transactionId"] = transaction,
            ["account"] = "0123456789",
            ["amount"] = amount,
            ["content"] = content,
            ["paidAt"] = "2026-11-23T08:00:00+07:00",
        }.ToJsonString();
        var secret = await File.ReadAllTextAsync(
            Path.Combine(browser.DataFolder, "demo-bank-secret.txt")
        );
        using var client = browser.NewClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/api/payments/notifications/demo"
        )
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add(
            "X-Signature",
            BankConnections.Sign(secret.Trim(), Encoding.UTF8.GetBytes(body))
        );
        var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["state"]!.ToString();
    }
}
