using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PrimaryAndYearEnd : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "RollOverId",
                table: "enrolments",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "UndoneAt",
                table: "enrolments",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "UndoneBy",
                table: "enrolments",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CampusCode",
                table: "classes",
                type: "TEXT",
                maxLength: 35,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "RollOverId",
                table: "classes",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "campuses",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 35, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    IsMain = table.Column<bool>(type: "INTEGER", nullable: false),
                    CommuneCode = table.Column<string>(type: "TEXT", maxLength: 5, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_campuses", x => new { x.SchoolCode, x.Code });
                    table.ForeignKey(
                        name: "FK_campuses_schools_SchoolCode",
                        column: x => x.SchoolCode,
                        principalTable: "schools",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "old_years",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Grade = table.Column<int>(type: "INTEGER", nullable: true),
                    Class = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    School = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    RuleSet = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Learning = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Conduct = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Title = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    ImportedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ImportedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_old_years", x => new { x.StudentId, x.Year });
                    table.ForeignKey(
                        name: "FK_old_years_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "remarks",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    GradebookId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_remarks", x => new { x.StudentId, x.GradebookId });
                    table.ForeignKey(
                        name: "FK_remarks_gradebooks_GradebookId",
                        column: x => x.GradebookId,
                        principalTable: "gradebooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_remarks_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "retests",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 15, nullable: false),
                    ClassId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Value = table.Column<short>(type: "INTEGER", nullable: false),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_retests", x => new { x.StudentId, x.Year, x.Subject });
                    table.ForeignKey(
                        name: "FK_retests_classes_ClassId",
                        column: x => x.ClassId,
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_retests_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "roll_overs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    By = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Pupils = table.Column<int>(type: "INTEGER", nullable: false),
                    UndoneAt = table.Column<long>(type: "INTEGER", nullable: true),
                    UndoneBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_roll_overs", x => x.Id);
                    table.ForeignKey(
                        name: "FK_roll_overs_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "student_policies",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Category = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Until = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    Evidence = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    RecordedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_student_policies", x => x.Id);
                    table.ForeignKey(
                        name: "FK_student_policies_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "year_reviews",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    ClassId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SummerConduct = table.Column<int>(type: "INTEGER", nullable: true),
                    Promoted = table.Column<bool>(type: "INTEGER", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    RecognisedFor = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_year_reviews", x => new { x.StudentId, x.Year });
                    table.ForeignKey(
                        name: "FK_year_reviews_classes_ClassId",
                        column: x => x.ClassId,
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_year_reviews_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "old_results",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Place = table.Column<int>(type: "INTEGER", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_old_results", x => new { x.StudentId, x.Year, x.Subject });
                    table.ForeignKey(
                        name: "FK_old_results_old_years_StudentId_Year",
                        columns: x => new { x.StudentId, x.Year },
                        principalTable: "old_years",
                        principalColumns: new[] { "StudentId", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_RollOverId",
                table: "enrolments",
                column: "RollOverId");

            migrationBuilder.CreateIndex(
                name: "IX_classes_RollOverId",
                table: "classes",
                column: "RollOverId");

            migrationBuilder.CreateIndex(
                name: "IX_classes_SchoolCode_CampusCode",
                table: "classes",
                columns: new[] { "SchoolCode", "CampusCode" });

            migrationBuilder.CreateIndex(
                name: "IX_remarks_GradebookId",
                table: "remarks",
                column: "GradebookId");

            migrationBuilder.CreateIndex(
                name: "IX_retests_ClassId",
                table: "retests",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_roll_overs_SchoolCode_Year",
                table: "roll_overs",
                columns: new[] { "SchoolCode", "Year" });

            migrationBuilder.CreateIndex(
                name: "IX_student_policies_StudentId",
                table: "student_policies",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_year_reviews_ClassId",
                table: "year_reviews",
                column: "ClassId");

            migrationBuilder.AddForeignKey(
                name: "FK_classes_campuses_SchoolCode_CampusCode",
                table: "classes",
                columns: new[] { "SchoolCode", "CampusCode" },
                principalTable: "campuses",
                principalColumns: new[] { "SchoolCode", "Code" },
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_classes_roll_overs_RollOverId",
                table: "classes",
                column: "RollOverId",
                principalTable: "roll_overs",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_enrolments_roll_overs_RollOverId",
                table: "enrolments",
                column: "RollOverId",
                principalTable: "roll_overs",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_classes_campuses_SchoolCode_CampusCode",
                table: "classes");

            migrationBuilder.DropForeignKey(
                name: "FK_classes_roll_overs_RollOverId",
                table: "classes");

            migrationBuilder.DropForeignKey(
                name: "FK_enrolments_roll_overs_RollOverId",
                table: "enrolments");

            migrationBuilder.DropTable(
                name: "campuses");

            migrationBuilder.DropTable(
                name: "old_results");

            migrationBuilder.DropTable(
                name: "remarks");

            migrationBuilder.DropTable(
                name: "retests");

            migrationBuilder.DropTable(
                name: "roll_overs");

            migrationBuilder.DropTable(
                name: "student_policies");

            migrationBuilder.DropTable(
                name: "year_reviews");

            migrationBuilder.DropTable(
                name: "old_years");

            migrationBuilder.DropIndex(
                name: "IX_enrolments_RollOverId",
                table: "enrolments");

            migrationBuilder.DropIndex(
                name: "IX_classes_RollOverId",
                table: "classes");

            migrationBuilder.DropIndex(
                name: "IX_classes_SchoolCode_CampusCode",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "RollOverId",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "UndoneAt",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "UndoneBy",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "CampusCode",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "RollOverId",
                table: "classes");
        }
    }
}
