using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Payments.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
                name: "price_list_owners",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_list_owners", x => x.Facility);
                });

            migrationBuilder.CreateTable(
                name: "price_versions",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    FacilityName = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    ValidFrom = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PublishedById = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    PublishedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Lines = table.Column<int>(type: "INTEGER", nullable: false),
                    ContentHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_versions", x => new { x.Facility, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "price_draft_lines",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    ItemKind = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 50, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    Unit = table.Column<string>(type: "TEXT", maxLength: 50, nullable: false),
                    Registration = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    Insurance = table.Column<long>(type: "INTEGER", nullable: true),
                    SelfPay = table.Column<long>(type: "INTEGER", nullable: true),
                    OnDemand = table.Column<long>(type: "INTEGER", nullable: true),
                    Support = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_draft_lines", x => new { x.Facility, x.ItemKind, x.Code });
                    table.ForeignKey(
                        name: "FK_price_draft_lines_price_list_owners_Facility",
                        column: x => x.Facility,
                        principalTable: "price_list_owners",
                        principalColumn: "Facility",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "price_uploads",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Facility = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    FileName = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    Lines = table.Column<string>(type: "TEXT", nullable: false),
                    UploadedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_uploads", x => x.Id);
                    table.ForeignKey(
                        name: "FK_price_uploads_price_list_owners_Facility",
                        column: x => x.Facility,
                        principalTable: "price_list_owners",
                        principalColumn: "Facility",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "price_lines",
                columns: table => new
                {
                    Facility = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    SearchText = table.Column<string>(type: "TEXT", nullable: false),
                    ItemKind = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 50, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    Unit = table.Column<string>(type: "TEXT", maxLength: 50, nullable: false),
                    Registration = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    Insurance = table.Column<long>(type: "INTEGER", nullable: true),
                    SelfPay = table.Column<long>(type: "INTEGER", nullable: true),
                    OnDemand = table.Column<long>(type: "INTEGER", nullable: true),
                    Support = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_lines", x => new { x.Facility, x.Number, x.Position });
                    table.ForeignKey(
                        name: "FK_price_lines_price_versions_Facility_Number",
                        columns: x => new { x.Facility, x.Number },
                        principalTable: "price_versions",
                        principalColumns: new[] { "Facility", "Number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_price_lines_Facility_Number_ItemKind_Code",
                table: "price_lines",
                columns: new[] { "Facility", "Number", "ItemKind", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_price_uploads_Facility",
                table: "price_uploads",
                column: "Facility");

            migrationBuilder.CreateIndex(
                name: "IX_price_versions_Facility_ValidFrom",
                table: "price_versions",
                columns: new[] { "Facility", "ValidFrom" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "price_draft_lines");

            migrationBuilder.DropTable(
                name: "price_lines");

            migrationBuilder.DropTable(
                name: "price_uploads");

            migrationBuilder.DropTable(
                name: "price_versions");

            migrationBuilder.DropTable(
                name: "price_list_owners");
        }
    }
}
