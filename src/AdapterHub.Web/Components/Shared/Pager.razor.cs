using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Pages of a list as links that change <c>?page=</c>, counted from 1; shows nothing where one page is enough.
/// <c>&lt;Pager Page="@(Page ?? 1)" PageSize="24" Total="@found.Total" /&gt;</c>
/// </summary>
public sealed partial class Pager(NavigationManager navigation) : ComponentBase
{
    [Parameter, EditorRequired] public int Page { get; set; }

    [Parameter, EditorRequired] public int PageSize { get; set; }

    [Parameter, EditorRequired] public long Total { get; set; }

    [Parameter] public string Parameter { get; set; } = "page";

    private int Pages => (int)Math.Min(int.MaxValue, (Total + PageSize - 1) / PageSize);

    private long First => Math.Min(Total, ((long)Page - 1) * PageSize + 1);

    private long Last => Math.Min(Total, (long)Page * PageSize);

    private string AddressOf(int page)
    {
        var inside = Math.Clamp(page, 1, Pages);
        return navigation.GetUriWithQueryParameter(Parameter, inside == 1 ? null : inside);
    }

    /// <summary>The first, the last, and those around this one; null is a gap.</summary>
    private IEnumerable<int?> PageNumbers()
    {
        var previous = 0;
        foreach (var number in new[] { 1, Page - 1, Page, Page + 1, Pages }.Where(number => number >= 1 && number <= Pages).Distinct().Order())
        {
            if (number == previous + 2)
                yield return previous + 1;
            else if (number > previous + 1)
                yield return null;
            yield return number;
            previous = number;
        }
    }
}
