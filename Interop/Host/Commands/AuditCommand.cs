using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;

namespace Interop.Host.Commands;

/// <summary><c>audit verify sign prove check</c>: shows that the audit trail is whole, or which row is not.</summary>
internal static class AuditCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
    };

    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var kept = new Option<FileInfo[]>("--kept")
        {
            Description = "Checkpoints that were fetched from /open-data/audit and kept elsewhere.",
            AllowMultipleArgumentsPerToken = true,
        };
        kept.AcceptExistingOnly();
        var verify = new Command(
            "verify",
            "Read the whole trail; name every row that was changed, removed or re-ordered."
        )
        {
            kept,
        };
        verify.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    (services, token) => Verify(services, parsed.GetValue(kept) ?? [], token),
                    cancel
                )
        );

        var sign = new Command("sign", "Sign the head of the trail now and publish it.");
        sign.SetAction((parsed, cancel) => With(options(parsed), Sign, cancel));

        var sequence = new Argument<long>("sequence") { Description = "Number of the audit row." };
        var prove = new Command("prove", "Print the proof that one row is in the signed trail.")
        {
            sequence,
        };
        prove.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    async (services, token) =>
                    {
                        var proof = await services
                            .GetRequiredService<ProveAuditRow>()
                            .Run(parsed.GetValue(sequence), token);
                        Console.WriteLine(JsonSerializer.Serialize(proof, Json));
                        return 0;
                    },
                    cancel
                )
        );
        return new Command("audit", "Verify the audit trail, sign its head, prove a row.")
        {
            verify,
            sign,
            prove,
            Check(),
        };
    }

    /// <summary>Needs no database: whoever has the published key can run it.</summary>
    private static Command Check()
    {
        var file = new Argument<FileInfo>("proof") { Description = "A file made by audit prove." };
        file.AcceptExistingOnly();
        var key = new Option<string>("--key")
        {
            Description = "The public key, as /open-data/audit/key gives it.",
            Required = true,
        };
        var check = new Command("check", "Check such a proof with the public key alone.")
        {
            file,
            key,
        };
        check.SetAction(parsed =>
        {
            if (AuditPublicKey.Parse(parsed.GetValue(key)!) is not { } trusted)
            {
                return Refuse("--key: not a key such as records/audit+0123abcd+AQID….", 2);
            }
            try
            {
                var proof = JsonSerializer.Deserialize<AuditProof>(
                    File.ReadAllText(parsed.GetValue(file)!.FullName),
                    Json
                )!;
                if (proof.Fault(trusted) is { } fault)
                {
                    return Refuse(fault, 1);
                }
                Console.WriteLine(
                    $"Row {proof.Sequence} is in the trail of {proof.TreeSize} rows that was signed:"
                );
                Console.WriteLine(proof.Entry);
                return 0;
            }
            catch (JsonException error)
            {
                return Refuse($"The file is no proof: {error.Message}", 2);
            }
        });
        return check;
    }

    /// <summary>0 when the trail is whole, 1 when it is not.</summary>
    private static async Task<int> Verify(
        IServiceProvider services,
        FileInfo[] kept,
        CancellationToken cancel
    )
    {
        var notes = new List<string>();
        foreach (var file in kept)
        {
            notes.Add(await File.ReadAllTextAsync(file.FullName, cancel));
        }
        var verdict = await services.GetRequiredService<VerifyAudit>().Run(notes, cancel);
        foreach (var fault in verdict.Faults)
        {
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"row {fault.Sequence}: {fault.Reason}")
            );
        }
        Console.WriteLine(
            $"{verdict.Rows} rows, {verdict.Heads} signed heads, root {Convert.ToBase64String(verdict.Root)}: {(verdict.Faults.Count == 0 ? "whole" : $"{verdict.Faults.Count} faults")}."
        );
        return verdict.Faults.Count == 0 ? 0 : 1;
    }

    private static async Task<int> Sign(IServiceProvider services, CancellationToken cancel)
    {
        var head = await services.GetRequiredService<SignTreeHead>().Run(cancel);
        Console.Write(head?.Checkpoint ?? "The trail is empty.\n");
        return 0;
    }

    private static async Task<int> With(
        HostOptions options,
        Func<IServiceProvider, CancellationToken, Task<int>> action,
        CancellationToken cancel
    )
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        try
        {
            return await action(scope.ServiceProvider, cancel);
        }
        catch (Refusal refusal)
        {
            return Refuse(refusal.Message, refusal is NotFound or InvalidInput ? 2 : 1);
        }
    }

    private static int Refuse(string why, int code)
    {
        Console.Error.WriteLine($"audit: {why}");
        return code;
    }
}
