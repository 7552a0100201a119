using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Health.Emr.Prescriptions.National;

/// <summary>
/// The national prescription system's interface (QĐ 808/QĐ-BYT, 01/04/2022): a facility signs in, a prescription is sent, and whether one is there can
/// be asked. It knows nothing of retries or receipts.
/// </summary>
/// <remarks>
/// Configured by <c>National:Prescriptions</c>: <c>Address</c>, <c>AppName</c> and <c>AppKey</c> to ask, and for each facility
/// <c>Facilities:{code}:Code</c> and <c>:Password</c>. Passwords belong in the environment or a secret store.
/// </remarks>
public sealed class NationalSystem(IConfiguration configuration, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LifeOfAToken = TimeSpan.FromDays(6); // they last seven

    private readonly IConfigurationSection settings = configuration.GetSection(
        "National:Prescriptions"
    );
    private readonly Dictionary<string, (string Token, DateTimeOffset Until)> tokens = [];
    private readonly SemaphoreSlim signingIn = new(1);
    private HttpClient? http;

    /// <param name="Checksum">Of an accepted one.</param>
    /// <param name="Errors">Why it was refused; empty when it was accepted.</param>
    public sealed record Answer(string? Checksum, IReadOnlyList<string> Errors)
    {
        public bool IsAccepted => Errors.Count == 0;
    }

    public bool Serves(string facility) =>
        settings["Address"] is { Length: > 0 }
        && settings[$"Facilities:{facility}:Code"] is { Length: > 0 };

    /// <exception cref="NationalSystemUnavailable">It did not answer, or not as it should; it may or may not have taken it.</exception>
    public async Task<Answer> Send(
        string facility,
        NationalPrescription prescription,
        CancellationToken cancel
    )
    {
        var response = await Ask(
            facility,
            token =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/gui-don-thuoc")
                {
                    Content = JsonContent.Create(prescription, options: NationalPrescription.Json),
                };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                return request;
            },
            cancel
        );
        using (response)
        {
            var body = await Body(response, cancel);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => new Answer(Text(body, "checksum"), []),
                HttpStatusCode.UnprocessableEntity => new Answer(null, Errors(body)),
                _ => throw Unavailable($"{(int)response.StatusCode}"),
            };
        }
    }

    /// <summary>Whether it has a prescription; asked before one is sent again after an attempt of unknown end.</summary>
    /// <exception cref="NationalSystemUnavailable">It did not answer.</exception>
    public async Task<bool> Has(string facility, string code, CancellationToken cancel)
    {
        var response = await Ask(
            facility,
            token =>
            {
                var request = new HttpRequestMessage(
                    HttpMethod.Get,
                    $"/api/v1/thong-tin-don-thuoc/{code}"
                );
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                request.Headers.Add("app-name", settings["AppName"] ?? "records");
                request.Headers.Add("app-key", settings["AppKey"] ?? "");
                return request;
            },
            cancel
        );
        using (response)
        {
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Text(await Body(response, cancel), "ma_don_thuoc") == code,
                HttpStatusCode.NotFound => false,
                _ => throw Unavailable($"{(int)response.StatusCode}"),
            };
        }
    }

    public void Dispose()
    {
        http?.Dispose();
        signingIn.Dispose();
    }

    /// <summary>With the facility's token; a token that it no longer takes is fetched anew, once.</summary>
    private async Task<HttpResponseMessage> Ask(
        string facility,
        Func<string, HttpRequestMessage> request,
        CancellationToken cancel
    )
    {
        for (var isSecond = false; ; isSecond = true)
        {
            using var asked = request(await Token(facility, isSecond, cancel));
            var response = await Exchange(asked, cancel);
            if (response.StatusCode is not HttpStatusCode.Unauthorized || isSecond)
            {
                return response;
            }
            response.Dispose();
        }
    }

    private async Task<string> Token(string facility, bool isRefused, CancellationToken cancel)
    {
        await signingIn.WaitAsync(cancel);
        try
        {
            if (
                !isRefused
                && tokens.TryGetValue(facility, out var known)
                && clock.GetUtcNow() < known.Until
            )
            {
                return known.Token;
            }
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                "/api/auth/dang-nhap-co-so-kham-chua-benh"
            )
            {
                Content = JsonContent.Create(
                    new
                    {
                        ma_lien_thong_co_so_kham_chua_benh = settings[
                            $"Facilities:{facility}:Code"
                        ],
                        password = settings[$"Facilities:{facility}:Password"],
                    }
                ),
            };
            using var response = await Exchange(request, cancel);
            var token = response.IsSuccessStatusCode
                ? Text(await Body(response, cancel), "token")
                : null;
            if (token is null)
            {
                throw Unavailable($"sign-in of {facility}: {(int)response.StatusCode}");
            }
            tokens[facility] = (token, clock.GetUtcNow() + LifeOfAToken);
            return token;
        }
        finally
        {
            signingIn.Release();
        }
    }

    private async Task<HttpResponseMessage> Exchange(
        HttpRequestMessage request,
        CancellationToken cancel
    )
    {
        http ??= new HttpClient
        {
            BaseAddress = new Uri(settings["Address"]!),
            Timeout = TimeSpan.FromSeconds(settings.GetValue("TimeoutSeconds", 15d)),
        };
        try
        {
            return await http.SendAsync(request, cancel);
        }
        catch (HttpRequestException error)
        {
            throw new NationalSystemUnavailable(error.Message, error);
        }
        catch (TaskCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new NationalSystemUnavailable("no answer in time", error);
        }
    }

    private static async Task<JsonElement> Body(
        HttpResponseMessage response,
        CancellationToken cancel
    )
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<JsonElement>(cancel);
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            throw new NationalSystemUnavailable("the answer cannot be read", error);
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind is JsonValueKind.Object && body.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;

    private static IReadOnlyList<string> Errors(JsonElement body) =>
        body.ValueKind is JsonValueKind.Object
        && body.TryGetProperty("danh_sach_cac_loi", out var list)
        && list.ValueKind is JsonValueKind.Array
        && list.GetArrayLength() > 0
            ? [.. list.EnumerateArray().Select(error => error.ToString())]
            : [Text(body, "success") ?? "?"];

    private static NationalSystemUnavailable Unavailable(string what) => new(what, null);
}

/// <summary>Told to the outbox, which tries again later.</summary>
public sealed class NationalSystemUnavailable(string what, Exception? inner)
    : Exception($"The national prescription system: {what}", inner);
