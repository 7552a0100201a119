using Interop.Registries;
using Microsoft.EntityFrameworkCore;

namespace Interop.Tests.Registries;

public sealed class RegistriesModelTests
{
    public static TheoryData<RegistriesDb> Contexts =>
        [new RegistriesSqlite(), new RegistriesPostgres(), new RegistriesSqlServer()];

    [Theory]
    [MemberData(nameof(Contexts), DisableDiscoveryEnumeration = true)]
    public void The_migrations_are_those_of_the_model(RegistriesDb db) =>
        Assert.False(db.Database.HasPendingModelChanges());
}
