using System.Text.RegularExpressions;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>What every search asks of the database is answered from an index: no step may scan a table.</summary>
public sealed partial class QueryPlanTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HotQueries_ScanNoTable()
    {
        await using var library = await SearchLibrary.CreateAsync();
        await library.AddAsync("ada/one");
        await using var context = library.Catalog.Get<CatalogReadContexts>().CreateDbContext();
        await context.Database.OpenConnectionAsync(Cancel);
        var ada = new Actor(1, "ada", false, ActorScope.Full);
        var queries = new Dictionary<string, string>
        {
            ["newest change"] = SnapshotReader.LatestSql,
            ["changed rows"] = SnapshotReader.RowsSql,
            ["changed tags"] = SnapshotReader.TagsSql,
            ["words"] = TextMatches.MatchSql,
            ["scores"] = TextMatches.ScoreSql,
            ["digest"] = TextMatches.DigestSql,
            ["hidden rows, member"] = CatalogLook.HiddenQuery(context, ada).ToQueryString(),
            ["hidden rows, administrator"] = CatalogLook.HiddenQuery(context, ada with { IsAdministrator = true }).ToQueryString(),
            ["cards"] = CardReader.Query(context, ada, [1, 2, 3]).ToQueryString(),
            ["files by digest"] = FileHolders.Query(context, ada, "0123456789").ToQueryString(),
            ["trending"] = """UPDATE "Repositories" SET "Trending" = (SELECT "Score" FROM "TrendingScores" WHERE "RepositoryId" = 1) WHERE "Id" = 1""",
        };

        foreach (var (name, sql) in queries)
        {
            var plan = await PlanAsync(context, sql);
            plan.ShouldNotBeEmpty(name);
            var within = plan.Where(step => step.StartsWith("CO-ROUTINE ", StringComparison.Ordinal)).Select(step => step.Replace("CO-ROUTINE", "SCAN", StringComparison.Ordinal));
            plan.Where(step => Scan().IsMatch(step)).Except(within).ShouldBeEmpty($"{name}:\n{string.Join('\n', plan)}");
        }
    }

    private static async Task<List<string>> PlanAsync(CatalogContext context, string sql)
    {
        var statement = string.Join('\n', sql.Split('\n').Where(line => !line.StartsWith(".param", StringComparison.Ordinal)));
        await using var command = SnapshotReader.Command(context, $"EXPLAIN QUERY PLAN {statement}");
        foreach (Match parameter in Parameter().Matches(statement))
        {
            if (!command.Parameters.Contains(parameter.Value))
                command.Parameters.AddWithValue(parameter.Value, 1);
        }

        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var steps = new List<string>();
        while (await reader.ReadAsync(Cancel))
            steps.Add(reader.GetString(3));
        return steps;
    }

    /// <summary>Full text search calls its look-up a scan; the few hidden rows have an index of their own.</summary>
    [GeneratedRegex("^SCAN (?!SearchDocuments VIRTUAL TABLE INDEX)(?!.*IX_Repositories_Hidden)(?!CONSTANT ROW)(?!n$)")]
    private static partial Regex Scan();

    [GeneratedRegex(@"[$@][A-Za-z_]\w*")]
    private static partial Regex Parameter();
}
