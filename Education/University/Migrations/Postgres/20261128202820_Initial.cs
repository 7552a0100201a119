using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.University.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "university");

            migrationBuilder.CreateTable(
                name: "institutions",
                schema: "university",
                columns: table => new
                {
                    Code = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    Warnings = table.Column<int>(type: "integer", nullable: false),
                    DismissedAt = table.Column<int>(type: "integer", nullable: false),
                    MostCreditsPerTerm = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_institutions", x => x.Code);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "university",
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
                name: "section_mark_changes",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    SectionId = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Component = table.Column<int>(type: "integer", nullable: false),
                    From = table.Column<int>(type: "integer", nullable: true),
                    To = table.Column<int>(type: "integer", nullable: true),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Why = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_section_mark_changes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "courses",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    InstitutionCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Code = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Credits = table.Column<int>(type: "integer", nullable: false),
                    PassOnly = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_courses", x => x.Id);
                    table.ForeignKey(
                        name: "FK_courses_institutions_InstitutionCode",
                        column: x => x.InstitutionCode,
                        principalSchema: "university",
                        principalTable: "institutions",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "programmes",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    InstitutionCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Code = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Credits = table.Column<int>(type: "integer", nullable: false),
                    CreditsPerYear = table.Column<int>(type: "integer", nullable: false),
                    MostYears = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_programmes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_programmes_institutions_InstitutionCode",
                        column: x => x.InstitutionCode,
                        principalSchema: "university",
                        principalTable: "institutions",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "scale_letters",
                schema: "university",
                columns: table => new
                {
                    InstitutionCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Letter = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    FromTenths = table.Column<int>(type: "integer", nullable: false),
                    PointTenths = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_scale_letters", x => new { x.InstitutionCode, x.Letter });
                    table.ForeignKey(
                        name: "FK_scale_letters_institutions_InstitutionCode",
                        column: x => x.InstitutionCode,
                        principalSchema: "university",
                        principalTable: "institutions",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "terms",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    InstitutionCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Starts = table.Column<DateOnly>(type: "date", nullable: false),
                    Ends = table.Column<DateOnly>(type: "date", nullable: false),
                    Opens = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Closes = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Decisions = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_terms", x => x.Id);
                    table.ForeignKey(
                        name: "FK_terms_institutions_InstitutionCode",
                        column: x => x.InstitutionCode,
                        principalSchema: "university",
                        principalTable: "institutions",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "course_components",
                schema: "university",
                columns: table => new
                {
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Weight = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_course_components", x => new { x.CourseId, x.Number });
                    table.ForeignKey(
                        name: "FK_course_components_courses_CourseId",
                        column: x => x.CourseId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "prerequisites",
                schema: "university",
                columns: table => new
                {
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    RequiredId = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_prerequisites", x => new { x.CourseId, x.RequiredId });
                    table.ForeignKey(
                        name: "FK_prerequisites_courses_CourseId",
                        column: x => x.CourseId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_prerequisites_courses_RequiredId",
                        column: x => x.RequiredId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "programme_courses",
                schema: "university",
                columns: table => new
                {
                    ProgrammeId = table.Column<Guid>(type: "uuid", nullable: false),
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    Required = table.Column<bool>(type: "boolean", nullable: false),
                    Semester = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_programme_courses", x => new { x.ProgrammeId, x.CourseId });
                    table.ForeignKey(
                        name: "FK_programme_courses_courses_CourseId",
                        column: x => x.CourseId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_programme_courses_programmes_ProgrammeId",
                        column: x => x.ProgrammeId,
                        principalSchema: "university",
                        principalTable: "programmes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "students",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    ProgrammeId = table.Column<Guid>(type: "uuid", nullable: false),
                    InstitutionCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Code = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    FullName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Since = table.Column<DateOnly>(type: "date", nullable: false),
                    Disciplined = table.Column<bool>(type: "boolean", nullable: false),
                    Suspended = table.Column<bool>(type: "boolean", nullable: false),
                    OutcomesMet = table.Column<bool>(type: "boolean", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_students", x => x.Id);
                    table.ForeignKey(
                        name: "FK_students_programmes_ProgrammeId",
                        column: x => x.ProgrammeId,
                        principalSchema: "university",
                        principalTable: "programmes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sections",
                schema: "university",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    TermId = table.Column<Guid>(type: "uuid", nullable: false),
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Capacity = table.Column<int>(type: "integer", nullable: false),
                    Taken = table.Column<int>(type: "integer", nullable: false),
                    Waiting = table.Column<int>(type: "integer", nullable: false),
                    Tickets = table.Column<long>(type: "bigint", nullable: false),
                    TeacherAccount = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    TeacherName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    Room = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    PublishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sections", x => x.Id);
                    table.CheckConstraint("CK_sections_seats", "\"Taken\" >= 0 AND \"Taken\" <= \"Capacity\" AND \"Waiting\" >= 0");
                    table.ForeignKey(
                        name: "FK_sections_courses_CourseId",
                        column: x => x.CourseId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_sections_terms_TermId",
                        column: x => x.TermId,
                        principalSchema: "university",
                        principalTable: "terms",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "recognised_courses",
                schema: "university",
                columns: table => new
                {
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    Evidence = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    By = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_recognised_courses", x => new { x.StudentId, x.CourseId });
                    table.ForeignKey(
                        name: "FK_recognised_courses_courses_CourseId",
                        column: x => x.CourseId,
                        principalSchema: "university",
                        principalTable: "courses",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_recognised_courses_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "university",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "registrations",
                schema: "university",
                columns: table => new
                {
                    SectionId = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    TermId = table.Column<Guid>(type: "uuid", nullable: false),
                    CourseId = table.Column<Guid>(type: "uuid", nullable: false),
                    Place = table.Column<int>(type: "integer", nullable: false),
                    Ticket = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    MovedUpAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registrations", x => new { x.StudentId, x.SectionId });
                    table.ForeignKey(
                        name: "FK_registrations_sections_SectionId",
                        column: x => x.SectionId,
                        principalSchema: "university",
                        principalTable: "sections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_registrations_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "university",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "section_marks",
                schema: "university",
                columns: table => new
                {
                    SectionId = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Component = table.Column<int>(type: "integer", nullable: false),
                    Tenths = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_section_marks", x => new { x.StudentId, x.SectionId, x.Component });
                    table.ForeignKey(
                        name: "FK_section_marks_sections_SectionId",
                        column: x => x.SectionId,
                        principalSchema: "university",
                        principalTable: "sections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_section_marks_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "university",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "section_slots",
                schema: "university",
                columns: table => new
                {
                    SectionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    First = table.Column<int>(type: "integer", nullable: false),
                    Last = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_section_slots", x => new { x.SectionId, x.Day, x.First });
                    table.ForeignKey(
                        name: "FK_section_slots_sections_SectionId",
                        column: x => x.SectionId,
                        principalSchema: "university",
                        principalTable: "sections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_courses_InstitutionCode_Code",
                schema: "university",
                table: "courses",
                columns: new[] { "InstitutionCode", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_DispatchedAt_OccurredAt",
                schema: "university",
                table: "outbox",
                columns: new[] { "DispatchedAt", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_prerequisites_RequiredId",
                schema: "university",
                table: "prerequisites",
                column: "RequiredId");

            migrationBuilder.CreateIndex(
                name: "IX_programme_courses_CourseId",
                schema: "university",
                table: "programme_courses",
                column: "CourseId");

            migrationBuilder.CreateIndex(
                name: "IX_programmes_InstitutionCode_Code",
                schema: "university",
                table: "programmes",
                columns: new[] { "InstitutionCode", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_recognised_courses_CourseId",
                schema: "university",
                table: "recognised_courses",
                column: "CourseId");

            migrationBuilder.CreateIndex(
                name: "IX_registrations_SectionId_Place_Ticket",
                schema: "university",
                table: "registrations",
                columns: new[] { "SectionId", "Place", "Ticket" });

            migrationBuilder.CreateIndex(
                name: "IX_section_mark_changes_SectionId_StudentId",
                schema: "university",
                table: "section_mark_changes",
                columns: new[] { "SectionId", "StudentId" });

            migrationBuilder.CreateIndex(
                name: "IX_section_marks_SectionId",
                schema: "university",
                table: "section_marks",
                column: "SectionId");

            migrationBuilder.CreateIndex(
                name: "IX_sections_CourseId",
                schema: "university",
                table: "sections",
                column: "CourseId");

            migrationBuilder.CreateIndex(
                name: "IX_sections_TeacherAccount",
                schema: "university",
                table: "sections",
                column: "TeacherAccount");

            migrationBuilder.CreateIndex(
                name: "IX_sections_TermId_CourseId_Number",
                schema: "university",
                table: "sections",
                columns: new[] { "TermId", "CourseId", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_students_CitizenId_ProgrammeId",
                schema: "university",
                table: "students",
                columns: new[] { "CitizenId", "ProgrammeId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_students_InstitutionCode_Code",
                schema: "university",
                table: "students",
                columns: new[] { "InstitutionCode", "Code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_students_ProgrammeId",
                schema: "university",
                table: "students",
                column: "ProgrammeId");

            migrationBuilder.CreateIndex(
                name: "IX_terms_InstitutionCode_Year_Number",
                schema: "university",
                table: "terms",
                columns: new[] { "InstitutionCode", "Year", "Number" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "course_components",
                schema: "university");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "university");

            migrationBuilder.DropTable(
                name: "prerequisites",
                schema: "university");

            migrationBuilder.DropTable(
                name: "programme_courses",
                schema: "university");

            migrationBuilder.DropTable(
                name: "recognised_courses",
                schema: "university");

            migrationBuilder.DropTable(
                name: "registrations",
                schema: "university");

            migrationBuilder.DropTable(
                name: "scale_letters",
                schema: "university");

            migrationBuilder.DropTable(
                name: "section_mark_changes",
                schema: "university");

            migrationBuilder.DropTable(
                name: "section_marks",
                schema: "university");

            migrationBuilder.DropTable(
                name: "section_slots",
                schema: "university");

            migrationBuilder.DropTable(
                name: "students",
                schema: "university");

            migrationBuilder.DropTable(
                name: "sections",
                schema: "university");

            migrationBuilder.DropTable(
                name: "programmes",
                schema: "university");

            migrationBuilder.DropTable(
                name: "courses",
                schema: "university");

            migrationBuilder.DropTable(
                name: "terms",
                schema: "university");

            migrationBuilder.DropTable(
                name: "institutions",
                schema: "university");
        }
    }
}
