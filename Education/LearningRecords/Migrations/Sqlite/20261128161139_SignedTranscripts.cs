using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SignedTranscripts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Rows of before count as changed on the day from which changes are noted.
            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "terms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "teachers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "students",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "schools",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "school_years",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "mark_columns",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "enrolments",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "classes",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "class_subjects",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.AddColumn<long>(
                name: "ChangedAt",
                table: "assignments",
                type: "INTEGER",
                nullable: false,
                defaultValue: 639314208000000000L);

            migrationBuilder.CreateTable(
                name: "share_links",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    TokenHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    WithMarks = table.Column<bool>(type: "INTEGER", nullable: false),
                    Note = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Opened = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_share_links", x => x.Id);
                    table.ForeignKey(
                        name: "FK_share_links_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcripts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    ClassId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Replaces = table.Column<Guid>(type: "TEXT", nullable: true),
                    Why = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Xml = table.Column<string>(type: "TEXT", nullable: false),
                    Signatures = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ReleasedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ReplacedBy = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transcripts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_transcripts_classes_ClassId",
                        column: x => x.ClassId,
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_transcripts_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "issued_credentials",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    TranscriptId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    StatusIndex = table.Column<int>(type: "INTEGER", nullable: false),
                    ShareId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Jwt = table.Column<string>(type: "TEXT", nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_issued_credentials", x => x.Id);
                    table.ForeignKey(
                        name: "FK_issued_credentials_share_links_ShareId",
                        column: x => x.ShareId,
                        principalTable: "share_links",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_issued_credentials_transcripts_TranscriptId",
                        column: x => x.TranscriptId,
                        principalTable: "transcripts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcript_signers",
                columns: table => new
                {
                    TranscriptId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Place = table.Column<int>(type: "INTEGER", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 15, nullable: true),
                    TeacherId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    SignedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transcript_signers", x => new { x.TranscriptId, x.Place });
                    table.ForeignKey(
                        name: "FK_transcript_signers_transcripts_TranscriptId",
                        column: x => x.TranscriptId,
                        principalTable: "transcripts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_students_ChangedAt",
                table: "students",
                column: "ChangedAt");

            migrationBuilder.CreateIndex(
                name: "IX_enrolments_ChangedAt",
                table: "enrolments",
                column: "ChangedAt");

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_SchoolCode_StatusIndex",
                table: "issued_credentials",
                columns: new[] { "SchoolCode", "StatusIndex" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_ShareId",
                table: "issued_credentials",
                column: "ShareId");

            migrationBuilder.CreateIndex(
                name: "IX_issued_credentials_TranscriptId",
                table: "issued_credentials",
                column: "TranscriptId");

            migrationBuilder.CreateIndex(
                name: "IX_share_links_StudentId",
                table: "share_links",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_share_links_TokenHash",
                table: "share_links",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_transcripts_ClassId",
                table: "transcripts",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_transcripts_StudentId_SchoolCode_Year_Version",
                table: "transcripts",
                columns: new[] { "StudentId", "SchoolCode", "Year", "Version" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "issued_credentials");

            migrationBuilder.DropTable(
                name: "transcript_signers");

            migrationBuilder.DropTable(
                name: "share_links");

            migrationBuilder.DropTable(
                name: "transcripts");

            migrationBuilder.DropIndex(
                name: "IX_students_ChangedAt",
                table: "students");

            migrationBuilder.DropIndex(
                name: "IX_enrolments_ChangedAt",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "terms");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "teachers");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "students");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "schools");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "school_years");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "mark_columns");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "enrolments");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "classes");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "class_subjects");

            migrationBuilder.DropColumn(
                name: "ChangedAt",
                table: "assignments");
        }
    }
}
