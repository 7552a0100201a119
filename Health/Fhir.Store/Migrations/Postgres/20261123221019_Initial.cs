using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Health.Fhir.Store.Migrations.Postgres
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
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    system = table.Column<int>(type: "integer", nullable: false),
                    code = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C"),
                    text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C")
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
                    key = table.Column<long>(type: "bigint", nullable: false),
                    first = table.Column<long>(type: "bigint", nullable: false),
                    second = table.Column<long>(type: "bigint", nullable: false),
                    low = table.Column<double>(type: "double precision", nullable: false),
                    high = table.Column<double>(type: "double precision", nullable: false),
                    third_low = table.Column<double>(type: "double precision", nullable: false),
                    third_high = table.Column<double>(type: "double precision", nullable: false),
                    exact = table.Column<long>(type: "bigint", nullable: false),
                    parameter = table.Column<int>(type: "integer", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
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
                    key = table.Column<long>(type: "bigint", nullable: false),
                    low = table.Column<long>(type: "bigint", nullable: false),
                    high = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    parameter = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                });

            migrationBuilder.CreateTable(
                name: "dictionary",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    type = table.Column<short>(type: "smallint", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false)
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
                    version = table.Column<int>(type: "integer", nullable: false),
                    stored_as = table.Column<short>(type: "smallint", nullable: false),
                    updated = table.Column<long>(type: "bigint", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: false)
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
                    hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
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
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Type = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false),
                    OccurredAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    DispatchedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    LastError = table.Column<string>(type: "text", nullable: true)
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
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C")
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
                    key = table.Column<long>(type: "bigint", nullable: false),
                    low = table.Column<double>(type: "double precision", nullable: false),
                    high = table.Column<double>(type: "double precision", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    parameter = table.Column<int>(type: "integer", nullable: false),
                    unit = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                });

            migrationBuilder.CreateTable(
                name: "reference_posting",
                schema: "fhir",
                columns: table => new
                {
                    target = table.Column<long>(type: "bigint", nullable: false),
                    parameter = table.Column<int>(type: "integer", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    chunk = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    keys = table.Column<long[]>(type: "bigint[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reference_posting", x => new { x.parameter, x.target, x.compartment, x.chunk, x.version });
                });

            migrationBuilder.CreateTable(
                name: "resource",
                schema: "fhir",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    updated = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    shape = table.Column<int>(type: "integer", nullable: false),
                    type = table.Column<short>(type: "smallint", nullable: false),
                    stored_as = table.Column<short>(type: "smallint", nullable: false),
                    id = table.Column<byte[]>(type: "bytea", maxLength: 66, nullable: true),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    links = table.Column<long[]>(type: "bigint[]", nullable: false, defaultValueSql: "'{}'")
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
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    text = table.Column<string>(type: "text", nullable: false)
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
                    compartment = table.Column<int>(type: "integer", nullable: false),
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
                    key = table.Column<long>(type: "bigint", nullable: false),
                    exact = table.Column<long>(type: "bigint", nullable: false),
                    parameter = table.Column<int>(type: "integer", nullable: false),
                    normalised = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C"),
                    compartment = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                });

            migrationBuilder.CreateTable(
                name: "system",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_system", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "token_posting",
                schema: "fhir",
                columns: table => new
                {
                    parameter = table.Column<int>(type: "integer", nullable: false),
                    code = table.Column<int>(type: "integer", nullable: false),
                    compartment = table.Column<int>(type: "integer", nullable: false),
                    chunk = table.Column<int>(type: "integer", nullable: false),
                    keys = table.Column<long[]>(type: "bigint[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_token_posting", x => new { x.parameter, x.code, x.compartment, x.chunk });
                });

            migrationBuilder.CreateTable(
                name: "url",
                schema: "fhir",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    text = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false, collation: "C")
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
                name: "IX_composite_parameter_first_compartment",
                schema: "fhir",
                table: "composite",
                columns: new[] { "parameter", "first", "compartment" });

            migrationBuilder.CreateIndex(
                name: "IX_date_compartment_parameter",
                schema: "fhir",
                table: "date",
                columns: new[] { "compartment", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_date_key",
                schema: "fhir",
                table: "date",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "IX_date_parameter_low",
                schema: "fhir",
                table: "date",
                columns: new[] { "parameter", "low" });

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
                name: "IX_quantity_compartment_parameter",
                schema: "fhir",
                table: "quantity",
                columns: new[] { "compartment", "parameter" });

            migrationBuilder.CreateIndex(
                name: "IX_quantity_key",
                schema: "fhir",
                table: "quantity",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "IX_quantity_parameter_low",
                schema: "fhir",
                table: "quantity",
                columns: new[] { "parameter", "low" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_compartment_type",
                schema: "fhir",
                table: "resource",
                columns: new[] { "compartment", "type" });

            migrationBuilder.CreateIndex(
                name: "IX_resource_type_id",
                schema: "fhir",
                table: "resource",
                columns: new[] { "type", "id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_resource_updated",
                schema: "fhir",
                table: "resource",
                column: "updated");

            migrationBuilder.CreateIndex(
                name: "IX_shape_hash",
                schema: "fhir",
                table: "shape",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_string_key",
                schema: "fhir",
                table: "string",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "IX_string_parameter_normalised",
                schema: "fhir",
                table: "string",
                columns: new[] { "parameter", "normalised" });

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

            foreach (var view in Place.Postings.Views)
            {
                migrationBuilder.Sql(view);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW fhir.token; DROP VIEW fhir.reference; DROP VIEW fhir.link;");

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
                name: "reference_posting",
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
                name: "token_posting",
                schema: "fhir");

            migrationBuilder.DropTable(
                name: "url",
                schema: "fhir");
        }
    }
}
