using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Modules;

namespace Education.OneRoster.Rest;

/// <summary>
/// The discovery documents: what this installation serves, as OpenAPI with its own addresses. The binding and the conformance guide call
/// them differently, so each is there under both names.
/// </summary>
public sealed class DiscoverOneRoster : IFeature
{
    private static readonly (OpenApiDocument Document, string Binding)[] Documents =
    [
        (OpenApiDocument.Rostering, "rosters"),
        (OpenApiDocument.Gradebook, "gradebook"),
        (OpenApiDocument.Resources, "resources"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (document, binding) in Documents)
        {
            foreach (
                var name in new[]
                {
                    $"onerosterv1p2{binding}service_openapi3_v1p0.json",
                    $"imsorv1p2_{document.Service}_openapi3_v1p0.json",
                }
            )
            {
                routes
                    .MapGet(
                        $"{document.Base}/discovery/{name}",
                        (HttpContext http) =>
                            Results.Json(document.At(ReadOneRoster.AddressOf(http)))
                    )
                    .AllowAnonymous();
            }
        }
    }
}
