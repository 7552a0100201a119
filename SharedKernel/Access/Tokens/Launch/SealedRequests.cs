using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>An authorization request that waits for its user: on the page of consent or the one where a patient is picked.</summary>
/// <param name="Account">Who is signed in; nobody else can go on with it.</param>
/// <param name="Query">Of <c>/connect/authorize</c>, with its question mark.</param>
/// <param name="Scopes">That would be granted.</param>
internal sealed record WaitingRequest(
    string Account,
    string Client,
    string App,
    string Query,
    IReadOnlyList<string> Scopes,
    LaunchSubject? Subject
);

/// <summary>
/// Carries what was decided on our pages through the browser, sealed: an app that sends people to <c>/connect/authorize</c> can neither
/// pick the patient nor answer for them. Good for a quarter of an hour.
/// </summary>
internal sealed class SealedRequests(IDataProtectionProvider protection, ICurrentCaller current)
    : ILaunchRequests
{
    public const string PickedParameter = "picked";
    public const string RefusedParameter = "refused";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ITimeLimitedDataProtector waiting = protection
        .CreateProtector("Records.Launch.Waiting")
        .ToTimeLimitedDataProtector();

    private readonly ITimeLimitedDataProtector answers = protection
        .CreateProtector("Records.Launch.Answers")
        .ToTimeLimitedDataProtector();

    /// <param name="Patient">Null: the user refuses the app.</param>
    private sealed record Answer(string Account, string Client, string? Patient);

    public string Seal(WaitingRequest request) =>
        waiting.Protect(JsonSerializer.Serialize(request), Lifetime);

    /// <summary>Null when it is not one of the caller's, or too old.</summary>
    public WaitingRequest? Open(string? request) =>
        Read<WaitingRequest>(waiting, request) is { } found && found.Account == current.Caller.Id
            ? found
            : null;

    public string? AppOf(string request) => Open(request)?.App;

    public string Continue(string request, string patient)
    {
        var found = Demand(request);
        return WithAnswer(found, PickedParameter, patient);
    }

    public string Refuse(WaitingRequest request) => WithAnswer(request, RefusedParameter, null);

    public WaitingRequest Demand(string? request) =>
        Open(request)
        ?? throw new InvalidInput(
            "request",
            T.Of(
                "Yêu cầu này đã hết hạn. Hãy mở lại ứng dụng.",
                "This request has ended. Open the app again."
            )
        );

    public string? PickedBy(string account, string client, string? parameter) =>
        AnswerOf(account, client, parameter)?.Patient;

    public bool IsRefusedBy(string account, string client, string? parameter) =>
        AnswerOf(account, client, parameter) is { Patient: null };

    private string WithAnswer(WaitingRequest request, string parameter, string? patient) =>
        $"{AuthorizeClient.Path}{request.Query}&{parameter}={Uri.EscapeDataString(answers.Protect(JsonSerializer.Serialize(new Answer(request.Account, request.Client, patient)), Lifetime))}";

    private Answer? AnswerOf(string account, string client, string? parameter) =>
        Read<Answer>(answers, parameter) is { } answer
        && answer.Account == account
        && answer.Client == client
            ? answer
            : null;

    private static TValue? Read<TValue>(ITimeLimitedDataProtector protector, string? text)
        where TValue : class
    {
        if (text is not { Length: > 0 })
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<TValue>(protector.Unprotect(text));
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
