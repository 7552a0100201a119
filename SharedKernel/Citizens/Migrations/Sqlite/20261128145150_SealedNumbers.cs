using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Citizens.Migrations.Sqlite
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
                table: "identifier",
                newName: "Key");

            migrationBuilder.RenameIndex(
                name: "IX_identifier_Value_Kind",
                table: "identifier",
                newName: "IX_identifier_Key_Kind");

            migrationBuilder.AddColumn<string>(
                name: "Sealed",
                table: "identifier",
                type: "TEXT",
                maxLength: 120,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "vault_mark",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Mark = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false)
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
            migrationBuilder.DropTable(name: "vault_mark");

            migrationBuilder.DropColumn(name: "Sealed", table: "identifier");

            migrationBuilder.RenameColumn(
                name: "Key",
                table: "identifier",
                newName: "Value");

            migrationBuilder.RenameIndex(
                name: "IX_identifier_Key_Kind",
                table: "identifier",
                newName: "IX_identifier_Value_Kind");

        }
    }
}
