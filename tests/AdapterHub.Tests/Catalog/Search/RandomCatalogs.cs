using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>Generators of small catalogues and of queries that often find something in them.</summary>
internal static class RandomCatalogs
{
    internal sealed record Drawn(
        int Owner, string Name, RepositoryKind Kind, RepositoryVisibility Visibility, bool Trashed, string Title, string Summary, string Body, string? Base, int LinkedBase,
        string? Method, int? Rank, string? Task, string? License, string? Languages, string[] Tags, int Likes, int Collaborator);

    private static readonly string[] Words = ["king", "james", "kingjames", "poem", "po", "sql", "lora", "verse", "kin"];

    private static readonly Gen<string> Word = Gen.Elements(Words);

    private static readonly Gen<string> Name =
        from count in Gen.Choose(1, 4)
        from words in Gen.ArrayOf(Word, count)
        from gap in Gen.Elements("-", "_")
        select string.Join(gap, words);

    private static readonly Gen<string> Sentence =
        from count in Gen.Choose(0, 5)
        from words in Gen.ArrayOf(Word, count)
        select string.Join(' ', words);

    private static readonly Gen<string?> Base = Gen.Elements(null, "inkwell", "Inkwell", "ada/king", "meta/llama");
    private static readonly Gen<string?> Method = Gen.Elements<string?>(null, "LoRA", "DoRA", "lora");
    private static readonly Gen<int?> Rank = Gen.Elements<int?>(null, 1, 4, 8, 16, 64);
    private static readonly Gen<string?> Task = Gen.Elements<string?>(null, "text-generation", "translation");
    private static readonly Gen<string?> License = Gen.Elements<string?>(null, "mit", "MIT", "cc0-1.0");
    private static readonly Gen<string?> Languages = Gen.Elements<string?>(null, "en", "de", "de, en");

    private static readonly Gen<Drawn> Repository =
        from owner in Gen.Choose(0, 3)
        from name in Name
        from kind in Gen.Frequency((5, Gen.Constant(RepositoryKind.Adapter)), (2, Gen.Constant(RepositoryKind.BaseModel)), (1, Gen.Constant(RepositoryKind.Dataset)))
        from visibility in Gen.Frequency((4, Gen.Constant(RepositoryVisibility.Public)), (1, Gen.Constant(RepositoryVisibility.Unlisted)), (1, Gen.Constant(RepositoryVisibility.Private)))
        from trashed in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
        from title in Name
        from texts in Gen.ArrayOf(Sentence, 2)
        from baseModel in Base
        from linked in Gen.Choose(-8, 8)
        from method in Method
        from rank in Rank
        from task in Task
        from license in License
        from languages in Languages
        from tags in Gen.SubListOf("king", "poem", "King-James", "sql", "x")
        from likes in Gen.Choose(0, 3)
        from collaborator in Gen.Choose(-3, 1)
        select new Drawn(owner, name, kind, visibility, trashed, title, texts[0], texts[1], baseModel, linked, method, rank, task, license, languages, [.. tags], likes, collaborator);

    internal static Gen<Drawn[]> Catalogs { get; } = Gen.Choose(0, 20).SelectMany(count => Gen.ArrayOf(Repository, count));

    private static readonly Gen<string> Text =
        from count in Gen.Choose(0, 3)
        from words in Gen.ArrayOf(Gen.Zip(Word, Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant("-")))), count)
        from cut in Gen.Choose(0, 2)
        let text = string.Join(' ', words.Select(word => word.Item2 + word.Item1))
        select text.Length - cut > 0 && text[^(cut + 1)] is not (' ' or '-') ? text[..^cut] : text;

    internal static Gen<SearchQuery> Queries { get; } =
        from text in Text
        from kinds in Few(RepositoryKind.Adapter, RepositoryKind.BaseModel)
        from bases in Few("inkwell", "ada/king", "META/llama", "nothing")
        from methods in Few("lora", "DoRA")
        from ranks in Few(new RankRange(8, 8), new RankRange(2, 16), new RankRange(null, 4), new RankRange(16, null))
        from tags in Few("poem", "KING")
        from tasks in Few("translation", "none")
        from licenses in Few("mit", "cc0-1.0")
        from owners in Few("ada", "guild")
        from languages in Few("de", "en")
        from sort in Gen.Elements(Enum.GetValues<SearchSort>())
        from size in Gen.Choose(1, 8)
        select new SearchQuery
        {
            Text = text, Kinds = kinds, Bases = bases, Methods = methods, Ranks = ranks, Tags = tags, Tasks = tasks, Licenses = licenses, Owners = owners,
            Languages = languages, Sort = sort, Size = size,
        };

    /// <summary>Mostly nothing, so that the narrowed set is not always empty.</summary>
    private static Gen<T[]> Few<T>(params T[] values) =>
        Gen.Frequency((6, Gen.Constant<T[]>([])), (1, Gen.SubListOf(values).Select(list => list.ToArray())));
}
