using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Payments.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "payments");

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "payments",
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
                name: "price_list_owners",
                schema: "payments",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_list_owners", x => x.Facility);
                });

            migrationBuilder.CreateTable(
                name: "price_versions",
                schema: "payments",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    FacilityName = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    ValidFrom = table.Column<DateOnly>(type: "date", nullable: false),
                    PublishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    PublishedById = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    PublishedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Lines = table.Column<int>(type: "integer", nullable: false),
                    ContentHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_versions", x => new { x.Facility, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "price_draft_lines",
                schema: "payments",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    ItemKind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Name = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Unit = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Registration = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    Insurance = table.Column<long>(type: "bigint", nullable: true),
                    SelfPay = table.Column<long>(type: "bigint", nullable: true),
                    OnDemand = table.Column<long>(type: "bigint", nullable: true),
                    Support = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_draft_lines", x => new { x.Facility, x.ItemKind, x.Code });
                    table.ForeignKey(
                        name: "FK_price_draft_lines_price_list_owners_Facility",
                        column: x => x.Facility,
                        principalSchema: "payments",
                        principalTable: "price_list_owners",
                        principalColumn: "Facility",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "price_uploads",
                schema: "payments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Facility = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    FileName = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Lines = table.Column<string>(type: "text", nullable: false),
                    UploadedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_uploads", x => x.Id);
                    table.ForeignKey(
                        name: "FK_price_uploads_price_list_owners_Facility",
                        column: x => x.Facility,
                        principalSchema: "payments",
                        principalTable: "price_list_owners",
                        principalColumn: "Facility",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "price_lines",
                schema: "payments",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    SearchText = table.Column<string>(type: "text", nullable: false),
                    ItemKind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Name = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Unit = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Registration = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    Insurance = table.Column<long>(type: "bigint", nullable: true),
                    SelfPay = table.Column<long>(type: "bigint", nullable: true),
                    OnDemand = table.Column<long>(type: "bigint", nullable: true),
                    Support = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_lines", x => new { x.Facility, x.Number, x.Position });
                    table.ForeignKey(
                        name: "FK_price_lines_price_versions_Facility_Number",
                        columns: x => new { x.Facility, x.Number },
                        principalSchema: "payments",
                        principalTable: "price_versions",
                        principalColumns: new[] { "Facility", "Number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                schema: "payments",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_price_lines_Facility_Number_ItemKind_Code",
                schema: "payments",
                table: "price_lines",
                columns: new[] { "Facility", "Number", "ItemKind", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_price_uploads_Facility",
                schema: "payments",
                table: "price_uploads",
                column: "Facility");

            migrationBuilder.CreateIndex(
                name: "IX_price_versions_Facility_ValidFrom",
                schema: "payments",
                table: "price_versions",
                columns: new[] { "Facility", "ValidFrom" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "outbox",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "price_draft_lines",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "price_lines",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "price_uploads",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "price_versions",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "price_list_owners",
                schema: "payments");
        }
    }
}
