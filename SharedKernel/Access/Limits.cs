using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using SharedKernel.Ui;

namespace SharedKernel.Access;

/// <summary>
/// How often one network address may try passwords and client secrets. A whole hospital can stand behind one address, so the
/// limits are wide; guessing at one account is ended by its lock-out.
/// </summary>
internal static class Limits
{
    public const string SignIn = "sign-in";
    public const string Token = "token";

    private const int SignInsPerMinute = 60;
    private const int TokensPerMinute = 120;

    public static void Configure(RateLimiterOptions limits)
    {
        limits.AddPolicy(SignIn, context => PerMinute(context, SignInsPerMinute));
        limits.AddPolicy(Token, context => PerMinute(context, TokensPerMinute));
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = async (rejected, cancel) =>
        {
            var response = rejected.HttpContext.Response;
            if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after))
            {
                response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds)
                    .ToString(CultureInfo.InvariantCulture);
            }
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync(
                T.Of(
                    "Quá nhiều lần thử từ mạng này. Hãy đợi một phút rồi thử lại.",
                    "Too many attempts from this network. Wait a minute and try again."
                ),
                cancel
            );
        };
    }

    private static RateLimitPartition<string> PerMinute(HttpContext context, int permits) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ =>
                    new()
                    {
                        PermitLimit = permits,
                        Window = TimeSpan.FromMinutes(1),
                        AutoReplenishment = true,
                    }
            )
            : RateLimitPartition.GetNoLimiter("reading");
}
