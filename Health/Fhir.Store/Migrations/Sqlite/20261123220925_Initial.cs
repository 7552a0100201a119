using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Health.Fhir.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "code",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    system = table.Column<int>(type: "INTEGER", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    text = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_code", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "composite",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    first = table.Column<long>(type: "INTEGER", nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    second = table.Column<long>(type: "INTEGER", nullable: false),
                    low = table.Column<double>(type: "REAL", nullable: false),
                    high = table.Column<double>(type: "REAL", nullable: false),
                    third_low = table.Column<double>(type: "REAL", nullable: false),
                    third_high = table.Column<double>(type: "REAL", nullable: false),
                    text = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    exact = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_composite", x => new { x.parameter, x.first, x.compartment, x.key, x.ordinal });
                });

            migrationBuilder.CreateTable(
                name: "counter",
                columns: table => new
                {
                    type = table.Column<short>(type: "INTEGER", nullable: false),
                    last = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter", x => x.type);
                });

            migrationBuilder.CreateTable(
                name: "date",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    low = table.Column<long>(type: "INTEGER", nullable: false),
                    high = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_date", x => new { x.compartment, x.parameter, x.key, x.low, x.high });
                });

            migrationBuilder.CreateTable(
                name: "dictionary",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    type = table.Column<short>(type: "INTEGER", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dictionary", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "history",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    stored_as = table.Column<short>(type: "INTEGER", nullable: false),
                    updated = table.Column<long>(type: "INTEGER", nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_history", x => new { x.key, x.version });
                });

            migrationBuilder.CreateTable(
                name: "imported_file",
                columns: table => new
                {
                    hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_imported_file", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false),
                    OccurredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DispatchedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    LastError = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "parameter",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    text = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_parameter", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "quantity",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    unit = table.Column<int>(type: "INTEGER", nullable: false),
                    low = table.Column<double>(type: "REAL", nullable: false),
                    high = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quantity", x => new { x.compartment, x.parameter, x.key, x.unit, x.low, x.high });
                });

            migrationBuilder.CreateTable(
                name: "reference",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    target = table.Column<long>(type: "INTEGER", nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reference", x => new { x.parameter, x.target, x.compartment, x.key, x.version });
                });

            migrationBuilder.CreateTable(
                name: "resource",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    type = table.Column<short>(type: "INTEGER", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", maxLength: 66, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    stored_as = table.Column<short>(type: "INTEGER", nullable: false),
                    updated = table.Column<long>(type: "INTEGER", nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    shape = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_resource", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "shape",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shape", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "shared",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared", x => new { x.compartment, x.key });
                });

            migrationBuilder.CreateTable(
                name: "string",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    normalised = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    exact = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_string", x => new { x.parameter, x.normalised, x.compartment, x.key, x.exact });
                });

            migrationBuilder.CreateTable(
                name: "system",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    text = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_system", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "token",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "INTEGER", nullable: false),
                    code = table.Column<int>(type: "INTEGER", nullable: false),
                    compartment = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_token", x => new { x.parameter, x.code, x.compartment, x.key });
                });

            migrationBuilder.CreateTable(
                name: "url",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    text = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_url", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_code_code_system_text",
                table: "code",
                columns: new[] { "code", "system", "text" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_code_system",
                table: "code",
                column: "system");

            migrationBuilder.CreateIndex(
                name: "IX_code_text",
                table: "code",
                column: "text");

            migrationBuilder.CreateIndex(
                name: "IX_date_parameter_low_high",
                table: "date",
                columns: new[] { "parameter", "low", "high" });

            migrationBuilder.CreateIndex(
                name: "IX_history_updated_key_version",
                table: "history",
                columns: new[] { "updated", "key", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_parameter_text",
                table: "parameter",
                column: "text",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_quantity_parameter_low_high",
                table: "quantity",
                columns: new[] { "parameter", "low", "high" });

            migrationBuilder.CreateIndex(
                name: "IX_reference_key_parameter",
                table: "reference",
                columns: new[] { "key", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_compartment_key",
                table: "resource",
                columns: new[] { "compartment", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_type_id",
                table: "resource",
                columns: new[] { "type", "id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_resource_updated_key",
                table: "resource",
                columns: new[] { "updated", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_shape_hash",
                table: "shape",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_string_key_parameter",
                table: "string",
                columns: new[] { "key", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_system_text",
                table: "system",
                column: "text",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_url_text",
                table: "url",
                column: "text",
                unique: true);

            migrationBuilder.Sql("CREATE VIEW link AS SELECT key, parameter, target FROM reference;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW link;");

            migrationBuilder.DropTable(
                name: "code");

            migrationBuilder.DropTable(
                name: "composite");

            migrationBuilder.DropTable(
                name: "counter");

            migrationBuilder.DropTable(
                name: "date");

            migrationBuilder.DropTable(
                name: "dictionary");

            migrationBuilder.DropTable(
                name: "history");

            migrationBuilder.DropTable(
                name: "imported_file");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "parameter");

            migrationBuilder.DropTable(
                name: "quantity");

            migrationBuilder.DropTable(
                name: "reference");

            migrationBuilder.DropTable(
                name: "resource");

            migrationBuilder.DropTable(
                name: "shape");

            migrationBuilder.DropTable(
                name: "shared");

            migrationBuilder.DropTable(
                name: "string");

            migrationBuilder.DropTable(
                name: "system");

            migrationBuilder.DropTable(
                name: "token");

            migrationBuilder.DropTable(
                name: "url");
        }
    }
}
