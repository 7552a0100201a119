using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class OnePerson : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Claim",
                schema: "citizens",
                table: "person",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "OldCommuneCode",
                schema: "citizens",
                table: "person",
                type: "character varying(5)",
                maxLength: 5,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ReplacedBy",
                schema: "citizens",
                table: "person",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Temporary",
                schema: "citizens",
                table: "person",
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "None");

            migrationBuilder.AddColumn<int>(
                name: "Version",
                schema: "citizens",
                table: "person",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "deduplication",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    StartedBy = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    FinishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    People = table.Column<int>(type: "integer", nullable: false),
                    Certain = table.Column<int>(type: "integer", nullable: false),
                    Added = table.Column<int>(type: "integer", nullable: false),
                    Error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deduplication", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "fact",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Citizen = table.Column<Guid>(type: "uuid", nullable: false),
                    Field = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Value = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: false),
                    Source = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fact", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fact_person_Citizen",
                        column: x => x.Citizen,
                        principalSchema: "citizens",
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "guardian",
                schema: "citizens",
                columns: table => new
                {
                    Ward = table.Column<Guid>(type: "uuid", nullable: false),
                    Guardian = table.Column<Guid>(type: "uuid", nullable: false),
                    Source = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_guardian", x => new { x.Ward, x.Guardian });
                });

            migrationBuilder.CreateTable(
                name: "linkage_model",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    LearnedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    People = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_linkage_model", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "match_key",
                schema: "citizens",
                columns: table => new
                {
                    Key = table.Column<long>(type: "bigint", nullable: false),
                    Citizen = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_match_key", x => new { x.Key, x.Citizen });
                    table.ForeignKey(
                        name: "FK_match_key_person_Citizen",
                        column: x => x.Citizen,
                        principalSchema: "citizens",
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "merge",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Survivor = table.Column<Guid>(type: "uuid", nullable: false),
                    Replaced = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    UndoneAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    UndoneBy = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_merge", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "review",
                schema: "citizens",
                columns: table => new
                {
                    Left = table.Column<Guid>(type: "uuid", nullable: false),
                    Right = table.Column<Guid>(type: "uuid", nullable: false),
                    Reason = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Weight = table.Column<double>(type: "double precision", nullable: false),
                    FoundAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Decision = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    DecidedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    DecidedBy = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_review", x => new { x.Left, x.Right });
                });

            migrationBuilder.CreateIndex(
                name: "IX_person_OldCommuneCode",
                schema: "citizens",
                table: "person",
                column: "OldCommuneCode");

            migrationBuilder.CreateIndex(
                name: "IX_person_ReplacedBy",
                schema: "citizens",
                table: "person",
                column: "ReplacedBy");

            migrationBuilder.CreateIndex(
                name: "one_person_per_form",
                schema: "citizens",
                table: "person",
                column: "Claim",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_deduplication_StartedAt",
                schema: "citizens",
                table: "deduplication",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_fact_Citizen",
                schema: "citizens",
                table: "fact",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_guardian_Guardian",
                schema: "citizens",
                table: "guardian",
                column: "Guardian");

            migrationBuilder.CreateIndex(
                name: "IX_match_key_Citizen",
                schema: "citizens",
                table: "match_key",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_merge_Survivor",
                schema: "citizens",
                table: "merge",
                column: "Survivor");

            migrationBuilder.CreateIndex(
                name: "replaced_once",
                schema: "citizens",
                table: "merge",
                column: "Replaced",
                unique: true,
                filter: "\"UndoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_review_Decision_Weight",
                schema: "citizens",
                table: "review",
                columns: new[] { "Decision", "Weight" });

            migrationBuilder.CreateIndex(
                name: "IX_review_Right",
                schema: "citizens",
                table: "review",
                column: "Right");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deduplication",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "fact",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "guardian",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "linkage_model",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "match_key",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "merge",
                schema: "citizens");

            migrationBuilder.DropTable(
                name: "review",
                schema: "citizens");

            migrationBuilder.DropIndex(
                name: "IX_person_OldCommuneCode",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropIndex(
                name: "IX_person_ReplacedBy",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropIndex(
                name: "one_person_per_form",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Claim",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropColumn(
                name: "OldCommuneCode",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropColumn(
                name: "ReplacedBy",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Temporary",
                schema: "citizens",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Version",
                schema: "citizens",
                table: "person");
        }
    }
}
