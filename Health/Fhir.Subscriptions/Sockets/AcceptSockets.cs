using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Health.Fhir.Subscriptions.Sockets;

/// <summary>Lets the host take web sockets, before anything else looks at the request.</summary>
public sealed class AcceptSockets : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.UseWebSockets(
                new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) }
            );
            next(app);
        };
}
