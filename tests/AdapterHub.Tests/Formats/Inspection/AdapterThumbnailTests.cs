using System.Text.RegularExpressions;
using System.Xml.Linq;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Inspection.Thumbnails;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed partial class AdapterThumbnailTests
{
    [Fact]
    public void SeedAdapters_HavePicturesOfTheirOwn_TheSameEveryTime()
    {
        var pictures = InspectionFiles.SeedAdapters.Select(Draw).ToList();
        pictures.Distinct().Count().ShouldBe(4);
        pictures.ShouldBe(InspectionFiles.SeedAdapters.Select(Draw));
        foreach (var picture in pictures)
        {
            ShouldBeHarmless(picture);
            picture.Length.ShouldBeLessThan(4000);
        }

        static string Draw(string name) => AdapterThumbnail.Of(AdapterAnatomy.Of(PeftAdapterFolder.Read(InspectionFiles.SeedAdapter(name))));
    }

    [Fact]
    public void KeptAnatomy_GivesThePictureOfAFreshOne()
    {
        var fresh = AdapterAnatomy.Of(PeftAdapterFolder.Read(InspectionFiles.SeedAdapter("king-james")));
        AdapterThumbnail.Of(AdapterAnatomy.FromJson(fresh.ToJson())).ShouldBe(AdapterThumbnail.Of(fresh));
    }

    [Fact]
    public void Digests_GiveDistinctPictures_OfEveryMotif()
    {
        var pictures = (from motif in Enum.GetValues<ThumbnailMotif>() from digest in Enumerable.Range(0, 200) select AdapterThumbnail.OfDigest($"{digest:x64}", motif)).ToList();
        pictures.Distinct().Count().ShouldBe(600);
        foreach (var picture in pictures)
            ShouldBeHarmless(picture);
        AdapterThumbnail.OfDigest("abc", ThumbnailMotif.Rings).ShouldBe(AdapterThumbnail.OfDigest("abc", ThumbnailMotif.Rings));
    }

    [Fact]
    public void NamesOfAFile_NeverReachThePicture()
    {
        var picture = AdapterThumbnail.Of(Anatomy("<script>alert(1)</script>.0.\"onload=x", "<script>alert(1)</script>.1.&"));
        ShouldBeHarmless(picture);
        picture.ShouldNotContain("alert");
    }

    [Fact]
    public void HugeAdapter_IsDrawnCoarser() =>
        AdapterThumbnail.Of(Anatomy([.. Enumerable.Range(0, 5000).Select(i => $"model.layers.{i}.m{i % 100}")])).Length.ShouldBeLessThan(120_000);

    [Fact]
    public void OneModuleOrNoChange_StillGivesAPicture()
    {
        ShouldBeHarmless(AdapterThumbnail.Of(Anatomy("lm_head")));
        ShouldBeHarmless(AdapterThumbnail.Of(Anatomy()));
    }

    [Fact]
    public void ColoursStandOutFromTheirGround_AndFromOneAnother()
    {
        for (var digest = 0; digest < 40; digest++)
        {
            var fills = Fill().Matches(AdapterThumbnail.OfDigest($"{digest}", ThumbnailMotif.Lines)).Select(match => match.Groups[1].Value).ToList();
            var lightness = fills.Select(Luminance).ToList();
            lightness.ShouldBe([.. lightness.Order()], customMessage: "from the ground through dim to bright");
            // The brightest on the ground: the contrast that WCAG 1.4.11 asks of graphics.
            if (fills.Count > 7)
                ((lightness[^1] + 0.05) / (lightness[0] + 0.05)).ShouldBeGreaterThan(3);
        }
    }

    private static AdapterAnatomy Anatomy(params string[] paths)
    {
        var modules = string.Join(',', paths.Select((path, i) => $$"""{"path":{{System.Text.Json.JsonSerializer.Serialize(path)}},"rank":1,"norm":{{i + 1}}}"""));
        return AdapterAnatomy.FromJson($$"""{"parameters":1,"modules":[{{modules}}]}""");
    }

    private static void ShouldBeHarmless(string svg)
    {
        var root = XElement.Parse(svg);
        root.Name.LocalName.ShouldBe("svg");
        root.Descendants().Select(element => element.Name.LocalName).Distinct().ShouldBe(["path"]);
        root.DescendantsAndSelf().Attributes().Select(attribute => attribute.Name.LocalName).Distinct()
            .ShouldBeSubsetOf(["xmlns", "viewBox", "class", "role", "aria-label", "fill", "d"]);
        root.Descendants().Attributes("d").ShouldAllBe(path => PathSyntax().IsMatch(path.Value));
        root.Value.ShouldBeEmpty();
    }

    private static double Luminance(string hex)
    {
        var channels = Enumerable.Range(0, 3).Select(i => Convert.ToInt32(hex.Substring(1 + (i * 2), 2), 16) / 255.0).Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4)).ToList();
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }

    [GeneratedRegex("^[MhvHVaAz0-9 -]+$")]
    private static partial Regex PathSyntax();

    [GeneratedRegex("fill=\"(#[0-9a-f]{6})\"")]
    private static partial Regex Fill();
}
