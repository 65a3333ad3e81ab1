using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>The r x r products A A^T and B^T B of a module's factors, summed in f64 over blocks that stay in the cache.</summary>
internal static class GramMatrix
{
    /// <summary>Columns of a block, a multiple of every vector width: long runs for usual ranks, and for high ones a block that the cache still holds.</summary>
    private static int BlockFor(int r) => r <= 64 ? 256 : 64;

    /// <summary>A A^T, (r, r), of A (r, n).</summary>
    public static double[] OfRows(AdapterTensor a, int r, CancellationToken cancellation)
    {
        var n = (int)(a.Count / r);
        var width = BlockFor(r);
        var (gram, block) = (new double[r * r], new double[r * width]);
        for (var start = 0; start < n; start += width)
        {
            cancellation.ThrowIfCancellationRequested();
            var filled = Math.Min(width, n - start);
            for (var i = 0; i < r; i++)
            {
                var row = block.AsSpan(i * width, width);
                Read(a, ((long)i * n) + start, row[..filled]);
                row[filled..].Clear();
            }

            Accumulate(gram, block, r, width);
        }

        return Mirrored(gram, r);
    }

    /// <summary>B^T B, (r, r), of B (n, r).</summary>
    public static double[] OfColumns(AdapterTensor b, int r, CancellationToken cancellation)
    {
        var n = (int)(b.Count / r);
        var width = BlockFor(r);
        var (gram, block, rows) = (new double[r * r], new double[r * width], new double[r * width]);
        for (var start = 0; start < n; start += width)
        {
            cancellation.ThrowIfCancellationRequested();
            var height = Math.Min(width, n - start);
            Read(b, (long)start * r, rows.AsSpan(0, height * r));
            rows.AsSpan(height * r).Clear();
            for (var k = 0; k < width; k++)
            {
                for (var i = 0; i < r; i++)
                    block[(i * width) + k] = rows[(k * r) + i];
            }

            Accumulate(gram, block, r, width);
        }

        return Mirrored(gram, r);
    }

    /// <summary>Adds X X^T of a block X (r, columns) to the lower triangle, four products at a time.</summary>
    private static void Accumulate(double[] gram, double[] block, int r, int columns)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(block.AsSpan());
        var width = columns / Vector<double>.Count;
        for (var i = 0; i < r; i++)
        {
            var x = vectors.Slice(i * width, width);
            var j = 0;
            for (; j + 3 <= i; j += 4)
            {
                var y0 = vectors.Slice(j * width, width);
                var y1 = vectors.Slice((j + 1) * width, width);
                var y2 = vectors.Slice((j + 2) * width, width);
                var y3 = vectors.Slice((j + 3) * width, width);
                var (s0, s1, s2, s3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
                for (var k = 0; k < x.Length; k++)
                {
                    s0 += x[k] * y0[k];
                    s1 += x[k] * y1[k];
                    s2 += x[k] * y2[k];
                    s3 += x[k] * y3[k];
                }

                var sums = gram.AsSpan((i * r) + j, 4);
                sums[0] += Vector.Sum(s0);
                sums[1] += Vector.Sum(s1);
                sums[2] += Vector.Sum(s2);
                sums[3] += Vector.Sum(s3);
            }

            for (; j <= i; j++)
            {
                var y = vectors.Slice(j * width, width);
                var sum = Vector<double>.Zero;
                for (var k = 0; k < x.Length; k++)
                    sum += x[k] * y[k];
                gram[(i * r) + j] += Vector.Sum(sum);
            }
        }
    }

    private static double[] Mirrored(double[] gram, int r)
    {
        for (var i = 0; i < r; i++)
        {
            for (var j = 0; j < i; j++)
                gram[(j * r) + i] = gram[(i * r) + j];
        }

        return gram;
    }

    /// <summary>Elements from <paramref name="start"/> on, exactly.</summary>
    private static void Read(AdapterTensor tensor, long start, Span<double> values)
    {
        var size = tensor.Dtype.BitSize() / 8;
        var bytes = tensor.Bytes.Span.Slice(checked((int)(start * size)), values.Length * size);
        switch (tensor.Dtype)
        {
            case SafetensorsDtype.F32:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
                break;
            case SafetensorsDtype.F16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (double)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]);
                break;
            case SafetensorsDtype.BF16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) << 16);
                break;
            case SafetensorsDtype.F64:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]);
                break;
            default:
                throw new NotSupportedException($"{tensor.Dtype.FileName()} factors are not measured; F32, F16, BF16 and F64 are.");
        }
    }
}
