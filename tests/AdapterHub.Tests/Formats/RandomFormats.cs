using System.Collections.Immutable;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Formats;

/// <summary>Generators of tensors and the one way in which properties are run: always from the same seed.</summary>
internal static class RandomFormats
{
    private const string NameCharacters = "abcXYZ019._-/\"\\ éß中\uE000";

    public static Gen<string> Names { get; } =
        from length in Gen.Choose(1, 12)
        from characters in Gen.ArrayOf(Gen.Elements<char>([.. NameCharacters]), length)
        from emoji in Gen.Elements("", "", "😀", "𐀀")
        select new string(characters) + emoji;

    /// <summary>Zero sizes and scalars included; sub-byte types get a last dimension that fills whole bytes.</summary>
    public static Gen<AdapterTensor> Tensors { get; } =
        from dtype in Gen.Elements(Enum.GetValues<SafetensorsDtype>())
        from rank in Gen.Choose(0, 3)
        from sizes in Gen.ArrayOf(Gen.Choose(0, 4).Select(size => (long)size), rank)
        let shape = dtype.BitSize() < 8 ? [.. sizes, 4L] : sizes.ToImmutableArray()
        let length = shape.Aggregate(1L, (product, size) => product * size) * dtype.BitSize() / 8
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value), (int)length)
        select new AdapterTensor(dtype, shape, bytes);

    public static Gen<Dictionary<string, AdapterTensor>> TensorSets { get; } =
        from count in Gen.Choose(0, 8)
        from names in Gen.ArrayOf(Names, count)
        from tensors in Gen.ArrayOf(Tensors, count)
        select names.Zip(tensors).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);

    public static Gen<Dictionary<string, string>?> Metadata { get; } =
        from count in Gen.Choose(-1, 3)
        from pairs in Gen.ArrayOf(Gen.Zip(Names, Names), Math.Max(count, 0))
        select count < 0 ? null : pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2 + "\n\u0001");

    public static void Check<T>(Gen<T> generator, Action<T> property, int cases = 300) =>
        Prop.ForAll(generator.ToArbitrary(), property)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(new Replay(new Rnd(20260821, 1), null)));
}
