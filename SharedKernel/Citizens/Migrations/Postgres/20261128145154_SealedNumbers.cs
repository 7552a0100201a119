using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SealedNumbers : Migration
    {
        // A number stands in the clear under its new name until it is sealed in the background (ResealRegister).
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "Value",
                schema: "citizens",
                table: "identifier",
                newName: "Key");

            migrationBuilder.RenameIndex(
                name: "IX_identifier_Value_Kind",
                schema: "citizens",
                table: "identifier",
                newName: "IX_identifier_Key_Kind");

            migrationBuilder.AlterColumn<string>(
                name: "Key",
                schema: "citizens",
                table: "identifier",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "character varying(20)",
                oldMaxLength: 20,
                oldCollation: "C");

            migrationBuilder.AlterColumn<string>(
                name: "Phone",
                schema: "citizens",
                table: "person",
                type: "character varying(120)",
                maxLength: 120,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(20)",
                oldMaxLength: 20, oldNullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Sealed",
                schema: "citizens",
                table: "identifier",
                type: "character varying(120)",
                maxLength: 120,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "vault_mark",
                schema: "citizens",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Mark = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false)
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

            migrationBuilder.DropColumn(name: "Sealed",
                schema: "citizens", table: "identifier");

            migrationBuilder.RenameColumn(
                name: "Key",
                schema: "citizens",
                table: "identifier",
                newName: "Value");

            migrationBuilder.RenameIndex(
                name: "IX_identifier_Key_Kind",
                schema: "citizens",
                table: "identifier",
                newName: "IX_identifier_Value_Kind");

        }
    }
}
