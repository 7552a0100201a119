using System.Security.Cryptography;
using SharedKernel.Contracts;
using SharedKernel.Payments.Invoices;
using SharedKernel.Persistence;

namespace Interop.Host.Demo;

/// <summary>
/// Accounts of the hospital, the station and the school at a made-up holder's bank, a bank that may tell of transfers, and two bills of the
/// demo's citizen, one of them paid by card.
/// </summary>
internal static class FeeDemo
{
    /// <summary>Name of the bank's connection in <c>/api/payments/notifications/{bank}</c>.</summary>
    public const string Bank = "demo";
    public const string Bin = "970436";
    public const string HospitalAccount = "0123456789";

    public static string SecretFile(string dataFolder) =>
        Path.Combine(dataFolder, "demo-bank-secret.txt");

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        OwnerOnly.Write(
            SecretFile(services.GetRequiredService<HostOptions>().DataFolder),
            RandomNumberGenerator.GetHexString(40, lowercase: true)
        );
        var set = services.GetRequiredService<SetPayeeAccount>();
        foreach (
            var (organisation, account, holder) in new[]
            {
                (DemoPopulation.HospitalCode, HospitalAccount, "BV DA KHOA KV AN HOA (MAU)"),
                (DemoPopulation.StationCode, "0123456790", "TYT XA AN HOA (MAU)"),
                (DemoPopulation.SchoolCode, "0123456791", "TRUONG THCS AN HOA (MAU)"),
            }
        )
        {
            await set.Run(organisation, new(Bin, account, holder), cancel);
        }
        var parent = population.People[
            population.People.First(person => person.Guardian is not null).Guardian!.Value
        ];
        var issue = services.GetRequiredService<IssueInvoice>();
        var take = services.GetRequiredService<TakePayment>();
        foreach (var (code, isPaid) in new[] { ("XN.001", true), ("SA.001", false) })
        {
            var invoice = await issue.Issue(
                new(
                    DemoPopulation.HospitalCode,
                    InvoicePurpose.HospitalFee,
                    parent.Details.FullName,
                    [
                        new(PriceItemKind.Service, "KB.001", PriceKind.SelfPay, 1),
                        new(PriceItemKind.Service, code, PriceKind.SelfPay, 1),
                    ],
                    $"demo/{code}",
                    parent.Id
                ),
                cancel
            );
            if (isPaid)
            {
                await take.Run(
                    invoice.Id,
                    new(SharedKernel.Payments.Ledger.Channel.Card, invoice.Due),
                    cancel
                );
            }
        }
    }
}
