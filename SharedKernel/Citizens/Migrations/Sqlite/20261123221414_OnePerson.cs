using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class OnePerson : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Claim",
                table: "person",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "OldCommuneCode",
                table: "person",
                type: "TEXT",
                maxLength: 5,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ReplacedBy",
                table: "person",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Temporary",
                table: "person",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "None");

            migrationBuilder.AddColumn<int>(
                name: "Version",
                table: "person",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "deduplication",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedBy = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    People = table.Column<int>(type: "INTEGER", nullable: false),
                    Certain = table.Column<int>(type: "INTEGER", nullable: false),
                    Added = table.Column<int>(type: "INTEGER", nullable: false),
                    Error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deduplication", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "fact",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Citizen = table.Column<Guid>(type: "TEXT", nullable: false),
                    Field = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Value = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Organisation = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fact", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fact_person_Citizen",
                        column: x => x.Citizen,
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "guardian",
                columns: table => new
                {
                    Ward = table.Column<Guid>(type: "TEXT", nullable: false),
                    Guardian = table.Column<Guid>(type: "TEXT", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Organisation = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_guardian", x => new { x.Ward, x.Guardian });
                });

            migrationBuilder.CreateTable(
                name: "linkage_model",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    LearnedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    People = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_linkage_model", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "match_key",
                columns: table => new
                {
                    Key = table.Column<long>(type: "INTEGER", nullable: false),
                    Citizen = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_match_key", x => new { x.Key, x.Citizen });
                    table.ForeignKey(
                        name: "FK_match_key_person_Citizen",
                        column: x => x.Citizen,
                        principalTable: "person",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "merge",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Survivor = table.Column<Guid>(type: "TEXT", nullable: false),
                    Replaced = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    By = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    UndoneAt = table.Column<long>(type: "INTEGER", nullable: true),
                    UndoneBy = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_merge", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "review",
                columns: table => new
                {
                    Left = table.Column<Guid>(type: "TEXT", nullable: false),
                    Right = table.Column<Guid>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Weight = table.Column<double>(type: "REAL", nullable: false),
                    FoundAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Decision = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidedBy = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_review", x => new { x.Left, x.Right });
                });

            migrationBuilder.CreateIndex(
                name: "IX_person_OldCommuneCode",
                table: "person",
                column: "OldCommuneCode");

            migrationBuilder.CreateIndex(
                name: "IX_person_ReplacedBy",
                table: "person",
                column: "ReplacedBy");

            migrationBuilder.CreateIndex(
                name: "one_person_per_form",
                table: "person",
                column: "Claim",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_deduplication_StartedAt",
                table: "deduplication",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_fact_Citizen",
                table: "fact",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_guardian_Guardian",
                table: "guardian",
                column: "Guardian");

            migrationBuilder.CreateIndex(
                name: "IX_match_key_Citizen",
                table: "match_key",
                column: "Citizen");

            migrationBuilder.CreateIndex(
                name: "IX_merge_Survivor",
                table: "merge",
                column: "Survivor");

            migrationBuilder.CreateIndex(
                name: "replaced_once",
                table: "merge",
                column: "Replaced",
                unique: true,
                filter: "\"UndoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_review_Decision_Weight",
                table: "review",
                columns: new[] { "Decision", "Weight" });

            migrationBuilder.CreateIndex(
                name: "IX_review_Right",
                table: "review",
                column: "Right");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deduplication");

            migrationBuilder.DropTable(
                name: "fact");

            migrationBuilder.DropTable(
                name: "guardian");

            migrationBuilder.DropTable(
                name: "linkage_model");

            migrationBuilder.DropTable(
                name: "match_key");

            migrationBuilder.DropTable(
                name: "merge");

            migrationBuilder.DropTable(
                name: "review");

            migrationBuilder.DropIndex(
                name: "IX_person_OldCommuneCode",
                table: "person");

            migrationBuilder.DropIndex(
                name: "IX_person_ReplacedBy",
                table: "person");

            migrationBuilder.DropIndex(
                name: "one_person_per_form",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Claim",
                table: "person");

            migrationBuilder.DropColumn(
                name: "OldCommuneCode",
                table: "person");

            migrationBuilder.DropColumn(
                name: "ReplacedBy",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Temporary",
                table: "person");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "person");
        }
    }
}
