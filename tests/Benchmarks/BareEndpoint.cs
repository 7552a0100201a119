using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Benchmarks;

/// <summary>The floor of a read: Kestrel alone, which answers every path with the bytes of one file.</summary>
internal static class BareEndpoint
{
    public static async Task<int> Serve(string file, string url)
    {
        var body = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet(
            "/{**path}",
            async (HttpResponse answer) =>
            {
                answer.ContentType = "application/fhir+json; charset=utf-8";
                answer.ContentLength = body.Length;
                await answer.Body.WriteAsync(body);
            }
        );
        await app.RunAsync(url);
        return 0;
    }
}
