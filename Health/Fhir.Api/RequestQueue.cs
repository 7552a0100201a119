using System.Globalization;
using System.Threading.RateLimiting;
using Health.Fhir.Api.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Health.Fhir.Api;

/// <summary>
/// Stands in front of everything below <c>/fhir</c>: so many requests are worked on at once, a bounded number waits in order, and one
/// more is told at once to come back (503 with Retry-After), before it costs anything. Connections that change their protocol, such
/// as a websocket's, are not held to it: they would keep their place for hours.
/// </summary>
public sealed class RequestQueue(Limits limits) : IStartupFilter, IDisposable
{
    private readonly ConcurrencyLimiter limiter = new(
        new()
        {
            PermitLimit = limits.ConcurrentRequests,
            QueueLimit = limits.WaitingRequests,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(Wait);
            next(app);
        };

    public void Dispose() => limiter.Dispose();

    private async Task Wait(HttpContext http, RequestDelegate next)
    {
        if (
            !http.Request.Path.StartsWithSegments(FhirRoute.Base, StringComparison.Ordinal)
            || http.Request.Headers.Upgrade.Count > 0
        )
        {
            await next(http);
            return;
        }
        using var place = await limiter.AcquireAsync(1, http.RequestAborted);
        if (place.IsAcquired)
        {
            await next(http);
            return;
        }
        Cors.Allow(http);
        await FhirHttp.Write(
            http,
            FhirAnswer.Outcome(
                503,
                Issue.Error(
                    "throttled",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{limits.ConcurrentRequests:N0} requests are being answered and {limits.WaitingRequests:N0} wait: come back in {limits.RetryAfterSeconds} s."
                    )
                )
            ) with
            {
                RetryAfterSeconds = limits.RetryAfterSeconds,
            }
        );
    }
}
