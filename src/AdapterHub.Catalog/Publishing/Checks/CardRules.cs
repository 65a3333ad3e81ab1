using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Database;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>What a card must say before its repository is published.</summary>
internal static class CardRules
{
    /// <param name="card">The card; null where the revision has none.</param>
    /// <param name="visibility">Who will see it: what everybody can take needs a licence that says what they may do with it.</param>
    public static IEnumerable<InspectionFinding> Judge(CardDocument? card, RepositoryVisibility visibility)
    {
        if (card is null)
            yield return Finding(FindingSeverity.Warning, null, "there is no card (README.md)", "Write a few lines about what it is, what it was made from and how to use it.");
        if (card is { IsTooLong: true })
            yield return Finding(FindingSeverity.Refused, null, "the card is too long", $"Keep it under {CardLimits.Characters:N0} characters; put the rest into other files.");
        if (string.IsNullOrWhiteSpace(card?.FrontMatter.License))
        {
            yield return visibility == RepositoryVisibility.Public
                ? Finding(FindingSeverity.Refused, "license", "no licence is chosen", "Without one nobody may use what everybody can see. Choose a licence in the card, or publish it as private.")
                : Finding(FindingSeverity.Warning, "license", "no licence is chosen", "Choose one before you share it: without a licence nobody else may use it.");
        }

        foreach (var problem in card?.Problems ?? [])
        {
            var subject = problem.Line is { } line ? $"line {line}" : problem.Key;
            yield return Finding(FindingSeverity.Warning, subject, problem.Message.TrimEnd('.'), problem.Severity == CardSeverity.Error ? "This part of the card cannot be used." : "The card can be used as it is.");
        }
    }

    private static InspectionFinding Finding(FindingSeverity severity, string? subject, string problem, string advice) =>
        new(severity, DraftDesk.CardFile, subject, problem, null, null, advice);
}
