using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Sessions;

/// <summary>
/// A live page has a service scope of its own, which no middleware has seen. It is told who is asking before its first
/// component is made and before each event from the browser.
/// </summary>
internal sealed class CircuitCaller(
    AuthenticationStateProvider authentication,
    ICurrentCaller current
) : CircuitHandler
{
    public override Task OnCircuitOpenedAsync(
        Circuit circuit,
        CancellationToken cancellationToken
    ) => Tell();

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next
    ) =>
        async activity =>
        {
            await Tell();
            await next(activity);
        };

    private async Task Tell() =>
        current.Become(
            CurrentCaller.From((await authentication.GetAuthenticationStateAsync()).User)
        );
}
