using System.Globalization;
using System.Text.Json.Nodes;
using AdapterHub.Formats.Text;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Formats;

public sealed class PythonJsonTests
{
    /// <summary>Printed by CPython 3: json.dumps(..., indent=2, sort_keys=True).</summary>
    [Fact]
    public void Bytes_AreThoseOfPython()
    {
        var value = new JsonObject
        {
            ["x"] = new JsonArray(1e-05, 0.0, 1e16, 1e22, 123456789012345680.0, 0.0001, 1e15, -0.0, 1.5e300, 5e-324, 0.1, 100.0, 1.0 / 3),
            ["nested"] = new JsonObject { ["b"] = new JsonArray(), ["😀"] = 2, ["a"] = new JsonObject(), ["\uE000"] = 1 },
            ["name"] = "modèle/😀\u007f\n\"\\",
            ["flag"] = true,
            ["none"] = null,
        };
        PythonJson.Write(value).ShouldBe(
            """
            {
              "flag": true,
              "name": "mod\u00e8le/\ud83d\ude00\u007f\n\"\\",
              "nested": {
                "a": {},
                "b": [],
                "\ue000": 1,
                "\ud83d\ude00": 2
              },
              "none": null,
              "x": [
                1e-05,
                0.0,
                1e+16,
                1e+22,
                1.2345678901234568e+17,
                0.0001,
                1000000000000000.0,
                -0.0,
                1.5e+300,
                5e-324,
                0.1,
                100.0,
                0.3333333333333333
              ]
            }
            """);
    }

    [Fact]
    public void Floats_ReadBackExactly() => RandomFormats.Check(
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(halves => BitConverter.Int64BitsToDouble(((long)halves.Item1 << 32) | (uint)halves.Item2)),
        value =>
        {
            if (double.IsFinite(value))
                BitConverter.DoubleToInt64Bits(double.Parse(PythonJson.FormatFloat(value), CultureInfo.InvariantCulture)).ShouldBe(BitConverter.DoubleToInt64Bits(value));
        },
        2000);

    [Fact]
    public void NumbersFromAFile_KeepTheirDigits() => PythonJson.Write(JsonNode.Parse("[1.50, 1E5, 12345678901234567890]")).ShouldBe("[\n  1.50,\n  1E5,\n  12345678901234567890\n]");

    [Fact]
    public void ObjectsWhoseOrderMatters_KeepIt() =>
        PythonJson.Write(JsonNode.Parse("""{"b": {"z": 1, "y": {"k": 1, "j": 2}}, "a": {"z": 1, "y": 2}}"""), "b").Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe("""{"a":{"y":2,"z":1},"b":{"z":1,"y":{"j":2,"k":1}}}""");
}
