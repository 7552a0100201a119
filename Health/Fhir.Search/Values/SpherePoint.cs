namespace Health.Fhir.Search.Values;

/// <summary>
/// A place on the earth as a point of the unit sphere: distances are then compared with sums and products alone, which every
/// database has, and no place is special, neither a pole nor the date line.
/// </summary>
public readonly record struct SpherePoint(double X, double Y, double Z)
{
    /// <summary>Mean radius in metres (IUGG).</summary>
    public const double EarthRadius = 6_371_008.8;

    /// <param name="latitude">Degrees, WGS 84.</param>
    /// <param name="longitude">Degrees, WGS 84.</param>
    public static SpherePoint Of(double latitude, double longitude)
    {
        var (north, east) = (double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));
        return new(
            Math.Cos(north) * Math.Cos(east),
            Math.Cos(north) * Math.Sin(east),
            Math.Sin(north)
        );
    }

    /// <param name="metres">Along the ground.</param>
    public static double ChordOf(double metres) =>
        2 * Math.Sin(Math.Min(metres / EarthRadius, Math.PI) / 2);
}
