using System.Diagnostics;
using System.Text;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

/// <summary>Files made to break a reader: one case a rule, every truncation, and random damage.</summary>
public sealed class HostileSafetensorsTests : IDisposable
{
    private const string Entry = "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]";
    private const string JsonCharacters = "{}[]\",:0123456789 eE.-\\un";
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public static TheoryData<string, int, string> BadHeaders { get; } = new()
    {
        { "", 0, "does not begin with '{'" },
        { " {}", 0, "does not begin with '{'" },
        { "\uFEFF{}", 0, "does not begin with '{'" },
        { "[]", 0, "does not begin with '{'" },
        { "{", 0, "not valid JSON" },
        { "{}}", 0, "not valid JSON" },
        { "{}x", 0, "not valid JSON" },
        { "{}\0", 0, "not valid JSON" },
        { "{}\n", 0, "something other than spaces" },
        { "{}\n  ", 0, "something other than spaces" },
        { "{/*c*/}", 0, "not valid JSON" },
        { $"{{\"a\":{{{Entry}}},}}", 1, "not valid JSON" },
        { "{\"a\":" + new string('[', 100) + new string(']', 100) + "}", 0, "not valid JSON" },
        { "{\"\\ud800\":1}", 0, "surrogate" },
        { "{\"__metadata__\":{\"a\":\"\\udc00\"}}", 0, "surrogate" },
        { $"{{\"a\":{{{Entry}}},\"a\":{{{Entry}}}}}", 1, "occurs twice" },
        { $"{{\"a\":{{{Entry}}},\"\\u0061\":{{{Entry}}}}}", 1, "occurs twice" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "occurs twice" },
        { "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "occurs twice" },
        { $"{{\"a\":{{{Entry},\"dtype\":\"U8\"}}}}", 1, "occurs twice" },
        { $"{{\"a\":{{{Entry},\"extra\":{{\"dtype\":[1]}}}}}}", 1, "is no key of a tensor" },
        { "{\"__metadata__\":{\"k\":1}}", 0, "strings to strings" },
        { "{\"__metadata__\":{\"k\":{\"x\":\"y\"}}}", 0, "strings to strings" },
        { "{\"__metadata__\":null}", 0, "strings to strings" },
        { "{\"__metadata__\":\"text\"}", 0, "strings to strings" },
        { "{\"a\":[\"U8\",[1],[0,1]]}", 1, "described by an object" },
        { "{\"a\":null}", 0, "described by an object" },
        { "{\"a\":{}}", 0, "'dtype' is missing" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "'data_offsets' is missing" },
        { "{\"a\":{\"dtype\":\"u8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "unknown dtype" },
        { "{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "dtype must be a string" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}", 1, "shape must be an array" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1e0],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[-0],\"data_offsets\":[0,0]}}", 0, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[\"1\"],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551616],\"data_offsets\":[0,1]}}", 1, "whole numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", 1, "must be a pair" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}", 1, "more than 2 numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + string.Join(',', Enumerable.Repeat("1", 65)) + "],\"data_offsets\":[0,1]}}", 1, "more than 64 numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0, "overflows" },
        { "{\"a\":{\"dtype\":\"F64\",\"shape\":[1152921504606846976],\"data_offsets\":[0,0]}}", 0, "overflows" },
        { "{\"a\":{\"dtype\":\"U64\",\"shape\":[9223372036854775807,9223372036854775807,0],\"data_offsets\":[0,0]}}", 0, "overflows" },
        { "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "whole bytes" },
        { "{\"a\":{\"dtype\":\"F6_E2M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "whole bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,3]}}", 3, "do not fit F32 [1]" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,4]}}", 4, "do not fit F32 [0]" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}", 1, "run backwards" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}", 8, "past the end of the file" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9223372036854775806,9223372036854775807]}}", 1, "past the end of the file" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "a hole before it" },
        { $"{{\"a\":{{{Entry}}},\"b\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}}}", 3, "a hole before it" },
        { $"{{\"a\":{{{Entry}}},\"b\":{{{Entry}}}}}", 1, "overlaps" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "overlaps" },
        { $"{{\"a\":{{{Entry}}}}}", 2, "bytes after the last tensor" },
        { "{}", 1, "bytes after the last tensor" },
        { $"{{\"a\\u0000\":{{{Entry}}}}}", 1, "control character" },
        { $"{{\"a\\u0085\":{{{Entry}}}}}", 1, "control character" },
        { $"{{\"{new string('n', 1025)}\":{{{Entry}}}}}", 1, "name is too long" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void HeaderAgainstTheRules_IsRefused(string header, int dataLength, string problem) =>
        Refuse(SafetensorsBytes.Build(header, dataLength)).Message.ShouldContain(problem);

    [Fact]
    public void HeaderOutsideUtf8_IsRefused() =>
        Refuse(SafetensorsBytes.Build([(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 0)).Message.ShouldContain("UTF-8");

    [Theory]
    [InlineData(3UL, "ends within its header")]
    [InlineData(100_000_000UL, "ends within its header")]
    [InlineData(100_000_001UL, "longer than allowed")]
    [InlineData(ulong.MaxValue, "longer than allowed")]
    [InlineData(ulong.MaxValue - 7, "longer than allowed")]
    public void LyingHeaderLength_IsRefused(ulong length, string problem) =>
        Refuse(SafetensorsBytes.Build(length, "{}"u8.ToArray())).Message.ShouldContain(problem);

    [Fact]
    public void Truncation_AtEveryByte_IsRefused()
    {
        for (var length = 0; length < SafetensorsBytes.Small.Length; length++)
            Refuse(SafetensorsBytes.Small[..length]);
    }

    [Fact]
    public void TrailingByte_IsRefused() => Refuse([.. SafetensorsBytes.Small, 0]);

    /// <summary>Whatever happens to the bytes, the answer is a valid file or an AdapterFormatException, at a cost bounded by the file's size.</summary>
    [Fact]
    public void RandomDamage_GivesAValidFileOrAFormatException()
    {
        const int Inputs = 20_000;
        // A file of 400 bytes may cost a few hundred findings, names and exceptions, but never what its numbers claim.
        const long MostBytesAllocated = 400_000;
        var random = new Random(20260821);
        var path = _folder["damaged.safetensors"];
        var accepted = 0;
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Inputs; i++)
        {
            File.WriteAllBytes(path, Damage(random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            accepted += IsAccepted(path) ? 1 : 0;
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostBytesAllocated, $"input {i}");
        }

        accepted.ShouldBeInRange(50, Inputs - 50, "damage that is always or never fatal tests nothing");
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private static bool IsAccepted(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var tensor in file.Tensors)
                file.Read(tensor).LongLength.ShouldBe(tensor.ByteLength);
            return true;
        }
        catch (AdapterFormatException)
        {
            return false;
        }
    }

    /// <summary>Damages a right file in one of the ways that reach different code: single bytes, numbers, structure, lengths.</summary>
    private static byte[] Damage(Random random)
    {
        var bytes = SafetensorsBytes.Small.ToList();
        var headerEnd = bytes.Count - 24;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(0, bytes.Count);
            var inHeader = random.Next(8, Math.Min(headerEnd, bytes.Count));
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[inHeader] = (byte)JsonCharacters[random.Next(JsonCharacters.Length)];
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(inHeader, (byte)random.Next(32, 127));
                    break;
                case 4:
                    ReplaceNumber(bytes, inHeader, random);
                    break;
                case 5:
                    bytes[random.Next(0, 8)] = (byte)random.Next(256);
                    break;
                default:
                    var length = random.Next(1, 40);
                    bytes.InsertRange(inHeader, bytes.GetRange(Math.Min(at, bytes.Count - 1), Math.Min(length, bytes.Count - at)));
                    break;
            }

            if (bytes.Count < 40)
                break;
        }

        // Half the time the length is put right again, so that the damage gets past the first check.
        byte[] damaged = [.. bytes];
        if (random.Next(2) == 0 && bytes.Count > 32)
            BitConverter.GetBytes((ulong)(bytes.Count - 8 - 24)).CopyTo(damaged, 0);
        return damaged;
    }

    private static void ReplaceNumber(List<byte> bytes, int from, Random random)
    {
        var at = bytes.FindIndex(from, value => value is >= (byte)'0' and <= (byte)'9');
        if (at < 0)
            return;
        string[] numbers = ["0", "1", "16", "-1", "9223372036854775807", "18446744073709551615", "1e9", "4294967296", "24", "99999999999999999999999"];
        bytes.RemoveAt(at);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }

    private AdapterFormatException Refuse(byte[] bytes) =>
        Should.Throw<AdapterFormatException>(() => SafetensorsFile.Open(_folder.Write("hostile.safetensors", bytes)));
}
