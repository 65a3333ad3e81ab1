using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

public sealed class AdapterTensorTests
{
    [Theory]
    [InlineData(SafetensorsDtype.F32, 0.1f, 0.1f)]
    [InlineData(SafetensorsDtype.F64, 0.1f, 0.1f)]
    [InlineData(SafetensorsDtype.F16, 0.1f, 0.099975586f)]
    [InlineData(SafetensorsDtype.BF16, 0.1f, 0.100097656f)]
    [InlineData(SafetensorsDtype.BF16, 1.00390625f, 1.0f)]
    [InlineData(SafetensorsDtype.BF16, 1.01171875f, 1.015625f)]
    [InlineData(SafetensorsDtype.BF16, float.MaxValue, float.PositiveInfinity)]
    [InlineData(SafetensorsDtype.F16, 65520f, float.PositiveInfinity)]
    [InlineData(SafetensorsDtype.F16, float.NaN, float.NaN)]
    [InlineData(SafetensorsDtype.BF16, -0.0f, -0.0f)]
    public void Rounding_IsToNearestEven(SafetensorsDtype dtype, float value, float expected) =>
        AdapterTensor.FromSingles([value], [1], dtype).ToSingles().ShouldBe([expected]);

    [Fact]
    public void NanWithALowPayload_StaysNanInBFloat16() =>
        float.IsNaN(AdapterTensor.FromSingles([BitConverter.Int32BitsToSingle(0x7F800001)], [], SafetensorsDtype.BF16).ToSingles()[0]).ShouldBeTrue();

    [Theory]
    [InlineData(SafetensorsDtype.F32)]
    [InlineData(SafetensorsDtype.F16)]
    [InlineData(SafetensorsDtype.BF16)]
    [InlineData(SafetensorsDtype.F64)]
    public void NonFiniteValues_AreCounted(SafetensorsDtype dtype) =>
        AdapterTensor.FromSingles([1, float.NaN, float.PositiveInfinity, 0, float.NegativeInfinity, 65504], [2, 3], dtype).CountNonFinite().ShouldBe(3);

    [Fact]
    public void WrongShapeOrType_IsRefused()
    {
        Should.Throw<ArgumentException>(() => AdapterTensor.FromSingles([1, 2, 3], [2]));
        Should.Throw<NotSupportedException>(() => AdapterTensor.FromSingles([1], [1], SafetensorsDtype.I32));
        Should.Throw<NotSupportedException>(() => new AdapterTensor(SafetensorsDtype.I8, [1], new byte[1]).ToSingles());
    }

    [Fact]
    public void Equality_IsByContent()
    {
        var tensor = AdapterTensor.FromSingles([1, 2], [2]);
        tensor.ShouldBe(AdapterTensor.FromSingles([1, 2], [2]));
        tensor.GetHashCode().ShouldBe(AdapterTensor.FromSingles([1, 2], [2]).GetHashCode());
        tensor.ShouldNotBe(AdapterTensor.FromSingles([1, 2], [1, 2]));
        tensor.ShouldNotBe(AdapterTensor.FromSingles([1, 3], [2]));
    }
}
