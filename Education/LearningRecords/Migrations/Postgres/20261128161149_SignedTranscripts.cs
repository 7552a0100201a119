using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SignedTranscripts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Rows of before count as changed on the day from which changes are noted.
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "terms",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "teachers",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "students",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "schools",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "school_years",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "mark_columns",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "enrolments",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "classes",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "class_subjects",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ChangedAt",
                schema: "education",
                table: "assignments",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(2026, 11, 28, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.CreateTable(
                name: "share_links",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    TokenHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    WithMarks = table.Column<bool>(type: "boolean", nullable: false),
                    Note = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    CreatedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    RevokedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Opened = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_share_links", x => x.Id);
                    table.ForeignKey(
                        name: "FK_share_links_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcripts",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    StudentId = table.Column<Guid>(type: "uuid", nullable: false),
                    SchoolCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    ClassId = table.Column<Guid>(type: "uuid", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Replaces = table.Column<Guid>(type: "uuid", nullable: true),
                    Why = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Xml = table.Column<string>(type: "text", nullable: false),
                    Signatures = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    CreatedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    ReleasedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ReplacedBy = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transcripts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_transcripts_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_transcripts_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "issued_credentials",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    TranscriptId = table.Column<Guid>(type: "uuid", nullable: false),
                    SchoolCode = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    StatusIndex = table.Column<int>(type: "integer", nullable: false),
                    ShareId = table.Column<Guid>(type: "uuid", nullable: true),
                    Jwt = table.Column<string>(type: "text", nullable: false),
                    IssuedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    RevokedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_issued_credentials", x => x.Id);
                    table.ForeignKey(
                        name: "FK_issued_credentials_share_links_ShareId",
                        column: x => x.ShareId,
                        principalSchema: "education",
                        principalTable: "share_links",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_issued_credentials_transcripts_TranscriptId",
                        column: x => x.TranscriptId,
                        principalSchema: "education",
                        principalTable: "transcripts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcript_signers",
                schema: "education",
                columns: table => new
                {
                    TranscriptId = table.Column<Guid>(type: "uuid", nullable: false),
                    Place = table.Column<int>(type: "integer", nullable: false),
                    Role = table.Column<int>(type: "integer", nullable: false),
                    Subject = table.Column<string>(type: "character varying(15)", maxLength: 15, nullable: true),
                    TeacherId = table.Column<Guid>(type: "uuid", nullable: true),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    SignedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transcript_signers", x => new { x.TranscriptId, x.Place });
                    table.ForeignKey(
                        name: "FK_transcript_signers_transcripts_TranscriptId",
                        column: x => x.TranscriptId,
                        principalSchema: "education",
                        principalTable: "transcripts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_students_ChangedAt",
                schema: "education",
                table: "students",
                column: "ChangedAt");

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_ChangedAt",
                schema: "education",
                table: "enrolments",
                column: "ChangedAt");

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_SchoolCode_StatusIndex",
                schema: "education",
                table: "issued_credentials",
                columns: new[] { "SchoolCode", "StatusIndex" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_ShareId",
                schema: "education",
                table: "issued_credentials",
                column: "ShareId");

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_TranscriptId",
                schema: "education",
                table: "issued_credentials",
                column: "TranscriptId");

            migrationBuilder.CreateIndex(
                name: "IX_share_links_StudentId",
                schema: "education",
                table: "share_links",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_share_links_TokenHash",
                schema: "education",
                table: "share_links",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_transcripts_ClassId",
                schema: "education",
                table: "transcripts",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_transcripts_StudentId_SchoolCode_Year_Version",
                schema: "education",
                table: "transcripts",
                columns: new[] { "StudentId", "SchoolCode", "Year", "Version" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "issued_credentials",
                schema: "education");

            migrationBuilder.DropTable(
                name: "transcript_signers",
                schema: "education");

            migrationBuilder.DropTable(
                name: "share_links",
                schema: "education");

            migrationBuilder.DropTable(
                name: "transcripts",
                schema: "education");

            migrationBuilder.DropIndex(
                name: "IX_students_ChangedAt",
                schema: "education",
                table: "students");

            migrationBuilder.DropIndex(
                name: "IX_enrolments_ChangedAt",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "terms");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "teachers");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "students");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "schools");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "school_years");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "mark_columns");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "class_subjects");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                schema: "education",
                table: "assignments");
        }
    }
}
