using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>What search keeps in memory of one repository that is not in the trash. Codes are those of <see cref="Vocabulary"/>, -1 for none.</summary>
internal sealed class SearchRow
{
    internal required long Id { get; init; }
    internal required string Owner { get; init; }
    internal required string Name { get; init; }
    internal required RepositoryKind Kind { get; init; }
    internal required RepositoryVisibility Visibility { get; init; }
    internal required int OwnerCode { get; init; }

    /// <summary>The base model as the card names it.</summary>
    internal required int DeclaredBase { get; init; }

    /// <summary>The base model's repository, 0 for none.</summary>
    internal required long BaseRepository { get; init; }

    /// <summary>Of a base model: the code of its own <c>owner/name</c> among the bases.</summary>
    internal required int OwnBaseCode { get; init; }
    internal required int Method { get; init; }
    internal required int Rank { get; init; }
    internal required int Task { get; init; }
    internal required int License { get; init; }
    internal required int[] Tags { get; init; }
    internal required int[] Languages { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    internal required long Created { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    internal required long Updated { get; init; }
    internal required long Downloads { get; init; }
    internal required long Likes { get; init; }
    internal required long Bytes { get; init; }
    internal required double Trending { get; init; }

    /// <summary>What likes and downloads add to the relevance for any text.</summary>
    internal required double Popularity { get; init; }
}

/// <summary>The dictionaries behind the codes of all rows.</summary>
internal sealed class Vocabulary
{
    private readonly ValueDictionary[] _byFacet = [.. Facets.All.Select(_ => new ValueDictionary())];

    internal Vocabulary()
    {
        foreach (var kind in Enum.GetValues<RepositoryKind>())
            this[Facet.Kind].Intern(SearchQueryString.Written(kind));
    }

    internal ValueDictionary this[Facet facet] => _byFacet[(int)facet];
}
