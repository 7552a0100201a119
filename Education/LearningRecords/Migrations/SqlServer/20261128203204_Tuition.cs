using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Education.LearningRecords.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Tuition : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "fee_bills",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Month = table.Column<DateOnly>(type: "date", nullable: false),
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ClassId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    By = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    InvoiceId = table.Column<Guid>(type: "uniqueidentifier", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_bills", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_bills_classes_ClassId",
                        column: x => x.ClassId,
                        principalSchema: "education",
                        principalTable: "classes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_fee_bills_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_books",
                schema: "education",
                columns: table => new
                {
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Revision = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_books", x => new { x.SchoolCode, x.Year });
                });

            migrationBuilder.CreateTable(
                name: "fee_choices",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Item = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true),
                    By = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_choices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_choices_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_grants",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    StudentId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Policy = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    From = table.Column<DateOnly>(type: "date", nullable: false),
                    Until = table.Column<DateOnly>(type: "date", nullable: true),
                    State = table.Column<int>(type: "int", nullable: false),
                    EnteredById = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    EnteredBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    EnteredAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    DecidedById = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    DecidedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    DecidedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    Reason = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    EvidenceName = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    EvidenceType = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Revision = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_grants", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_grants_students_StudentId",
                        column: x => x.StudentId,
                        principalSchema: "education",
                        principalTable: "students",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_plans",
                schema: "education",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SchoolCode = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Year = table.Column<int>(type: "int", nullable: false),
                    Number = table.Column<int>(type: "int", nullable: false),
                    IsPrivate = table.Column<bool>(type: "bit", nullable: false),
                    ByDay = table.Column<bool>(type: "bit", nullable: false),
                    ProvincialSupport = table.Column<long>(type: "bigint", nullable: false),
                    FirstMonth = table.Column<DateOnly>(type: "date", nullable: false),
                    LastMonth = table.Column<DateOnly>(type: "date", nullable: false),
                    ValidFrom = table.Column<DateOnly>(type: "date", nullable: false),
                    PublishedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    PublishedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_plans", x => x.Id);
                    table.ForeignKey(
                        name: "FK_fee_plans_school_years_SchoolCode_Year",
                        columns: x => new { x.SchoolCode, x.Year },
                        principalSchema: "education",
                        principalTable: "school_years",
                        principalColumns: new[] { "SchoolCode", "Year" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_bill_lines",
                schema: "education",
                columns: table => new
                {
                    BillId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Position = table.Column<int>(type: "int", nullable: false),
                    Month = table.Column<DateOnly>(type: "date", nullable: false),
                    Code = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Covered = table.Column<long>(type: "bigint", nullable: false),
                    Because = table.Column<string>(type: "nvarchar(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_bill_lines", x => new { x.BillId, x.Position });
                    table.ForeignKey(
                        name: "FK_fee_bill_lines_fee_bills_BillId",
                        column: x => x.BillId,
                        principalSchema: "education",
                        principalTable: "fee_bills",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_evidence",
                schema: "education",
                columns: table => new
                {
                    GrantId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Content = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_evidence", x => x.GrantId);
                    table.ForeignKey(
                        name: "FK_fee_evidence_fee_grants_GrantId",
                        column: x => x.GrantId,
                        principalSchema: "education",
                        principalTable: "fee_grants",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fee_items",
                schema: "education",
                columns: table => new
                {
                    PlanId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Position = table.Column<int>(type: "int", nullable: false),
                    Code = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    IsTuition = table.Column<bool>(type: "bit", nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    OnceIn = table.Column<DateOnly>(type: "date", nullable: true),
                    Grade = table.Column<int>(type: "int", nullable: true),
                    ClassId = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    Chosen = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fee_items", x => new { x.PlanId, x.Position });
                    table.ForeignKey(
                        name: "FK_fee_items_fee_plans_PlanId",
                        column: x => x.PlanId,
                        principalSchema: "education",
                        principalTable: "fee_plans",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_ClassId",
                schema: "education",
                table: "fee_bills",
                column: "ClassId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_SchoolCode_StudentId_Month",
                schema: "education",
                table: "fee_bills",
                columns: new[] { "SchoolCode", "StudentId", "Month" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fee_bills_StudentId",
                schema: "education",
                table: "fee_bills",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_choices_SchoolCode_Year",
                schema: "education",
                table: "fee_choices",
                columns: new[] { "SchoolCode", "Year" });

            migrationBuilder.CreateIndex(
                name: "IX_fee_choices_StudentId",
                schema: "education",
                table: "fee_choices",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_grants_SchoolCode_State",
                schema: "education",
                table: "fee_grants",
                columns: new[] { "SchoolCode", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_fee_grants_StudentId",
                schema: "education",
                table: "fee_grants",
                column: "StudentId");

            migrationBuilder.CreateIndex(
                name: "IX_fee_plans_SchoolCode_Year_Number",
                schema: "education",
                table: "fee_plans",
                columns: new[] { "SchoolCode", "Year", "Number" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fee_bill_lines",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_books",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_choices",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_evidence",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_items",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_bills",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_grants",
                schema: "education");

            migrationBuilder.DropTable(
                name: "fee_plans",
                schema: "education");
        }
    }
}
