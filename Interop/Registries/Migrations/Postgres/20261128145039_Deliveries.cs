using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Interop.Registries.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Deliveries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "CancelAsked",
                schema: "registries",
                table: "export_leases",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "Records",
                schema: "registries",
                table: "export_leases",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "export_attempts",
                schema: "registries",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Export = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Period = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Destination = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    FinishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Detail = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_export_attempts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "export_findings",
                schema: "registries",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Export = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Period = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Rule = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Place = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    Message = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    Resolution = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    ResolvedById = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    ResolvedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    ResolvedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_export_findings", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "export_snapshots",
                schema: "registries",
                columns: table => new
                {
                    Export = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Period = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Key = table.Column<Guid>(type: "uuid", nullable: false),
                    ContentHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Complete = table.Column<bool>(type: "boolean", nullable: false),
                    PreparedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ApprovedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ApprovedById = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    ApprovedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    SentAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    SettledAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Receipt = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    NextAttemptAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_export_snapshots", x => new { x.Export, x.Period, x.Version });
                });

            migrationBuilder.CreateTable(
                name: "export_totals",
                schema: "registries",
                columns: table => new
                {
                    Export = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Period = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Value = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_export_totals", x => new { x.Export, x.Period, x.Version, x.Name });
                });

            migrationBuilder.CreateIndex(
                name: "IX_export_attempts_Export_Period_Version_Number",
                schema: "registries",
                table: "export_attempts",
                columns: new[] { "Export", "Period", "Version", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_export_findings_Export_Period_Version",
                schema: "registries",
                table: "export_findings",
                columns: new[] { "Export", "Period", "Version" });

            migrationBuilder.CreateIndex(
                name: "IX_export_snapshots_Key",
                schema: "registries",
                table: "export_snapshots",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_export_snapshots_NextAttemptAt",
                schema: "registries",
                table: "export_snapshots",
                column: "NextAttemptAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "export_attempts",
                schema: "registries");

            migrationBuilder.DropTable(
                name: "export_findings",
                schema: "registries");

            migrationBuilder.DropTable(
                name: "export_snapshots",
                schema: "registries");

            migrationBuilder.DropTable(
                name: "export_totals",
                schema: "registries");

            migrationBuilder.DropColumn(
                name: "CancelAsked",
                schema: "registries",
                table: "export_leases");

            migrationBuilder.DropColumn(
                name: "Records",
                schema: "registries",
                table: "export_leases");
        }
    }
}
