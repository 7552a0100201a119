using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "education");

            migrationBuilder.CreateTable(
                name: "external_keys",
                schema: "education",
                columns: table => new
                {
                    System = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    Type = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    SourcedId = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    Key = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_external_keys", x => new { x.System, x.Type, x.SourcedId });
                });

            migrationBuilder.CreateTable(
                name: "imported_packages",
                schema: "education",
                columns: table => new
                {
                    Hash = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    Source = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    ImportedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Rows = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_imported_packages", x => x.Hash);
                });

            migrationBuilder.CreateTable(
                name: "mark_changes",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ColumnId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Old = table.Column<short>(type: "smallint", nullable: true),
                    New = table.Column<short>(type: "smallint", nullable: true),
                    At = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    By = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    ByName = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Why = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark_changes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "education",
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
                name: "schools",
                schema: "education",
                columns: table => new
                {
                    Code = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Level = table.Column<int>(type: "int", nullable: false),
                    CommuneCode = table.Column<string>(type: "nvarchar(5)", maxLength: 5, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_schools", x => x.Code);
                });

            migrationBuilder.CreateTable(
                name: "students",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Code = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    FullName = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    BirthDate = table.Column<string>(type: "nvarchar(10)", maxLength: 10, nullable: true),
                    Sex = table.Column<int>(type: "int", nullable: false),
                    Ethnicity = table.Column<string>(type: "nvarchar(2)", maxLength: 2, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_students", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "school_years",
                schema: "education",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Starts = table.Column<DateOnly>(type: "date", nullable: false),
                    Ends = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_school_years", x => new { x.SchoolCode, x.Year });
                    table.ForeignKey(
                        name: "FK_school_years_schools_SchoolCode",
                        column: x => x.SchoolCode,
                        principalSchema: "education",
                        principalTable: "schools",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "teachers",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    FullName = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    AccountId = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_teachers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_teachers_schools_SchoolCode",
                        column: x => x.SchoolCode,
                        principalSchema: "education",
                        principalTable: "schools",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "guardians",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_guardians", x => new { x.StudentId, x.CitizenId });
                    table.ForeignKey(
                        name: "FK_guardians_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "terms",
                schema: "education",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Number = table.Column<int>(type: "int", nullable: false),
                    Starts = table.Column<DateOnly>(type: "date", nullable: false),
                    Ends = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_terms", x => new { x.SchoolCode, x.Year, x.Number });
                    table.ForeignKey(
                        name: "FK_terms_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalSchema: "education",
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "classes",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Name = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    Grade = table.Column<int>(type: "int", nullable: false),
                    HomeroomTeacherId = table.Column<Guid>(type: "uniqueidentifier", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_classes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_classes_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalSchema: "education",
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_classes_teachers_HomeroomTeacherId",
                        column: x => x.HomeroomTeacherId,
                        principalSchema: "education",
                        principalTable: "teachers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "class_subjects",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ClassId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Subject = table.Column<string>(type: "nvarchar(15)", maxLength: 15, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    AnnualPeriods = table.Column<int>(type: "int", nullable: false),
                    Kind = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_class_subjects", x => x.Id);
                    table.ForeignKey(
                        name: "FK_class_subjects_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "enrolments",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    ClassId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Status = table.Column<int>(type: "int", nullable: false),
                    Present = table.Column<bool>(type: "bit", nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true),
                    Reason = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_enrolments", x => x.Id);
                    table.ForeignKey(
                        name: "FK_enrolments_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_enrolments_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "term_conducts",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Term = table.Column<int>(type: "int", nullable: false),
                    ClassId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Level = table.Column<int>(type: "int", nullable: true),
                    Absences = table.Column<int>(type: "int", nullable: false),
                    Comment = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    PublishedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    Version = table.Column<int>(type: "int", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    ChangedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_term_conducts", x => new { x.StudentId, x.Year, x.Term });
                    table.ForeignKey(
                        name: "FK_term_conducts_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_term_conducts_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "assignments",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ClassSubjectId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    TeacherId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_assignments", x => x.Id);
                    table.ForeignKey(
                        name: "FK_assignments_class_subjects_ClassSubjectId",
                        column: x => x.ClassSubjectId,
                        principalSchema: "education",
                        principalTable: "class_subjects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_assignments_teachers_TeacherId",
                        column: x => x.TeacherId,
                        principalSchema: "education",
                        principalTable: "teachers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "gradebooks",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ClassSubjectId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Term = table.Column<int>(type: "int", nullable: false),
                    PublishedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    PublishedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_gradebooks", x => x.Id);
                    table.ForeignKey(
                        name: "FK_gradebooks_class_subjects_ClassSubjectId",
                        column: x => x.ClassSubjectId,
                        principalSchema: "education",
                        principalTable: "class_subjects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "mark_columns",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    GradebookId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Kind = table.Column<int>(type: "int", nullable: false),
                    Number = table.Column<int>(type: "int", nullable: false),
                    Title = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark_columns", x => x.Id);
                    table.ForeignKey(
                        name: "FK_mark_columns_gradebooks_GradebookId",
                        column: x => x.GradebookId,
                        principalSchema: "education",
                        principalTable: "gradebooks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "marks",
                schema: "education",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ColumnId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Value = table.Column<short>(type: "smallint", nullable: true),
                    Version = table.Column<int>(type: "int", nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    ChangedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_marks", x => new { x.StudentId, x.ColumnId });
                    table.ForeignKey(
                        name: "FK_marks_mark_columns_ColumnId",
                        column: x => x.ColumnId,
                        principalSchema: "education",
                        principalTable: "mark_columns",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_marks_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_assignments_ClassSubjectId",
                schema: "education",
                table: "assignments",
                column: "ClassSubjectId");

            migrationBuilder.CreateIndex(
                name: "IX_assignments_TeacherId",
                schema: "education",
                table: "assignments",
                column: "TeacherId");

            migrationBuilder.CreateIndex(
                name: "IX_class_subjects_ClassId_Subject",
                schema: "education",
                table: "class_subjects",
                columns: new[] { "ClassId", "Subject" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_classes_HomeroomTeacherId",
                schema: "education",
                table: "classes",
                column: "HomeroomTeacherId");

            migrationBuilder.CreateIndex(
                name: "IX_classes_SchoolCode_Year_Name",
                schema: "education",
                table: "classes",
                columns: new[] { "SchoolCode", "Year", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_ClassId_Until",
                schema: "education",
                table: "enrolments",
                columns: new[] { "ClassId", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_one_open",
                schema: "education",
                table: "enrolments",
                columns: new[] { "StudentId", "SchoolCode", "Year" },
                unique: true,
                filter: "\"Until\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_StudentId_Year",
                schema: "education",
                table: "enrolments",
                columns: new[] { "StudentId", "Year" });

            migrationBuilder.CreateIndex(
                name: "IX_gradebooks_ClassSubjectId_Term",
                schema: "education",
                table: "gradebooks",
                columns: new[] { "ClassSubjectId", "Term" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_guardians_CitizenId",
                schema: "education",
                table: "guardians",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_mark_changes_StudentId_ColumnId",
                schema: "education",
                table: "mark_changes",
                columns: new[] { "StudentId", "ColumnId" });

            migrationBuilder.CreateIndex(
                name: "IX_mark_columns_GradebookId_Kind_Number",
                schema: "education",
                table: "mark_columns",
                columns: new[] { "GradebookId", "Kind", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_marks_ColumnId",
                schema: "education",
                table: "marks",
                column: "ColumnId");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                schema: "education",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_students_Code",
                schema: "education",
                table: "students",
                column: "Code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_teachers_AccountId",
                schema: "education",
                table: "teachers",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_teachers_SchoolCode",
                schema: "education",
                table: "teachers",
                column: "SchoolCode");

            migrationBuilder.CreateIndex(
                name: "IX_term_conducts_ClassId",
                schema: "education",
                table: "term_conducts",
                column: "ClassId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "assignments",
                schema: "education");

            migrationBuilder.DropTable(
                name: "enrolments",
                schema: "education");

            migrationBuilder.DropTable(
                name: "external_keys",
                schema: "education");

            migrationBuilder.DropTable(
                name: "guardians",
                schema: "education");

            migrationBuilder.DropTable(
                name: "imported_packages",
                schema: "education");

            migrationBuilder.DropTable(
                name: "mark_changes",
                schema: "education");

            migrationBuilder.DropTable(
                name: "marks",
                schema: "education");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "education");

            migrationBuilder.DropTable(
                name: "term_conducts",
                schema: "education");

            migrationBuilder.DropTable(
                name: "terms",
                schema: "education");

            migrationBuilder.DropTable(
                name: "mark_columns",
                schema: "education");

            migrationBuilder.DropTable(
                name: "students",
                schema: "education");

            migrationBuilder.DropTable(
                name: "gradebooks",
                schema: "education");

            migrationBuilder.DropTable(
                name: "class_subjects",
                schema: "education");

            migrationBuilder.DropTable(
                name: "classes",
                schema: "education");

            migrationBuilder.DropTable(
                name: "school_years",
                schema: "education");

            migrationBuilder.DropTable(
                name: "teachers",
                schema: "education");

            migrationBuilder.DropTable(
                name: "schools",
                schema: "education");
        }
    }
}
