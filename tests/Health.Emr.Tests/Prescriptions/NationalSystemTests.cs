using Health.Contracts;
using Health.Emr.Prescriptions;
using Health.Emr.Prescriptions.National;
using Microsoft.Extensions.DependencyInjection;
using PrescriptionSandbox;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using Testing;
using static Health.Emr.Prescriptions.National.SendPrescription;

namespace Health.Emr.Tests.Prescriptions;

/// <summary>
/// Prescriptions reach the national system through the outbox, whatever it does meanwhile: each is taken once, none is lost, and its receipt is kept.
/// </summary>
public sealed class NationalSystemTests(NationalSystemTests.Server server)
    : IClassFixture<NationalSystemTests.Server>
{
    /// <summary>A facility of these tests alone, so that the demo's prescriptions do not use up the faults.</summary>
    private const string Facility = "40999";

    public sealed class Server : DemoServer
    {
        public Sandbox Sandbox { get; } = new();

        /// <summary>The facility's doctor.</summary>
        public Account Doctor { get; private set; } = null!;

        protected override IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?>
            {
                ["National:Prescriptions:Address"] = Sandbox.Address.ToString(),
                ["National:Prescriptions:TimeoutSeconds"] = "1",
                [$"National:Prescriptions:Facilities:{Facility}:Code"] = Sandbox.Facility,
                [$"National:Prescriptions:Facilities:{Facility}:Password"] = Sandbox.Password,
            };

        public override async ValueTask InitializeAsync()
        {
            await Sandbox.Start("http://127.0.0.1:0");
            await base.InitializeAsync();
            Doctor = await this.AddDoctor("bacsi-lienthong", Facility);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Sandbox.DisposeAsync();
        }
    }

    [Fact]
    public async Task Through_every_fault_each_prescription_is_taken_once_and_has_its_receipt()
    {
        Fault[] faults =
        [
            Fault.TokenEnded,
            Fault.Slow,
            Fault.Unavailable,
            Fault.FailsAfterTaking,
            Fault.Garbled,
            Fault.NoAnswer,
        ];
        foreach (var fault in faults)
        {
            server.Sandbox.Faults.Enqueue(fault);
        }
        var codes = new List<string>();
        for (var i = 0; i <= faults.Length; i++)
        {
            codes.Add(await Signed($"04018490030{i}"));
        }
        foreach (var code in codes)
        {
            var receipt = await Settled(code);
            Assert.Equal(Outcome.Received, receipt.Outcome);
            Assert.Contains(code, server.Sandbox.Taken.Keys);
            Assert.Equal(PrescriptionState.Sent, (await Read(code)).State);
        }
        Assert.Empty(server.Sandbox.Faults);
        // Only what was certainly not taken was sent again.
        Assert.Equal(codes.Count + 1, codes.Sum(code => server.Sandbox.Sent[code]));
        Assert.All(
            codes,
            code =>
                Assert.Empty(
                    FieldRules.Check(System.Text.Json.JsonElement.Parse(server.Sandbox.Taken[code]))
                )
        );

        // The same event again, as the outbox may bring it, sends nothing.
        await using var scope = server.Scope();
        await scope
            .ServiceProvider.GetRequiredService<SendPrescription>()
            .Handle(
                new PrescriptionIssued(
                    Guid.CreateVersion7(),
                    TimeProvider.System.GetUtcNow(),
                    codes[0],
                    "x",
                    Facility
                ),
                default
            );
        Assert.Equal(codes.Count + 1, codes.Sum(code => server.Sandbox.Sent[code]));
    }

    [Fact]
    public async Task What_is_refused_says_why_and_waits_for_a_person()
    {
        var code = await Signed("040184900320");
        Assert.Equal(Outcome.Received, (await Settled(code)).Outcome);
        var refusedCode = await SignedWhileRefused("040184900321");
        var refused = await Settled(refusedCode);
        Assert.Equal(Outcome.Refused, refused.Outcome);
        Assert.Contains("Mã liên thông bác sĩ không còn hiệu lực", refused.Errors);
        Assert.Equal(PrescriptionState.Signed, (await Read(refusedCode)).State);

        await using var scope = AsDoctor();
        var again = await scope
            .ServiceProvider.GetRequiredService<SendPrescription>()
            .Run(refusedCode);
        Assert.Equal(Outcome.Received, again.Outcome);
        Assert.NotEmpty(again.Checksum!);
        Assert.Equal(PrescriptionState.Sent, (await Read(refusedCode)).State);
    }

    [Fact]
    public async Task Controlled_drugs_go_with_their_course()
    {
        var code = await Signed("040184900322", "diaz5");
        Assert.EndsWith("-h", code);
        Assert.Equal(Outcome.Received, (await Settled(code)).Outcome);
        var body = System.Text.Json.JsonElement.Parse(server.Sandbox.Taken[code]);
        Assert.Equal("h", body.GetProperty("loai_don_thuoc").GetString());
        Assert.Equal(3, body.GetProperty("gioi_tinh").GetInt32());
        Assert.Equal(1, body.GetProperty("dot_dung_thuoc").GetProperty("dot").GetInt32());
        Assert.Equal(
            "diaz5",
            body.GetProperty("thong_tin_don_thuoc")[0].GetProperty("ma_thuoc").GetString()
        );
    }

    [Fact]
    public async Task A_facility_without_an_account_there_sends_nothing()
    {
        using var doctor = await server.SignInAs("bacsi");
        var code = await ClinicTests.Sign(doctor, await ClinicTests.Visit(doctor, "040184900323"));
        Assert.Equal(Outcome.NotConnected, (await Read(code)).Receipt.Outcome);
        Assert.DoesNotContain(code, server.Sandbox.Sent.Keys);
    }

    private async Task<string> SignedWhileRefused(string personalId)
    {
        server.Sandbox.Faults.Enqueue(Fault.Refused);
        return await Signed(personalId);
    }

    private async Task<string> Signed(string personalId, string drug = "para500")
    {
        using var doctor = await server.SignInAs(server.Doctor.UserName!);
        var encounter = await ClinicTests.Visit(doctor, personalId);
        await using var scope = AsDoctor();
        var result = await scope
            .ServiceProvider.GetRequiredService<IssuePrescription>()
            .Run(encounter, new PrescriptionDraft([new(drug, 1, 2, 5)], FollowUpDays: 7));
        return result.Codes[0];
    }

    private AsyncServiceScope AsDoctor()
    {
        var scope = server.Services.CreateAsyncScope();
        scope
            .ServiceProvider.GetRequiredService<ICurrentCaller>()
            .Become(
                new Caller(
                    server.Doctor.Id,
                    server.Doctor.FullName,
                    server.Doctor.Roles.ToHashSet(),
                    Facility
                )
            );
        return scope;
    }

    private async Task<ReadPrescription.Result> Read(string code)
    {
        await using var scope = server.Scope();
        return await scope.ServiceProvider.GetRequiredService<ReadPrescription>().Run(code);
    }

    /// <summary>The receipt once the outbox has come to an end with it.</summary>
    private async Task<Receipt> Settled(string code)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var receipt = (await Read(code)).Receipt;
            if (receipt.Outcome is Outcome.Received or Outcome.Refused or Outcome.NotNeeded)
            {
                return receipt;
            }
            await Task.Delay(100, patience.Token);
        }
    }
}
