using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using SharedKernel.Persistence;
using Testing;

namespace SqlServer.Tests;

/// <summary>
/// SQL Server without a server: each module's schema is loaded into a SQL Server 2022 model, which checks every name, type and
/// key as the server's own compiler does, and each migration is parsed by the server's parser.
/// </summary>
public sealed class SchemaTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Fact]
    public void Every_modules_schema_is_one_that_SQL_Server_accepts()
    {
        var modules = Contexts();
        Assert.NotEmpty(modules);
        foreach (var db in modules)
        {
            using var model = new TSqlModel(SqlServerVersion.Sql160, new TSqlModelOptions());
            model.AddObjects($"CREATE SCHEMA [{db.Schema}]");
            foreach (var batch in Batches(db.Database.GenerateCreateScript()))
            {
                if (batch.StartsWith("CREATE", StringComparison.Ordinal))
                {
                    model.AddObjects(batch);
                }
            }
            Assert.NotEmpty(model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass));
            var errors = string.Join("\n", model.Validate().Select(error => error.Message));
            Assert.True(errors.Length == 0, $"{db.Schema}:\n{errors}");
            db.Dispose();
        }
    }

    [Fact]
    public void Every_migration_is_read_by_SQL_Servers_parser()
    {
        foreach (var db in Contexts())
        {
            var script = db.GetService<IMigrator>().GenerateScript();
            new TSql160Parser(initialQuotedIdentifiers: true).Parse(
                new StringReader(script),
                out var errors
            );
            Assert.Empty(errors.Select(error => $"{db.Schema} line {error.Line}: {error.Message}"));
            db.Dispose();
        }
    }

    private List<ModuleDb> Contexts() =>
        [
            .. server
                .Services.GetServices<ModuleDatabase>()
                .Select(module =>
                    (ModuleDb)
                        Activator.CreateInstance(
                            module
                                .Context.Assembly.GetTypes()
                                .Single(type =>
                                    type.IsSubclassOf(module.Context)
                                    && type.Name.EndsWith("SqlServer", StringComparison.Ordinal)
                                )
                        )!
                ),
        ];

    private static IEnumerable<string> Batches(string script) =>
        script.Split(
            "\nGO",
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
}
