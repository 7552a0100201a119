using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>
/// The installation's signature over a published version: a detached JSON Web Signature (RFC 7515, appendix F) of its CSV, byte for byte as it is downloaded. A published version never changes, so
/// whoever keeps CSV and signature can show later what the price was.
/// </summary>
public sealed class SignPrices(DownloadPrices prices, IServiceProvider services, TimeProvider clock)
    : IFeature
{
    /// <exception cref="NotFound">The facility has no such list.</exception>
    /// <exception cref="Conflict">The installation has no certificate; says where it belongs.</exception>
    public async Task<string> Run(string facility, string? version, CancellationToken cancel)
    {
        var list = await prices.Asked(facility, version, cancel);
        var keys =
            services.GetService(typeof(SigningKeys)) as SigningKeys
            ?? throw new Conflict("There are no signing keys on this server.");
        using var content = new MemoryStream();
        await prices.WriteCsv(content, list, cancel);
        return DetachedJws.Sign(content.ToArray(), keys.Of(Caller.TheSystem), clock.GetUtcNow());
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data/prices/{facility}")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/signature.jws",
                async (
                    string facility,
                    string? version,
                    SignPrices sign,
                    CancellationToken cancel
                ) => Results.Text(await sign.Run(facility, version, cancel), DetachedJws.MediaType)
            );
}
