using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PrimaryAndYearEnd : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "RollOverId",
                schema: "education",
                table: "enrolments",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "UndoneAt",
                schema: "education",
                table: "enrolments",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "UndoneBy",
                schema: "education",
                table: "enrolments",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CampusCode",
                schema: "education",
                table: "classes",
                type: "character varying(35)",
                maxLength: 35,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "RollOverId",
                schema: "education",
                table: "classes",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "campuses",
                schema: "education",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Code = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    IsMain = table.Column<bool>(type: "boolean", nullable: false),
                    CommuneCode = table.Column<string>(type: "character varying(5)", maxLength: 5, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_campuses", x => new { x.SchoolCode, x.Code });
                    table.ForeignKey(
                        name: "FK_campuses_schools_SchoolCode",
                        column: x => x.SchoolCode,
                        principalSchema: "education",
                        principalTable: "schools",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "old_years",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Grade = table.Column<int>(type: "integer", nullable: true),
                    Class = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    School = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    RuleSet = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Learning = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Conduct = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Outcome = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    ImportedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ImportedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_old_years", x => new { x.StudentId, x.Year });
                    table.ForeignKey(
                        name: "FK_old_years_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "remarks",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    GradebookId = table.Column<Guid>(type: "uuid", nullable: false),
                    Text = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ChangedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_remarks", x => new { x.StudentId, x.GradebookId });
                    table.ForeignKey(
                        name: "FK_remarks_gradebooks_GradebookId",
                        column: x => x.GradebookId,
                        principalSchema: "education",
                        principalTable: "gradebooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_remarks_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "retests",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Subject = table.Column<string>(type: "character varying(15)", maxLength: 15, nullable: false),
                    ClassId = table.Column<Guid>(type: "uuid", nullable: false),
                    Value = table.Column<short>(type: "smallint", nullable: false),
                    PublishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ChangedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_retests", x => new { x.StudentId, x.Year, x.Subject });
                    table.ForeignKey(
                        name: "FK_retests_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_retests_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "roll_overs",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    SchoolCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Pupils = table.Column<int>(type: "integer", nullable: false),
                    UndoneAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    UndoneBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_roll_overs", x => x.Id);
                    table.ForeignKey(
                        name: "FK_roll_overs_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalSchema: "education",
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "student_policies",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Category = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true),
                    Evidence = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    RecordedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_student_policies", x => x.Id);
                    table.ForeignKey(
                        name: "FK_student_policies_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "year_reviews",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    ClassId = table.Column<Guid>(type: "uuid", nullable: false),
                    SummerConduct = table.Column<int>(type: "integer", nullable: true),
                    Promoted = table.Column<bool>(type: "boolean", nullable: true),
                    Reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    RecognisedFor = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    PublishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ChangedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_year_reviews", x => new { x.StudentId, x.Year });
                    table.ForeignKey(
                        name: "FK_year_reviews_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_year_reviews_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "old_results",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Subject = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Place = table.Column<int>(type: "integer", nullable: false),
                    Text = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_old_results", x => new { x.StudentId, x.Year, x.Subject });
                    table.ForeignKey(
                        name: "FK_old_results_old_years_StudentId_Year",
                        columns: x => new { x.StudentId, x.Year },
                        principalSchema: "education",
                        principalTable: "old_years",
                        principalColumns: new[] { "StudentId", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_RollOverId",
                schema: "education",
                table: "enrolments",
                column: "RollOverId");

            migrationBuilder.CreateIndex(
                name: "IX_classes_RollOverId",
                schema: "education",
                table: "classes",
                column: "RollOverId");

            migrationBuilder.CreateIndex(
                name: "IX_classes_SchoolCode_CampusCode",
                schema: "education",
                table: "classes",
                columns: new[] { "SchoolCode", "CampusCode" });

            migrationBuilder.CreateIndex(
                name: "IX_remarks_GradebookId",
                schema: "education",
                table: "remarks",
                column: "GradebookId");

            migrationBuilder.CreateIndex(
                name: "IX_retests_ClassId",
                schema: "education",
                table: "retests",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_roll_overs_SchoolCode_Year",
                schema: "education",
                table: "roll_overs",
                columns: new[] { "SchoolCode", "Year" });

            migrationBuilder.CreateIndex(
                name: "IX_student_policies_StudentId",
                schema: "education",
                table: "student_policies",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_year_reviews_ClassId",
                schema: "education",
                table: "year_reviews",
                column: "ClassId");

            migrationBuilder.AddForeignKey(
                name: "FK_classes_campuses_SchoolCode_CampusCode",
                schema: "education",
                table: "classes",
                columns: new[] { "SchoolCode", "CampusCode" },
                principalSchema: "education",
                principalTable: "campuses",
                principalColumns: new[] { "SchoolCode", "Code" },
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_classes_roll_overs_RollOverId",
                schema: "education",
                table: "classes",
                column: "RollOverId",
                principalSchema: "education",
                principalTable: "roll_overs",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "FK_enrolments_roll_overs_RollOverId",
                schema: "education",
                table: "enrolments",
                column: "RollOverId",
                principalSchema: "education",
                principalTable: "roll_overs",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_classes_campuses_SchoolCode_CampusCode",
                schema: "education",
                table: "classes");

            migrationBuilder.DropForeignKey(
                name: "FK_classes_roll_overs_RollOverId",
                schema: "education",
                table: "classes");

            migrationBuilder.DropForeignKey(
                name: "FK_enrolments_roll_overs_RollOverId",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropTable(
                name: "campuses",
                schema: "education");

            migrationBuilder.DropTable(
                name: "old_results",
                schema: "education");

            migrationBuilder.DropTable(
                name: "remarks",
                schema: "education");

            migrationBuilder.DropTable(
                name: "retests",
                schema: "education");

            migrationBuilder.DropTable(
                name: "roll_overs",
                schema: "education");

            migrationBuilder.DropTable(
                name: "student_policies",
                schema: "education");

            migrationBuilder.DropTable(
                name: "year_reviews",
                schema: "education");

            migrationBuilder.DropTable(
                name: "old_years",
                schema: "education");

            migrationBuilder.DropIndex(
                name: "IX_enrolments_RollOverId",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropIndex(
                name: "IX_classes_RollOverId",
                schema: "education",
                table: "classes");

            migrationBuilder.DropIndex(
                name: "IX_classes_SchoolCode_CampusCode",
                schema: "education",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "RollOverId",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "UndoneAt",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "UndoneBy",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "CampusCode",
                schema: "education",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "RollOverId",
                schema: "education",
                table: "classes");
        }
    }
}
