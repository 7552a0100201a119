using System.Net;
using Testing;

namespace SharedKernel.Tests;

public sealed class HealthEndpointTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Answers_without_sign_in(string path)
    {
        var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
