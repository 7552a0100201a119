using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SharedKernel.Access.Audit.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Tree : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "Frontier",
                schema: "audit",
                table: "head",
                type: "bytea",
                maxLength: 2048,
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.CreateTable(
                name: "node",
                schema: "audit",
                columns: table => new
                {
                    Level = table.Column<int>(type: "integer", nullable: false),
                    Index = table.Column<long>(type: "bigint", nullable: false),
                    Hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node", x => new { x.Level, x.Index });
                });

            migrationBuilder.CreateTable(
                name: "tree_head",
                schema: "audit",
                columns: table => new
                {
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Checkpoint = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tree_head", x => x.Size);
                });

            migrationBuilder.UpdateData(
                schema: "audit",
                table: "head",
                keyColumn: "Id",
                keyValue: 1,
                column: "Frontier",
                value: new byte[0]);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "node",
                schema: "audit");

            migrationBuilder.DropTable(
                name: "tree_head",
                schema: "audit");

            migrationBuilder.DropColumn(
                name: "Frontier",
                schema: "audit",
                table: "head");
        }
    }
}
