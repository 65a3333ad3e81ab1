using System.Text.RegularExpressions;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog;

public sealed partial class SchemaTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_MakeTheTablesAndIndexesOfTheModel()
    {
        await using var catalog = await TemporaryCatalog.CreateAsync();
        await using var context = await catalog.Contexts.CreateDbContextAsync(Cancel);
        var made = await context.Database.SqlQueryRaw<string>("SELECT sql AS Value FROM sqlite_master WHERE sql IS NOT NULL").ToListAsync(Cancel);
        var existing = made.Select(Normalised).ToHashSet(StringComparer.Ordinal);

        var expected = context.Database.GenerateCreateScript().Split(";", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        expected.Where(statement => !existing.Contains(Normalised(statement))).ShouldBeEmpty();
    }

    [Fact]
    public async Task MigratedTwice_ChangesNothing()
    {
        await using var catalog = await TemporaryCatalog.CreateAsync();

        await Schema.MigrateAsync(catalog.Contexts, Cancel);
    }

    [Fact]
    public async Task DatabaseOfANewerProgram_IsRefused()
    {
        await using var catalog = await TemporaryCatalog.CreateAsync();
        await using var context = await catalog.Contexts.CreateDbContextAsync(Cancel);
        await context.Database.ExecuteSqlRawAsync("PRAGMA user_version = 9999", Cancel);

        var refused = await Should.ThrowAsync<CatalogException>(() => Schema.MigrateAsync(catalog.Contexts, Cancel));

        refused.Message.ShouldContain("9999");
    }

    private static string Normalised(string sql) => Spaces().Replace(sql, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
