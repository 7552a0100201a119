using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Emergencies;
using SharedKernel.Persistence;

namespace SharedKernel.Access;

/// <summary>
/// Accounts, clients and what was granted to them. Identity's and OpenIddict's own stores work on it; its model is put
/// together here, because Identity's ready-made context cannot be a <see cref="ModuleDb"/>.
/// </summary>
public abstract class AccessDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "access";

    public override string Schema => SchemaName;

    public DbSet<Account> Accounts => Set<Account>();
    public DbSet<EmergencyAccess> Emergencies => Set<EmergencyAccess>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.UseOpenIddict();
        model.Entity<Account>(row =>
        {
            row.ToTable("account");
            row.Property(account => account.Id).HasMaxLength(36);
            row.Property(account => account.UserName).HasMaxLength(Account.LongestUserName);
            row.Property(account => account.NormalizedUserName)
                .HasMaxLength(Account.LongestUserName);
            row.HasIndex(account => account.NormalizedUserName).IsUnique();
            row.Property(account => account.ConcurrencyStamp).IsConcurrencyToken();
            row.Property(account => account.FullName).HasMaxLength(100);
            row.Property(account => account.Post).HasMaxLength(200);
            row.Property(account => account.Organisation).HasMaxLength(20);
            row.PrimitiveCollection(account => account.Roles)
                .ElementType()
                .HasConversion<string>()
                .HasMaxLength(40);
        });
        model.Entity<EmergencyAccess>(row =>
        {
            row.ToTable("emergency_access");
            row.Property(emergency => emergency.Patient)
                .HasMaxLength(EmergencyAccess.LongestPatient);
            row.Property(emergency => emergency.Account).HasMaxLength(200);
            row.Property(emergency => emergency.Name).HasMaxLength(100);
            row.Property(emergency => emergency.Organisation).HasMaxLength(20);
            row.Property(emergency => emergency.Reason).HasConversion<string>().HasMaxLength(30);
            row.Property(emergency => emergency.Text).HasMaxLength(EmergencyAccess.LongestText);
            row.Property(emergency => emergency.Verdict).HasConversion<string>().HasMaxLength(20);
            row.Property(emergency => emergency.ReviewNote)
                .HasMaxLength(EmergencyAccess.LongestText);
            row.Property(emergency => emergency.Reviewer).HasMaxLength(100);
            row.Ignore(emergency => emergency.Ends);
            row.HasIndex(emergency => new { emergency.Account, emergency.Patient });
            row.HasIndex(emergency => new { emergency.Patient, emergency.Opened });
            row.HasIndex(emergency => emergency.Opened);
        });
        // Authenticator keys and recovery codes.
        model.Entity<IdentityUserToken<string>>(row =>
        {
            row.ToTable("account_token");
            row.HasKey(token => new
            {
                token.UserId,
                token.LoginProvider,
                token.Name,
            });
            row.Property(token => token.UserId).HasMaxLength(36);
            row.Property(token => token.LoginProvider).HasMaxLength(100);
            row.Property(token => token.Name).HasMaxLength(100);
            row.HasOne<Account>().WithMany().HasForeignKey(token => token.UserId);
        });
    }
}

public sealed class AccessSqlite : AccessDb
{
    public AccessSqlite()
        : base(Providers.Offline<AccessSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public AccessSqlite(DbContextOptions<AccessSqlite> options)
        : base(options) { }
}

public sealed class AccessPostgres : AccessDb
{
    public AccessPostgres()
        : base(Providers.Offline<AccessPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public AccessPostgres(DbContextOptions<AccessPostgres> options)
        : base(options) { }
}

public sealed class AccessSqlServer : AccessDb
{
    public AccessSqlServer()
        : base(Providers.Offline<AccessSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public AccessSqlServer(DbContextOptions<AccessSqlServer> options)
        : base(options) { }
}
