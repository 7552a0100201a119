using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Tuition : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "fee_bills",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Month = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ClassId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    By = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    InvoiceId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_bills", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_bills_classes_ClassId",
                        column: x => x.ClassId,
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_fee_bills_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_books",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_books", x => new { x.SchoolCode, x.Year });
                });

            migrationBuilder.CreateTable(
                name: "fee_choices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Item = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Until = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    By = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_choices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_choices_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_grants",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    StudentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Policy = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    From = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Until = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    EnteredById = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    EnteredBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    EnteredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DecidedById = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    DecidedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    EvidenceName = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    EvidenceType = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_grants", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_grants_students_StudentId",
                        column: x => x.StudentId,
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_plans",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    SchoolCode = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    IsPrivate = table.Column<bool>(type: "INTEGER", nullable: false),
                    ByDay = table.Column<bool>(type: "INTEGER", nullable: false),
                    ProvincialSupport = table.Column<long>(type: "INTEGER", nullable: false),
                    FirstMonth = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    LastMonth = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    ValidFrom = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PublishedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_plans", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_plans_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_bill_lines",
                columns: table => new
                {
                    BillId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    Month = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    Covered = table.Column<long>(type: "INTEGER", nullable: false),
                    Because = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_bill_lines", x => new { x.BillId, x.Position });
                    table.ForeignKey(
                        name: "FK_fee_bill_lines_fee_bills_BillId",
                        column: x => x.BillId,
                        principalTable: "fee_bills",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_evidence",
                columns: table => new
                {
                    GrantId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_evidence", x => x.GrantId);
                    table.ForeignKey(
                        name: "FK_fee_evidence_fee_grants_GrantId",
                        column: x => x.GrantId,
                        principalTable: "fee_grants",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_items",
                columns: table => new
                {
                    PlanId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    IsTuition = table.Column<bool>(type: "INTEGER", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    OnceIn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    Grade = table.Column<int>(type: "INTEGER", nullable: true),
                    ClassId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Chosen = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_items", x => new { x.PlanId, x.Position });
                    table.ForeignKey(
                        name: "FK_fee_items_fee_plans_PlanId",
                        column: x => x.PlanId,
                        principalTable: "fee_plans",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_ClassId",
                table: "fee_bills",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_SchoolCode_StudentId_Month",
                table: "fee_bills",
                columns: new[] { "SchoolCode", "StudentId", "Month" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_StudentId",
                table: "fee_bills",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_choices_SchoolCode_Year",
                table: "fee_choices",
                columns: new[] { "SchoolCode", "Year" });

            migrationBuilder.CreateIndex(
                name: "IX_fee_choices_StudentId",
                table: "fee_choices",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_grants_SchoolCode_State",
                table: "fee_grants",
                columns: new[] { "SchoolCode", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_fee_grants_StudentId",
                table: "fee_grants",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_plans_SchoolCode_Year_Number",
                table: "fee_plans",
                columns: new[] { "SchoolCode", "Year", "Number" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fee_bill_lines");

            migrationBuilder.DropTable(
                name: "fee_books");

            migrationBuilder.DropTable(
                name: "fee_choices");

            migrationBuilder.DropTable(
                name: "fee_evidence");

            migrationBuilder.DropTable(
                name: "fee_items");

            migrationBuilder.DropTable(
                name: "fee_bills");

            migrationBuilder.DropTable(
                name: "fee_grants");

            migrationBuilder.DropTable(
                name: "fee_plans");
        }
    }
}
