using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PrescriptionSandbox;

/// <summary>
/// Stands in for the national prescription system: sign-in, gui-don-thuoc with every field checked, and the question whether one is there. It counts
/// what it takes, and misbehaves when told to.
/// </summary>
public sealed class Sandbox : IAsyncDisposable
{
    public const string Facility = "lien-thong-40012";
    public const string Password = "sandbox";

    private static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> taken = new();
    private readonly ConcurrentDictionary<string, int> sent = new();
    private readonly ConcurrentDictionary<string, byte> tokens = new();
    private WebApplication? app;

    /// <summary>Each is used up by one call of gui-don-thuoc.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    public Uri Address => new(app!.Urls.First());

    /// <summary>By code: the body as it came.</summary>
    public IReadOnlyDictionary<string, string> Taken => taken;

    /// <summary>By code: how many times it came, taken or not.</summary>
    public IReadOnlyDictionary<string, int> Sent => sent;

    public Task Stopped => app!.WaitForShutdownAsync();

    public async Task Start(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        app = builder.Build();
        app.MapPost("/api/auth/dang-nhap-co-so-kham-chua-benh", SignIn);
        app.MapPost("/api/v1/gui-don-thuoc", (Delegate)Take);
        app.MapGet("/api/v1/thong-tin-don-thuoc/{code}", Find);
        app.MapPost("/sandbox/faults/{fault}", (Fault fault) => Faults.Enqueue(fault));
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private IResult SignIn(JsonElement body)
    {
        if (
            Text(body, "ma_lien_thong_co_so_kham_chua_benh") != Facility
            || Text(body, "password") != Password
        )
        {
            return Results.Json(new { error = "Sai mã liên thông hoặc mật khẩu" }, statusCode: 401);
        }
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        tokens[token] = 0;
        return Results.Ok(new { token, token_type = "bearer" });
    }

    private async Task<IResult> Take(HttpContext context)
    {
        Fault? fault = Faults.TryDequeue(out var next) ? next : null;
        if (!IsSignedIn(context))
        {
            return Results.Unauthorized();
        }
        if (fault is Fault.TokenEnded)
        {
            tokens.Clear();
            return Results.Unauthorized();
        }
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        JsonElement body;
        try
        {
            body = JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return Refused(["Nội dung không phải là JSON"]);
        }
        var code = Text(body, "ma_don_thuoc") ?? "";
        sent.AddOrUpdate(code, 1, (_, times) => times + 1);
        if (fault is Fault.Unavailable)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
        var errors =
            fault is Fault.Refused
                ? ["Mã liên thông bác sĩ không còn hiệu lực"]
                : FieldRules.Check(body);
        if (errors.Count > 0)
        {
            return Refused(errors);
        }
        if (!taken.TryAdd(code, text))
        {
            return Refused([$"Đơn thuốc {code} đã được gửi trước đó"]);
        }
        switch (fault)
        {
            case Fault.Slow:
                await Task.Delay(SlowAnswer);
                break;
            case Fault.FailsAfterTaking:
                return Results.StatusCode(StatusCodes.Status500InternalServerError);
            case Fault.Garbled:
                return Results.Text("<html>Bảo trì</html>", "text/html");
            case Fault.NoAnswer:
                context.Abort();
                break;
        }
        return Results.Ok(new { success = "Gửi đơn thuốc thành công", checksum = Checksum(text) });
    }

    private static IResult Refused(IReadOnlyList<string> errors) =>
        Results.Json(
            new
            {
                success = "Gửi đơn thuốc không thành công",
                danh_sach_cac_loi = errors,
                checksum = "",
            },
            statusCode: StatusCodes.Status422UnprocessableEntity
        );

    private static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private IResult Find(string code, HttpContext context) =>
        !IsSignedIn(context) ? Results.Unauthorized()
        : taken.TryGetValue(code, out var body) ? Results.Text(body, "application/json")
        : Results.NotFound(new { error = "Không có đơn thuốc này" });

    private bool IsSignedIn(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().Split(' ') is ["Bearer", var token]
        && tokens.ContainsKey(token);

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind is JsonValueKind.Object && body.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;
}
