using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LockedGradebooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "LockedAt",
                schema: "education",
                table: "gradebooks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LockedBy",
                schema: "education",
                table: "gradebooks",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mark_requests",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    GradebookId = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    ColumnId = table.Column<Guid>(type: "uuid", nullable: false),
                    Old = table.Column<short>(type: "smallint", nullable: true),
                    New = table.Column<short>(type: "smallint", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Why = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    ByName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    DecidedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    DecidedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Note = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark_requests", x => x.Id);
                    table.ForeignKey(
                        name: "FK_mark_requests_gradebooks_GradebookId",
                        column: x => x.GradebookId,
                        principalSchema: "education",
                        principalTable: "gradebooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_mark_requests_mark_columns_ColumnId",
                        column: x => x.ColumnId,
                        principalSchema: "education",
                        principalTable: "mark_columns",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_mark_requests_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_ColumnId",
                schema: "education",
                table: "mark_requests",
                column: "ColumnId");

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_GradebookId_State",
                schema: "education",
                table: "mark_requests",
                columns: new[] { "GradebookId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_StudentId",
                schema: "education",
                table: "mark_requests",
                column: "StudentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mark_requests",
                schema: "education");

            migrationBuilder.DropColumn(
                name: "LockedAt",
                schema: "education",
                table: "gradebooks");

            migrationBuilder.DropColumn(
                name: "LockedBy",
                schema: "education",
                table: "gradebooks");
        }
    }
}
