using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Education.LearningRecords.Tuition;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Transfers;
using Testing;

namespace Education.Tests;

/// <summary>A private school's year of fees as its people, its families and its bank go through it.</summary>
public sealed class TuitionTests(TuitionTests.Server server) : IClassFixture<TuitionTests.Server>
{
    private const string School = "0100100009";
    private const int Year = 2026;
    private const string Secret = "a-secret-of-the-bank-0009";
    private const long Tuition = 900_000;
    private const long Water = 15_000;
    private static readonly byte[] Paper = [.. "%PDF-1.4 giay xac nhan"u8];

    private static readonly Person Head = new("ht-tu-thuc", Role.SchoolHead, School);
    private static readonly Person Deputy = new("php-tu-thuc", Role.SchoolHead, School);
    private static readonly Person OtherHead = new(
        "ht-noi-khac",
        Role.SchoolHead,
        SchoolServer.SchoolB
    );

    [Fact]
    public async Task A_class_is_billed_once_and_paid_late_and_twice()
    {
        var (classId, pupils) = await server.NewClass(2);
        using var head = await server.People.As(Head);
        var preview = await Bills(head, classId, "2026-09");
        Assert.All(
            preview.Pupils,
            pupil =>
            {
                Assert.Equal(BillState.New, pupil.State);
                Assert.Equal((Tuition + Water, 0L), (pupil.Due, pupil.Covered));
                Assert.Null(pupil.Invoice);
            }
        );
        var billed = await Bill(head, classId, "2026-09");
        Assert.Equal(
            2,
            billed.Pupils.Select(pupil => pupil.Invoice).OfType<Guid>().Distinct().Count()
        );
        var again = await Bill(head, classId, "2026-09");
        Assert.Equal(
            billed.Pupils.Select(pupil => pupil.Invoice),
            again.Pupils.Select(pupil => pupil.Invoice)
        );
        Assert.All(again.Pupils, pupil => Assert.Equal(BillState.Billed, pupil.State));

        using var parent = await server.ParentOf(pupils[0]);
        var owed = await Fees(parent, pupils[0]);
        var invoice = Assert.Single(owed.Bills);
        Assert.Equal(Tuition + Water, owed.Owed);
        Assert.Contains(invoice.Reference, invoice.Qr);

        // Told late, after the day on which it was due, and told twice.
        Assert.Equal(
            "Paid",
            await Notify("T1", 500_000, $"HP con {invoice.Reference}", "2027-01-20")
        );
        Assert.Equal(
            "Paid",
            await Notify("T1", 500_000, $"HP con {invoice.Reference}", "2027-01-20")
        );
        var partly = Assert.Single((await Fees(parent, pupils[0])).Bills);
        Assert.Equal((PaymentState.Partial, 500_000L), (partly.State, partly.Paid));
        await Notify("T2", Tuition + Water - 500_000, invoice.Reference, "2027-01-21");
        owed = await Fees(parent, pupils[0]);
        var paid = Assert.Single(owed.Bills);
        Assert.Equal((PaymentState.Paid, 0L), (paid.State, owed.Owed));
        Assert.Equal(2, paid.Receipts.Count);
        using var receipt = await parent.GetAsync(
            $"/api/invoices/{paid.Id}/receipts/{paid.Receipts[0].Entry}"
        );
        Assert.Equal("application/pdf", receipt.Content.Headers.ContentType?.MediaType);

        var debts = await head.GetFromJsonAsync<List<Debt>>($"/education/schools/{School}/debts");
        Assert.DoesNotContain(debts!, debt => debt.Student == pupils[0].Value);
        Assert.Equal(
            Tuition + Water,
            Assert.Single(debts!, debt => debt.Student == pupils[1].Value).Left
        );
        using var letter = await head.GetAsync(
            $"/education/schools/{School}/debts/{pupils[1]}/letter"
        );
        Assert.Equal("application/pdf", letter.Content.Headers.ContentType?.MediaType);
        using var none = await head.GetAsync(
            $"/education/schools/{School}/debts/{pupils[0]}/letter"
        );
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Two_who_bill_at_once_make_one_bill_each_pupil()
    {
        var (classId, pupils) = await server.NewClass(3);
        using var head = await server.People.As(Head);
        using var deputy = await server.People.As(Deputy);
        var url = $"/education/classes/{classId}/bills/2026-09";
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? head : deputy).PostAsync(url, null))
        );
        Assert.All(
            answers,
            answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict)
        );
        Assert.Contains(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        await Bill(head, classId, "2026-09");
        await using var scope = server.People.Scope();
        var invoices = scope.ServiceProvider.GetRequiredService<IInvoices>();
        foreach (var pupil in pupils)
        {
            Assert.Single(await invoices.Of($"Tuition/{pupil}"));
        }
    }

    [Fact]
    public async Task A_policy_approved_late_comes_back_in_the_next_bill()
    {
        var (classId, pupils) = await server.NewClass(1);
        using var head = await server.People.As(Head);
        using var deputy = await server.People.As(Deputy);
        await Bill(head, classId, "2026-09");
        var grant = await Grant(head, pupils[0], "GIAM70-DTTS");
        // Nothing counts before somebody else has approved it.
        Assert.Equal(Tuition + Water, (await Bills(head, classId, "2026-10")).Pupils[0].Due);
        using var self = await Decide(head, grant, approve: true);
        Assert.Equal(HttpStatusCode.Conflict, self.StatusCode);
        using var other = await Decide(deputy, grant, approve: true);
        Assert.Equal(HttpStatusCode.NoContent, other.StatusCode);
        using var twice = await Decide(deputy, grant, approve: false);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);

        // October: 30 % of tuition and water, less September's 70 %, which is more than that: the rest waits.
        var october = (await Bill(head, classId, "2026-10")).Pupils[0];
        Assert.Equal(0, october.Due);
        Assert.Equal(
            (new DateOnly(2026, 9, 1), -285_000L),
            (october.Lines[^1].Month, october.Lines[^1].Due)
        );
        Assert.StartsWith("Điều chỉnh tháng 09/2026", october.Lines[^1].Name);
        var november = (await Bill(head, classId, "2026-11")).Pupils[0];
        Assert.Equal(0, november.Due);
        var december = (await Bill(head, classId, "2026-12")).Pupils[0];
        // Three months at 285,000 less 630,000 are 225,000.
        Assert.Equal(225_000, december.Due);
        Assert.Equal(0, december.Credit);

        using var parent = await server.ParentOf(pupils[0]);
        var fees = await Fees(parent, pupils[0]);
        Assert.Equal(4, fees.Bills.Count);
        // The first invoice stands as it was issued.
        Assert.Equal(Tuition + Water, fees.Bills[^1].Due);
        Assert.Equal(Tuition + Water + 225_000, fees.Owed);
        Assert.Contains(
            fees.Reasons.Values.SelectMany(reasons => reasons),
            reason => reason.Contains("Giảm 70%")
        );
    }

    [Fact]
    public async Task Chosen_services_single_payments_and_those_of_a_class_reach_whom_they_are_for()
    {
        var (classId, pupils) = await server.NewClass(2);
        var (otherClass, _) = await server.NewClass(1);
        using var head = await server.People.As(Head);
        await server.Publish(
            head,
            new("HP", "Học phí", Tuition, IsTuition: true),
            new("NUOC", "Nước uống", Water),
            new("BANTRU", "Bán trú", 300_000, Chosen: true),
            new("DONGPHUC", "Đồng phục", 250_000, OnceIn: "2027-02", Class: classId)
        );
        using var chosen = await head.PostAsJsonAsync(
            $"/education/schools/{School}/fees/{Year}/choices",
            new FeeChoiceRequest("BANTRU", [pupils[1].Value], "2027-02")
        );
        Assert.Equal(HttpStatusCode.NoContent, chosen.StatusCode);
        var february = (await Bills(head, classId, "2027-02")).Pupils.ToDictionary(p => p.Student);
        Assert.Equal(1_165_000, february[pupils[0].Value].Due);
        Assert.Equal(1_465_000, february[pupils[1].Value].Due);
        var march = (await Bills(head, classId, "2027-03")).Pupils.ToDictionary(p => p.Student);
        Assert.Equal(1_215_000, march[pupils[1].Value].Due);
        Assert.Equal(915_000, (await Bills(head, otherClass, "2027-02")).Pupils[0].Due);
    }

    [Fact]
    public async Task Only_the_family_and_the_school_see_what_is_owed()
    {
        var (classId, pupils) = await server.NewClass(2);
        using var head = await server.People.As(Head);
        var bill = await Bill(head, classId, "2026-09");
        var invoice = bill.Pupils.Single(pupil => pupil.Student == pupils[1].Value).Invoice;
        using var parent = await server.ParentOf(pupils[0]);
        Assert.Single((await Fees(parent, pupils[0])).Bills);
        using var others = await parent.GetAsync($"/education/students/{pupils[1]}/fees");
        Assert.Equal(HttpStatusCode.Forbidden, others.StatusCode);
        using var page = await parent.GetAsync($"/students/{pupils[1]}/fees");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        using var itself = await parent.GetAsync($"/api/invoices/{invoice}");
        Assert.Equal(HttpStatusCode.NotFound, itself.StatusCode);
        using var stranger = await server.People.As(OtherHead);
        foreach (
            var url in new[]
            {
                $"/education/students/{pupils[0]}/fees",
                $"/education/schools/{School}/debts",
                $"/education/schools/{School}/fees/{Year}",
                $"/education/classes/{classId}/bills/2026-09",
            }
        )
        {
            using var refused = await stranger.GetAsync(url);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_wrong_is_refused()
    {
        var (classId, pupils) = await server.NewClass(1);
        using var head = await server.People.As(Head);
        var plans = $"/education/schools/{School}/fees/{Year}";
        foreach (
            var wrong in new FeePlanRequest[]
            {
                new([]),
                new([new("HP", "Học phí", 0)]),
                new([new("HP", "Học phí", 1), new("HP", "Trùng mã", 1)]),
                new([new("HP", "Học phí", 1)], ValidFrom: "2025-01"),
                new([new("HP", "Học phí", 1, IsTuition: true, OnceIn: "2026-09")]),
                new([new("HP", "Học phí", 1, Class: Guid.CreateVersion7())]),
            }
        )
        {
            using var refused = await head.PostAsJsonAsync(plans, wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        foreach (var month in new[] { "2026-13", "2026-01", "x" })
        {
            using var refused = await head.GetAsync($"/education/classes/{classId}/bills/{month}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        var policies = $"/education/students/{pupils[0]}/fee-policies";
        foreach (
            var wrong in new FeeGrantRequest[]
            {
                new("MP-CONGLAP", new(2026, 9, 1), null, "a.pdf", Paper),
                new("MP-CUTUYEN", new(2026, 9, 1), null, "a.pdf", Paper),
                new("GIAM70-DTTS", new(2026, 9, 1), null, "a.pdf", [1, 2, 3]),
                new("GIAM70-DTTS", new(2026, 9, 1), new(2026, 8, 1), "a.pdf", Paper),
            }
        )
        {
            using var refused = await head.PostAsJsonAsync(policies, wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        await Grant(head, pupils[0], "GIAM70-DTTS");
        using var again = await head.PostAsJsonAsync(
            policies,
            new FeeGrantRequest("GIAM70-DTTS", new(2026, 10, 1), null, "a.pdf", Paper)
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task The_pages_show_plan_preview_and_the_familys_code()
    {
        var (classId, pupils) = await server.NewClass(1);
        using var head = await server.People.As(Head);
        var fees = WebUtility.HtmlDecode(
            await head.GetStringAsync($"/school/fees?school={School}&year={Year}")
        );
        Assert.Contains("Mức thu", fees);
        var preview = await head.GetStringAsync($"/school/classes/{classId}/bills?month=2026-09");
        Assert.Contains("915.000", preview);
        await Bill(head, classId, "2026-09");
        using var parent = await server.ParentOf(pupils[0]);
        var own = await parent.GetStringAsync($"/students/{pupils[0]}/fees");
        Assert.Contains("VietQR", own);
        Assert.Contains("915.000", own);
        Assert.Contains("915.000", await parent.GetStringAsync("/my/bills"));
    }

    private static async Task<ClassBills> Bills(HttpClient client, Guid classId, string month) =>
        (await client.GetFromJsonAsync<ClassBills>($"/education/classes/{classId}/bills/{month}"))!;

    private static async Task<ClassBills> Bill(HttpClient client, Guid classId, string month)
    {
        using var answer = await client.PostAsync(
            $"/education/classes/{classId}/bills/{month}",
            null
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ClassBills>())!;
    }

    private static async Task<FamilyFees> Fees(HttpClient client, CitizenId pupil) =>
        (await client.GetFromJsonAsync<FamilyFees>($"/education/students/{pupil}/fees"))!;

    private static async Task<Guid> Grant(HttpClient client, CitizenId pupil, string policy)
    {
        using var answer = await client.PostAsJsonAsync(
            $"/education/students/{pupil}/fee-policies",
            new FeeGrantRequest(policy, new(Year, 9, 1), null, "giay.pdf", Paper)
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var grant = (await answer.Content.ReadFromJsonAsync<FeeGrant>())!.Id;
        Assert.Equal(
            Paper,
            await client.GetByteArrayAsync($"/education/fee-policies/{grant}/evidence")
        );
        return grant;
    }

    private static Task<HttpResponseMessage> Decide(HttpClient client, Guid grant, bool approve) =>
        client.PostAsJsonAsync(
            $"/education/fee-policies/{grant}/decision",
            new FeeDecision(approve, "đủ giấy tờ")
        );

    private async Task<string> Notify(string id, long amount, string content, string day)
    {
        var body = Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["transactionId"] = id,
                ["account"] = Server.Account,
                ["amount"] = amount,
                ["content"] = content,
                ["paidAt"] = $"{day}T08:00:00+07:00",
            }.ToJsonString()
        );
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/api/payments/notifications/vcb"
        )
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Signature", BankConnections.Sign(Secret, body));
        using var bank = server.People.NewBrowser();
        using var answer = await bank.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["state"]!.ToString();
    }

    /// <summary>A private school with a published plan, a bank account, and no class yet.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public const string Account = "90100100009";
        private int classes;

        public SchoolServer People { get; } =
            new()
            {
                More = new Dictionary<string, string?>
                {
                    ["Payments:Banks:vcb:Bin"] = "970436",
                    ["Payments:Banks:vcb:Secret"] = Secret,
                },
            };

        public async ValueTask InitializeAsync()
        {
            await ((IAsyncLifetime)People).InitializeAsync();
            await using var scope = People.Scope();
            var services = scope.ServiceProvider;
            await services
                .GetRequiredService<RegisterSchool>()
                .Run(new(School, "Trường THCS Tư thục T", SchoolLevel.LowerSecondary));
            await services
                .GetRequiredService<PlanSchoolYear>()
                .Run(
                    School,
                    new(Year, new(Year, 9, 1), new(Year + 1, 1, 18), new(Year + 1, 5, 31))
                );
            await services
                .GetRequiredService<SetPayeeAccount>()
                .Run(School, new("970436", Account, "TRUONG THCS T"), default);
            using var head = await People.As(Head);
            await Publish(
                head,
                new("HP", "Học phí", Tuition, IsTuition: true),
                new("NUOC", "Nước uống", Water)
            );
        }

        public async Task Publish(HttpClient head, params FeeItemRequest[] items)
        {
            using var answer = await head.PostAsJsonAsync(
                $"/education/schools/{School}/fees/{Year}",
                new FeePlanRequest(items, IsPrivate: true)
            );
            Assert.True(
                answer.StatusCode is HttpStatusCode.Created,
                await answer.Content.ReadAsStringAsync()
            );
        }

        public async Task<(Guid Class, IReadOnlyList<CitizenId> Pupils)> NewClass(int pupils)
        {
            await using var scope = People.Scope();
            var services = scope.ServiceProvider;
            var opened = await services
                .GetRequiredService<OpenClass>()
                .Run(School, new(Year, 6, $"6T{Interlocked.Increment(ref classes)}"));
            var found = new List<CitizenId>();
            for (var i = 0; i < pupils; i++)
            {
                var person = await services
                    .GetRequiredService<ICitizens>()
                    .Register(
                        new($"Phạm Thị {(char)('A' + i)}", new PartialDate(2015, 5, 1), Sex.Female)
                    );
                await services
                    .GetRequiredService<EnrolStudent>()
                    .Run(opened.Id, new(person.Citizen.Id.Value, From: new(Year, 9, 1)));
                found.Add(person.Citizen.Id);
            }
            return (opened.Id, found);
        }

        public async Task<HttpClient> ParentOf(CitizenId pupil)
        {
            await using var scope = People.Scope();
            var services = scope.ServiceProvider;
            var mother = await services
                .GetRequiredService<ICitizens>()
                .Register(new("Lê Thị Mẹ", new PartialDate(1985, 1, 1), Sex.Female));
            await services.GetRequiredService<LinkGuardian>().Run(pupil, mother.Citizen.Id);
            return await People.As(Person.Of(mother.Citizen.Id));
        }

        public ValueTask DisposeAsync() => People.DisposeAsync();
    }
}
