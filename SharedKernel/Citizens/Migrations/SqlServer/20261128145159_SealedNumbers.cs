using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class SealedNumbers : Migration
    {
        // A number stands in the clear under its new name until it is sealed in the background (ResealRegister).
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(name: "PK_identifier",
                schema: "citizens", table: "identifier");
            migrationBuilder.DropIndex(name: "IX_identifier_Value_Kind",
                schema: "citizens", table: "identifier");
            migrationBuilder.DropIndex(name: "one_person_per_personal_id",
                schema: "citizens", table: "identifier");

            migrationBuilder.RenameColumn(
                name: "Value",
                schema: "citizens",
                table: "identifier",
                newName: "Key");

            migrationBuilder.AlterColumn<string>(
                name: "Key",
                schema: "citizens",
                table: "identifier",
                type: "nvarchar(32)",
                maxLength: 32,
                nullable: false,
                collation: "Latin1_General_100_BIN2",
                oldClrType: typeof(string),
                oldType: "nvarchar(20)",
                oldMaxLength: 20,
                oldCollation: "Latin1_General_100_BIN2");

            migrationBuilder.AlterColumn<string>(
                name: "Phone",
                schema: "citizens",
                table: "person",
                type: "nvarchar(120)",
                maxLength: 120,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "nvarchar(20)",
                oldMaxLength: 20, oldNullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Sealed",
                schema: "citizens",
                table: "identifier",
                type: "nvarchar(120)",
                maxLength: 120,
                nullable: true);

            migrationBuilder.AddPrimaryKey(
                name: "PK_identifier",
                schema: "citizens",
                table: "identifier",
                columns: new[] { "Citizen", "Kind", "Key" });

            migrationBuilder.CreateIndex(
                name: "IX_identifier_Key_Kind",
                schema: "citizens",
                table: "identifier",
                columns: new[] { "Key", "Kind" });

            migrationBuilder.CreateIndex(
                name: "one_person_per_personal_id",
                schema: "citizens",
                table: "identifier",
                column: "Key",
                unique: true,
                filter: "\"Kind\" = 'PersonalId'");

            migrationBuilder.CreateTable(
                name: "vault_mark",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false),
                    Mark = table.Column<string>(type: "nvarchar(120)", maxLength: 120, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vault_mark", x => x.Id);
                });
        }

        // What is sealed cannot be put back into the clear by a database alone: hashes stay in place of numbers.
        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "vault_mark", schema: "citizens");

            migrationBuilder.DropPrimaryKey(name: "PK_identifier",
                schema: "citizens", table: "identifier");
            migrationBuilder.DropIndex(name: "IX_identifier_Key_Kind",
                schema: "citizens", table: "identifier");
            migrationBuilder.DropIndex(name: "one_person_per_personal_id",
                schema: "citizens", table: "identifier");

            migrationBuilder.DropColumn(name: "Sealed",
                schema: "citizens", table: "identifier");

            migrationBuilder.RenameColumn(
                name: "Key",
                schema: "citizens",
                table: "identifier",
                newName: "Value");

            migrationBuilder.AddPrimaryKey(
                name: "PK_identifier",
                schema: "citizens",
                table: "identifier",
                columns: new[] { "Citizen", "Kind", "Value" });

            migrationBuilder.CreateIndex(
                name: "IX_identifier_Value_Kind",
                schema: "citizens",
                table: "identifier",
                columns: new[] { "Value", "Kind" });

            migrationBuilder.CreateIndex(
                name: "one_person_per_personal_id",
                schema: "citizens",
                table: "identifier",
                column: "Value",
                unique: true,
                filter: "\"Kind\" = 'PersonalId'");

        }
    }
}
