namespace Health.Fhir.Tests.Subscriptions;

/// <summary>Waiting for what comes by itself, with room for a slow machine.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Task True(Func<bool> happened, string what) =>
        True(() => Task.FromResult(happened()), what);

    public static async Task True(Func<Task<bool>> happened, string what)
    {
        using var over = new CancellationTokenSource(Patience);
        while (!await happened())
        {
            Assert.False(over.IsCancellationRequested, $"In {Patience} there was not: {what}.");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
