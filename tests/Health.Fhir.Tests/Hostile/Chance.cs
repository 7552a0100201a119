namespace Health.Fhir.Tests.Hostile;

internal static class Chance
{
    public static T Of<T>(this Random random, IReadOnlyList<T> from) =>
        from[random.Next(from.Count)];

    /// <summary>True one time in so many.</summary>
    public static bool OneIn(this Random random, int times) => random.Next(times) == 0;

    public static IEnumerable<T> Several<T>(this Random random, int most, Func<T> make)
    {
        for (var left = random.Next(most + 1); left > 0; left--)
        {
            yield return make();
        }
    }
}
