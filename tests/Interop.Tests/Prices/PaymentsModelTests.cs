using Microsoft.EntityFrameworkCore;
using SharedKernel.Payments;

namespace Interop.Tests.Prices;

public sealed class PaymentsModelTests
{
    public static TheoryData<PaymentsDb> Contexts =>
        [new PaymentsSqlite(), new PaymentsPostgres(), new PaymentsSqlServer()];

    [Theory]
    [MemberData(nameof(Contexts), DisableDiscoveryEnumeration = true)]
    public void The_migrations_are_those_of_the_model(PaymentsDb db) =>
        Assert.False(db.Database.HasPendingModelChanges());
}
