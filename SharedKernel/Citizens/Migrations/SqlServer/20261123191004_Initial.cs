using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "citizens");

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "citizens",
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
                name: "person",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    FullName = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    NameKey = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    BirthDate = table.Column<string>(type: "nvarchar(10)", maxLength: 10, nullable: true),
                    Sex = table.Column<string>(type: "nvarchar(10)", maxLength: 10, nullable: false),
                    Phone = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: true),
                    Address = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: true),
                    CommuneCode = table.Column<string>(type: "nvarchar(5)", maxLength: 5, nullable: true),
                    Ethnicity = table.Column<string>(type: "nvarchar(2)", maxLength: 2, nullable: true),
                    RegisteredAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_person", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "identifier",
                schema: "citizens",
                columns: table => new
                {
                    Citizen = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Kind = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Value = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Use = table.Column<int>(type: "int", nullable: false),
                    From = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    To = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_identifier", x => new { x.Citizen, x.Kind, x.Value });
                    table.ForeignKey(
                        name: "FK_identifier_person_Citizen",
                        column: x => x.Citizen,
                        principalSchema: "citizens",
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "link",
                schema: "citizens",
                columns: table => new
                {
                    Record = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Citizen = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    LinkedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_link", x => x.Record);
                    table.ForeignKey(
                        name: "FK_link_person_Citizen",
                        column: x => x.Citizen,
                        principalSchema: "citizens",
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "name_word",
                schema: "citizens",
                columns: table => new
                {
                    Word = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Citizen = table.Column<Guid>(type: "uniqueidentifier", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_name_word", x => new { x.Word, x.Citizen });
                    table.ForeignKey(
                        name: "FK_name_word_person_Citizen",
                        column: x => x.Citizen,
                        principalSchema: "citizens",
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_identifier_Value_Kind",
                schema: "citizens",
                table: "identifier",
                columns: new[] { "Value", "Kind" });

            migrationBuilder.CreateIndex(
                name: "one_person_per_personal_id",
                schema: "citizens",
                table: "identifier",
                column: "Value",
                unique: true,
                filter: "\"Kind\" = 'PersonalId'");

            migrationBuilder.CreateIndex(
                name: "IX_link_Citizen",
                schema: "citizens",
                table: "link",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_name_word_Citizen",
                schema: "citizens",
                table: "name_word",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                schema: "citizens",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_person_NameKey_BirthDate",
                schema: "citizens",
                table: "person",
                columns: new[] { "NameKey", "BirthDate" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "identifier",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "link",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "name_word",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "person",
                schema: "citizens");
        }
    }
}
