using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using static Health.Fhir.Store.Reading.Sql;

namespace Health.Fhir.Store.Reading;

// Quantities in whatever unit they stand, and places.
internal sealed partial class ClauseCompiler
{
    /// <summary>
    /// The units that a quantity may stand in, each with what the asked number is multiplied by: the unit itself and, in UCUM, all
    /// that measure the same and occur in the store. Rows keep the unit they were written with.
    /// </summary>
    private async Task<List<(string Unit, double Factor)>> Units(SearchTest test, string column)
    {
        if (test is not QuantityTest quantity)
        {
            return [(Always, 1)];
        }
        var units = new List<(string, double)> { (await UnitTest(quantity, column), 1) };
        if (
            quantity is not { System: UnitFactors.Ucum, Code: { } asked }
            || await interned.FindSystem(session, UnitFactors.Ucum, cancel) is not { } ucum
        )
        {
            return units;
        }
        var others = new Dictionary<double, List<int>>();
        await using var command = session.Command(
            $"SELECT id, code FROM {Schema}code WHERE system = @0",
            ucum
        );
        await using var found = await command.ExecuteReaderAsync(cancel);
        while (await found.ReadAsync(cancel))
        {
            var code = found.GetString(1);
            if (code != asked && code.Length > 0 && UnitFactors.Between(asked, code) is { } factor)
            {
                (others.TryGetValue(factor, out var same) ? same : others[factor] = []).Add(
                    found.GetInt32(0)
                );
            }
        }
        units.AddRange(others.Select(other => ($"{column} {sql.OneOf(other.Value)}", other.Key)));
        return units;
    }

    /// <summary>
    /// 5.4 mg is 0.0054 g only up to the last binary digits: what includes its bound is a little wider than exact, what excludes it a
    /// little narrower.
    /// </summary>
    private static Bounds<double> Scaled(Bounds<double> bounds, NumberTest test, double factor)
    {
        const double Rounding = 1e-12;
        var wider = test.Prefix is "eq" or "ge" or "le" or "ap" ? 1 : -1;
        return factor == 1
            ? bounds
            : new(
                Times(bounds.LowFrom, -wider),
                Times(bounds.LowTo, wider),
                Times(bounds.HighFrom, -wider),
                Times(bounds.HighTo, wider)
            );

        double? Times(double? bound, int outward) =>
            bound is { } number
                ? (number * factor) + (outward * Math.Abs(number * factor) * Rounding)
                : null;
    }

    /// <summary>The straight distance in the unit sphere, squared.</summary>
    private string NearCondition(NearTest test, string row)
    {
        var (x, y, z) = (sql.Bind(test.Point.X), sql.Bind(test.Point.Y), sql.Bind(test.Point.Z));
        return $"({row}.low - {x}) * ({row}.low - {x}) + ({row}.high - {y}) * ({row}.high - {y}) + ({row}.third_low - {z}) * ({row}.third_low - {z}) <= {sql.Bind(test.Chord * test.Chord)}";
    }

    private async Task<string> UnitTest(QuantityTest test, string column)
    {
        if (test.Code is not { } code)
        {
            return test.System is not { } only ? Always
                : await SystemNumber(only) is { } system
                    ? $"{column} IN (SELECT id FROM {Schema}code WHERE system = {system})"
                : Never;
        }
        var codes = await Codes(test.System, code);
        if (test.System is null)
        {
            await using var command = session.Command(
                $"SELECT id FROM {Schema}code WHERE text = @0",
                Interned.Bounded(SearchText.Normalise(code))
            );
            await using var found = await command.ExecuteReaderAsync(cancel);
            while (await found.ReadAsync(cancel))
            {
                codes.Add(found.GetInt32(0));
            }
        }
        return codes.Count == 0 ? Never : $"{column} {sql.OneOf(codes)}";
    }
}
