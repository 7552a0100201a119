using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Payments.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Fees : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "bank_transfers",
                schema: "payments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Bank = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Transaction = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Account = table.Column<string>(type: "character varying(19)", maxLength: 19, nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Content = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    PaidAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ReceivedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Reverses = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    Invoice = table.Column<Guid>(type: "uuid", nullable: true),
                    Suspense = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bank_transfers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "day_closings",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    ClosedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ClosedById = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    ClosedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    FirstEntry = table.Column<int>(type: "integer", nullable: true),
                    LastEntry = table.Column<int>(type: "integer", nullable: true),
                    Totals = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_day_closings", x => new { x.Organisation, x.Day });
                });

            migrationBuilder.CreateTable(
                name: "invoices",
                schema: "payments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    PayeeName = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Reference = table.Column<string>(type: "character varying(25)", maxLength: 25, nullable: false),
                    Purpose = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Payer = table.Column<Guid>(type: "uuid", nullable: true),
                    PayerName = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Source = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    IssuedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    DueOn = table.Column<DateOnly>(type: "date", nullable: false),
                    PriceList = table.Column<int>(type: "integer", nullable: false),
                    Total = table.Column<long>(type: "bigint", nullable: false),
                    Covered = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoices", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_entries",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ById = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    By = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Invoice = table.Column<Guid>(type: "uuid", nullable: true),
                    Transfer = table.Column<Guid>(type: "uuid", nullable: true),
                    Channel = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    Reverses = table.Column<int>(type: "integer", nullable: true),
                    Reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_entries", x => new { x.Organisation, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "ledger_heads",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Last = table.Column<int>(type: "integer", nullable: false),
                    ClosedThrough = table.Column<DateOnly>(type: "date", nullable: true),
                    Revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_heads", x => x.Organisation);
                });

            migrationBuilder.CreateTable(
                name: "payee_accounts",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Bin = table.Column<string>(type: "character varying(6)", maxLength: 6, nullable: false),
                    Account = table.Column<string>(type: "character varying(19)", maxLength: 19, nullable: false),
                    Holder = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payee_accounts", x => x.Organisation);
                });

            migrationBuilder.CreateTable(
                name: "receipt_series",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Last = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receipt_series", x => new { x.Organisation, x.Year });
                });

            migrationBuilder.CreateTable(
                name: "receipts",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Year = table.Column<int>(type: "integer", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Entry = table.Column<int>(type: "integer", nullable: false),
                    Invoice = table.Column<Guid>(type: "uuid", nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Channel = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    PayerName = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receipts", x => new { x.Organisation, x.Year, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "invoice_balances",
                schema: "payments",
                columns: table => new
                {
                    Invoice = table.Column<Guid>(type: "uuid", nullable: false),
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Received = table.Column<long>(type: "bigint", nullable: false),
                    Returned = table.Column<long>(type: "bigint", nullable: false),
                    Cancelled = table.Column<bool>(type: "boolean", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ChangedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_balances", x => x.Invoice);
                    table.ForeignKey(
                        name: "FK_invoice_balances_invoices_Invoice",
                        column: x => x.Invoice,
                        principalSchema: "payments",
                        principalTable: "invoices",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "invoice_lines",
                schema: "payments",
                columns: table => new
                {
                    Invoice = table.Column<Guid>(type: "uuid", nullable: false),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    ItemKind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Name = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    Unit = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    PriceKind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Thousandths = table.Column<long>(type: "bigint", nullable: false),
                    UnitPrice = table.Column<long>(type: "bigint", nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Covered = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_lines", x => new { x.Invoice, x.Position });
                    table.ForeignKey(
                        name: "FK_invoice_lines_invoices_Invoice",
                        column: x => x.Invoice,
                        principalSchema: "payments",
                        principalTable: "invoices",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "ledger_postings",
                schema: "payments",
                columns: table => new
                {
                    Organisation = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Position = table.Column<int>(type: "integer", nullable: false),
                    Account = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Amount = table.Column<long>(type: "bigint", nullable: false),
                    Party = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    Invoice = table.Column<Guid>(type: "uuid", nullable: true),
                    Transfer = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_postings", x => new { x.Organisation, x.Number, x.Position });
                    table.ForeignKey(
                        name: "FK_ledger_postings_ledger_entries_Organisation_Number",
                        columns: x => new { x.Organisation, x.Number },
                        principalSchema: "payments",
                        principalTable: "ledger_entries",
                        principalColumns: new[] { "Organisation", "Number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_bank_transfers_Bank_Reverses",
                schema: "payments",
                table: "bank_transfers",
                columns: new[] { "Bank", "Reverses" });

            migrationBuilder.CreateIndex(
                name: "IX_bank_transfers_Bank_Transaction",
                schema: "payments",
                table: "bank_transfers",
                columns: new[] { "Bank", "Transaction" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_bank_transfers_Organisation_State",
                schema: "payments",
                table: "bank_transfers",
                columns: new[] { "Organisation", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_invoice_balances_Organisation_State",
                schema: "payments",
                table: "invoice_balances",
                columns: new[] { "Organisation", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_invoices_Organisation_Key",
                schema: "payments",
                table: "invoices",
                columns: new[] { "Organisation", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invoices_Payer",
                schema: "payments",
                table: "invoices",
                column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_invoices_Reference",
                schema: "payments",
                table: "invoices",
                column: "Reference",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invoices_Source",
                schema: "payments",
                table: "invoices",
                column: "Source");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_Invoice",
                schema: "payments",
                table: "ledger_entries",
                column: "Invoice");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_Organisation_Day",
                schema: "payments",
                table: "ledger_entries",
                columns: new[] { "Organisation", "Day" });

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_Transfer",
                schema: "payments",
                table: "ledger_entries",
                column: "Transfer");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_postings_Invoice",
                schema: "payments",
                table: "ledger_postings",
                column: "Invoice");

            migrationBuilder.CreateIndex(
                name: "IX_payee_accounts_Bin_Account",
                schema: "payments",
                table: "payee_accounts",
                columns: new[] { "Bin", "Account" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_receipts_Invoice",
                schema: "payments",
                table: "receipts",
                column: "Invoice");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bank_transfers",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "day_closings",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "invoice_balances",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "invoice_lines",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "ledger_heads",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "ledger_postings",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "payee_accounts",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "receipt_series",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "receipts",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "invoices",
                schema: "payments");

            migrationBuilder.DropTable(
                name: "ledger_entries",
                schema: "payments");
        }
    }
}
