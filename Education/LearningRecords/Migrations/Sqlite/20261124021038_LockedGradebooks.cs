using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class LockedGradebooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "LockedAt",
                table: "gradebooks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LockedBy",
                table: "gradebooks",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mark_requests",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    GradebookId = table.Column<Guid>(type: "TEXT", nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ColumnId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Old = table.Column<short>(type: "INTEGER", nullable: true),
                    New = table.Column<short>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Why = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    By = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ByName = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Note = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark_requests", x => x.Id);
                    table.ForeignKey(
                        name: "FK_mark_requests_gradebooks_GradebookId",
                        column: x => x.GradebookId,
                        principalTable: "gradebooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_mark_requests_mark_columns_ColumnId",
                        column: x => x.ColumnId,
                        principalTable: "mark_columns",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_mark_requests_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_ColumnId",
                table: "mark_requests",
                column: "ColumnId");

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_GradebookId_State",
                table: "mark_requests",
                columns: new[] { "GradebookId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_mark_requests_StudentId",
                table: "mark_requests",
                column: "StudentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mark_requests");

            migrationBuilder.DropColumn(
                name: "LockedAt",
                table: "gradebooks");

            migrationBuilder.DropColumn(
                name: "LockedBy",
                table: "gradebooks");
        }
    }
}
