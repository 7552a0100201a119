using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Xml;
using Interop.Registries.Insurance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace InsuranceGateway;

/// <summary>
/// Answers as the insurance gateway does (POST <c>/api/token/take</c>, POST <c>/api/qd130/guiHoSoXmlQD3176</c>), to practise against: it opens the envelope, checks each table and field by the rules of the day on which the case ended, and
/// gives the same transaction number to the same file. Result codes other than 200 are ours, since the gateway's list was not seen.
/// </summary>
public static class SandboxGateway
{
    public sealed record Login(string? Username, string? Password);

    /// <param name="LoaiHoSo">130 for cases.</param>
    public sealed record Submission(
        string? Username,
        string? LoaiHoSo,
        string? MaTinh,
        string? MaCSKCB,
        string? FileHSBase64
    );

    public sealed record Reply(
        string MaKetQua,
        string? MaGiaoDich,
        string ThoiGianTiepNhan,
        string ThongDiep
    );

    /// <summary>A server of its own; <c>http://127.0.0.1:0</c> for any free port.</summary>
    public static async Task<WebApplication> Start(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        Map(app);
        await app.StartAsync();
        return app;
    }

    private static void Map(IEndpointRouteBuilder routes)
    {
        var taken = new ConcurrentDictionary<string, string>();
        var tokens = new ConcurrentDictionary<string, byte>();
        routes.MapPost(
            "/api/token/take",
            (Login login) =>
            {
                // The password travels as its MD5: 32 hexadecimal digits.
                if (login is not { Username.Length: > 0, Password.Length: 32 })
                {
                    return Results.Json(new { maKetQua = "401" }, statusCode: 401);
                }
                var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                tokens[token] = 0;
                return Results.Json(
                    new
                    {
                        maKetQua = "200",
                        APIKey = new { access_token = token, expires_in = 900 },
                    }
                );
            }
        );
        routes.MapPost(
            "/api/qd130/guiHoSoXmlQD3176",
            (Submission submission, HttpRequest request) =>
            {
                var bearer = request.Headers.Authorization.ToString().Replace("Bearer ", "");
                return tokens.ContainsKey(bearer)
                    ? Results.Json(Take(submission, taken))
                    : Results.Json(Answer("401", null, "Chưa lấy mã truy cập."), statusCode: 401);
            }
        );
    }

    private static Reply Take(Submission submission, ConcurrentDictionary<string, string> taken)
    {
        if (submission.LoaiHoSo != "130")
        {
            return Answer("400", null, "loaiHoSo phải là 130.");
        }
        byte[] file;
        ClaimCase claim;
        try
        {
            file = Convert.FromBase64String(submission.FileHSBase64 ?? "");
            claim = ClaimEnvelope.Read(file);
        }
        catch (Exception error) when (error is FormatException or XmlException)
        {
            return Answer("400", null, $"Không đọc được hồ sơ: {error.Message}");
        }
        if (claim.Facility != submission.MaCSKCB)
        {
            return Answer(
                "400",
                null,
                $"MACSKCB {claim.Facility} khác maCSKCB {submission.MaCSKCB}."
            );
        }
        var errors = ValidateClaim.Run(claim);
        if (errors.Count > 0)
        {
            return Answer(
                "422",
                null,
                string.Join(
                    " | ",
                    errors.Select(error =>
                        $"{error.Table} dòng {error.Row} {error.Field} [{error.Rule}]: {error.Message}"
                    )
                )
            );
        }
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return Answer("200", taken.GetOrAdd(hash, _ => $"GD{hash[..12]}"), "Đã tiếp nhận.");
    }

    private static Reply Answer(string code, string? transaction, string words) =>
        new(
            code,
            transaction,
            TimeProvider
                .System.GetUtcNow()
                .ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
            words
        );
}
