using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Health.Fhir.Store.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "fhir");

            migrationBuilder.CreateTable(
                name: "code",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    system = table.Column<int>(type: "int", nullable: false),
                    code = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8"),
                    text = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_code", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "composite",
                schema: "fhir",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "int", nullable: false),
                    first = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    ordinal = table.Column<int>(type: "int", nullable: false),
                    second = table.Column<long>(type: "bigint", nullable: false),
                    low = table.Column<double>(type: "float", nullable: false),
                    high = table.Column<double>(type: "float", nullable: false),
                    third_low = table.Column<double>(type: "float", nullable: false),
                    third_high = table.Column<double>(type: "float", nullable: false),
                    text = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false),
                    exact = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_composite", x => new { x.parameter, x.first, x.compartment, x.key, x.ordinal });
                });

            migrationBuilder.CreateTable(
                name: "counter",
                schema: "fhir",
                columns: table => new
                {
                    type = table.Column<short>(type: "smallint", nullable: false),
                    last = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter", x => x.type);
                });

            migrationBuilder.CreateTable(
                name: "date",
                schema: "fhir",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "int", nullable: false),
                    parameter = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    low = table.Column<long>(type: "bigint", nullable: false),
                    high = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_date", x => new { x.compartment, x.parameter, x.key, x.low, x.high });
                });

            migrationBuilder.CreateTable(
                name: "dictionary",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false),
                    type = table.Column<short>(type: "smallint", nullable: false),
                    content = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dictionary", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "history",
                schema: "fhir",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "int", nullable: false),
                    stored_as = table.Column<short>(type: "smallint", nullable: false),
                    updated = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    body = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_history", x => new { x.key, x.version });
                });

            migrationBuilder.CreateTable(
                name: "imported_file",
                schema: "fhir",
                columns: table => new
                {
                    hash = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_imported_file", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "fhir",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Type = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    OccurredAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    DispatchedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    Attempts = table.Column<int>(type: "int", nullable: false),
                    LastError = table.Column<string>(type: "nvarchar(max)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "parameter",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    text = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_parameter", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "quantity",
                schema: "fhir",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "int", nullable: false),
                    parameter = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    unit = table.Column<int>(type: "int", nullable: false),
                    low = table.Column<double>(type: "float", nullable: false),
                    high = table.Column<double>(type: "float", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quantity", x => new { x.compartment, x.parameter, x.key, x.unit, x.low, x.high });
                });

            migrationBuilder.CreateTable(
                name: "reference",
                schema: "fhir",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "int", nullable: false),
                    target = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reference", x => new { x.parameter, x.target, x.compartment, x.key, x.version });
                });

            migrationBuilder.CreateTable(
                name: "resource",
                schema: "fhir",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<short>(type: "smallint", nullable: false),
                    id = table.Column<byte[]>(type: "varbinary(66)", maxLength: 66, nullable: true),
                    version = table.Column<int>(type: "int", nullable: false),
                    stored_as = table.Column<short>(type: "smallint", nullable: false),
                    updated = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    shape = table.Column<int>(type: "int", nullable: false),
                    body = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_resource", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "shape",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    text = table.Column<string>(type: "nvarchar(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shape", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "shared",
                schema: "fhir",
                columns: table => new
                {
                    compartment = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared", x => new { x.compartment, x.key });
                });

            migrationBuilder.CreateTable(
                name: "string",
                schema: "fhir",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "int", nullable: false),
                    normalised = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8"),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    exact = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_string", x => new { x.parameter, x.normalised, x.compartment, x.key, x.exact });
                });

            migrationBuilder.CreateTable(
                name: "system",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    text = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_system", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "token",
                schema: "fhir",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "int", nullable: false),
                    code = table.Column<int>(type: "int", nullable: false),
                    compartment = table.Column<int>(type: "int", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_token", x => new { x.parameter, x.code, x.compartment, x.key });
                });

            migrationBuilder.CreateTable(
                name: "url",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    text = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2_UTF8")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_url", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_code_code_system_text",
                schema: "fhir",
                table: "code",
                columns: new[] { "code", "system", "text" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_code_system",
                schema: "fhir",
                table: "code",
                column: "system");

            migrationBuilder.CreateIndex(
                name: "IX_code_text",
                schema: "fhir",
                table: "code",
                column: "text");

            migrationBuilder.CreateIndex(
                name: "IX_date_parameter_low_high",
                schema: "fhir",
                table: "date",
                columns: new[] { "parameter", "low", "high" });

            migrationBuilder.CreateIndex(
                name: "IX_history_updated_key_version",
                schema: "fhir",
                table: "history",
                columns: new[] { "updated", "key", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                schema: "fhir",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_parameter_text",
                schema: "fhir",
                table: "parameter",
                column: "text",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_quantity_parameter_low_high",
                schema: "fhir",
                table: "quantity",
                columns: new[] { "parameter", "low", "high" });

            migrationBuilder.CreateIndex(
                name: "IX_reference_key_parameter",
                schema: "fhir",
                table: "reference",
                columns: new[] { "key", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_compartment_key",
                schema: "fhir",
                table: "resource",
                columns: new[] { "compartment", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_type_id",
                schema: "fhir",
                table: "resource",
                columns: new[] { "type", "id" },
                unique: true,
                filter: "[id] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_resource_updated_key",
                schema: "fhir",
                table: "resource",
                columns: new[] { "updated", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_shape_hash",
                schema: "fhir",
                table: "shape",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_string_key_parameter",
                schema: "fhir",
                table: "string",
                columns: new[] { "key", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_system_text",
                schema: "fhir",
                table: "system",
                column: "text",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_url_text",
                schema: "fhir",
                table: "url",
                column: "text",
                unique: true);

            migrationBuilder.Sql("EXEC('CREATE VIEW fhir.link AS SELECT [key], parameter, target FROM fhir.reference')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW fhir.link");

            migrationBuilder.DropTable(
                name: "code",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "composite",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "counter",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "date",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "dictionary",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "history",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "imported_file",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "parameter",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "quantity",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "reference",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "resource",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "shape",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "shared",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "string",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "system",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "token",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "url",
                schema: "fhir");
        }
    }
}
