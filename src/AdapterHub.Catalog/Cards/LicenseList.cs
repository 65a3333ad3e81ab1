using System.Collections.Frozen;

namespace AdapterHub.Catalog.Cards;

/// <summary>A licence to choose from.</summary>
/// <param name="Id">As written in front matter, in lower case.</param>
/// <param name="Name">For people.</param>
public sealed record License(string Id, string Name);

/// <summary>
/// The licences that the Hugging Face Hub knows by id: those of the SPDX list that occur there, in lower case, and those of model makers.
/// </summary>
public static class LicenseList
{
    /// <summary>For a licence that is not in the list: front matter then says its name in <c>license_name</c> and where it is in <c>license_link</c>.</summary>
    public const string Other = "other";

    /// <summary>For works whose licence nobody could find out.</summary>
    public const string Unknown = "unknown";

    private static readonly (string Id, string Name)[] Rows =
    [
        ("apache-2.0", "Apache License 2.0"),
        ("mit", "MIT License"),
        ("cc0-1.0", "Creative Commons Zero 1.0 (public domain)"),
        ("cc-by-4.0", "Creative Commons Attribution 4.0"),
        ("cc-by-sa-4.0", "Creative Commons Attribution ShareAlike 4.0"),
        ("cc-by-nc-4.0", "Creative Commons Attribution NonCommercial 4.0"),
        ("cc-by-nc-sa-4.0", "Creative Commons Attribution NonCommercial ShareAlike 4.0"),
        ("cc-by-nd-4.0", "Creative Commons Attribution NoDerivatives 4.0"),
        ("cc-by-nc-nd-4.0", "Creative Commons Attribution NonCommercial NoDerivatives 4.0"),
        ("llama2", "Llama 2 Community License"),
        ("llama3", "Llama 3 Community License"),
        ("llama3.1", "Llama 3.1 Community License"),
        ("llama3.2", "Llama 3.2 Community License"),
        ("llama3.3", "Llama 3.3 Community License"),
        ("llama4", "Llama 4 Community License"),
        ("gemma", "Gemma Terms of Use"),
        ("grok2-community", "Grok 2 Community License"),
        ("openrail", "OpenRAIL family"),
        ("openrail++", "OpenRAIL++"),
        ("creativeml-openrail-m", "CreativeML OpenRAIL-M"),
        ("bigscience-openrail-m", "BigScience OpenRAIL-M"),
        ("bigscience-bloom-rail-1.0", "BigScience BLOOM RAIL 1.0"),
        ("bigcode-openrail-m", "BigCode OpenRAIL-M 1"),
        ("deepfloyd-if-license", "DeepFloyd IF Research License"),
        ("fair-noncommercial-research-license", "FAIR Noncommercial Research License"),
        ("apple-amlr", "Apple Model License for Research"),
        ("apple-ascl", "Apple Sample Code License"),
        ("intel-research", "Intel Research Use License"),
        ("h-research", "H Research License"),
        ("c-uda", "Computational Use of Data Agreement"),
        ("openmdw-1.0", "OpenMDW 1.0"),
        ("bsd", "BSD family"),
        ("bsd-2-clause", "BSD 2-Clause"),
        ("bsd-3-clause", "BSD 3-Clause"),
        ("bsd-3-clause-clear", "BSD 3-Clause Clear"),
        ("gpl", "GNU General Public License family"),
        ("gpl-2.0", "GNU General Public License 2.0"),
        ("gpl-3.0", "GNU General Public License 3.0"),
        ("agpl-3.0", "GNU Affero General Public License 3.0"),
        ("lgpl", "GNU Lesser General Public License family"),
        ("lgpl-2.1", "GNU Lesser General Public License 2.1"),
        ("lgpl-3.0", "GNU Lesser General Public License 3.0"),
        ("lgpl-lr", "Lesser General Public License for Linguistic Resources"),
        ("gfdl", "GNU Free Documentation License family"),
        ("mpl-2.0", "Mozilla Public License 2.0"),
        ("epl-1.0", "Eclipse Public License 1.0"),
        ("epl-2.0", "Eclipse Public License 2.0"),
        ("eupl-1.1", "European Union Public License 1.1"),
        ("eupl-1.2", "European Union Public License 1.2"),
        ("etalab-2.0", "Etalab Open License 2.0"),
        ("cc", "Creative Commons family"),
        ("cc-by-2.0", "Creative Commons Attribution 2.0"),
        ("cc-by-2.5", "Creative Commons Attribution 2.5"),
        ("cc-by-3.0", "Creative Commons Attribution 3.0"),
        ("cc-by-sa-3.0", "Creative Commons Attribution ShareAlike 3.0"),
        ("cc-by-nc-2.0", "Creative Commons Attribution NonCommercial 2.0"),
        ("cc-by-nc-3.0", "Creative Commons Attribution NonCommercial 3.0"),
        ("cc-by-nc-nd-3.0", "Creative Commons Attribution NonCommercial NoDerivatives 3.0"),
        ("cc-by-nc-sa-2.0", "Creative Commons Attribution NonCommercial ShareAlike 2.0"),
        ("cc-by-nc-sa-3.0", "Creative Commons Attribution NonCommercial ShareAlike 3.0"),
        ("cdla-sharing-1.0", "Community Data License Agreement Sharing 1.0"),
        ("cdla-permissive-1.0", "Community Data License Agreement Permissive 1.0"),
        ("cdla-permissive-2.0", "Community Data License Agreement Permissive 2.0"),
        ("odc-by", "Open Data Commons Attribution 1.0"),
        ("odbl", "Open Data Commons Open Database License 1.0"),
        ("pddl", "Open Data Commons Public Domain Dedication and License 1.0"),
        ("afl-3.0", "Academic Free License 3.0"),
        ("artistic-2.0", "Artistic License 2.0"),
        ("bsl-1.0", "Boost Software License 1.0"),
        ("ecl-2.0", "Educational Community License 2.0"),
        ("isc", "ISC License"),
        ("lppl-1.3c", "LaTeX Project Public License 1.3c"),
        ("ms-pl", "Microsoft Public License"),
        ("ncsa", "University of Illinois/NCSA Open Source License"),
        ("ofl-1.1", "SIL Open Font License 1.1"),
        ("osl-3.0", "Open Software License 3.0"),
        ("postgresql", "PostgreSQL License"),
        ("unlicense", "The Unlicense"),
        ("wtfpl", "Do What The F*ck You Want To Public License"),
        ("zlib", "zlib License"),
        ("unknown", "Unknown"),
        ("other", "Other"),
    ];

    /// <summary>All, the most used first.</summary>
    public static IReadOnlyList<License> All { get; } = [.. Rows.Select(row => new License(row.Id, row.Name))];

    private static readonly FrozenDictionary<string, License> ById = All.ToFrozenDictionary(license => license.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>The licence of an id, whatever its case (SPDX writes <c>Apache-2.0</c>); null for one that is not in the list.</summary>
    public static License? Find(string? id) => id is not null && ById.TryGetValue(id.Trim(), out var license) ? license : null;

    /// <summary>The list's id most like a wrong one, to suggest; null if none is near.</summary>
    public static License? FindNearest(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var wanted = Letters(id);
        return wanted.Length < 3 ? null : All.FirstOrDefault(license => Letters(license.Id) == wanted || Letters(license.Name) == wanted)
            ?? All.FirstOrDefault(license => Letters(license.Id).StartsWith(wanted, StringComparison.Ordinal));
    }

    private static string Letters(string text) =>
        string.Concat(text.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)).Replace("license", "", StringComparison.Ordinal).Replace("version", "", StringComparison.Ordinal);
}
