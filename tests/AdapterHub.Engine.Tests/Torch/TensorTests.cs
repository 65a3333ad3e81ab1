using AdapterHub.Torch;
using AdapterHub.Torch.Interop;

namespace AdapterHub.Engine.Tests.Torch;

public sealed class TensorTests
{
    [Fact]
    public void Add_TwoTensors_AddsElements()
    {
        using var scope = new TensorScope();
        var sum = Tensor.From<float>([1, 2, 3]) + Tensor.From<float>([10, 20, 30]);
        sum.ToArray<float>().ShouldBe([11f, 22f, 33f]);
    }

    [Fact]
    public void Matmul_WrongShapes_NamesOperatorAndShapes()
    {
        using var scope = new TensorScope();
        var error = Should.Throw<TorchException>(() => Tensor.Zeros([2, 3]).Matmul(Tensor.Zeros([2, 3])));
        error.Message.ShouldContain("aten::matmul");
        error.Message.ShouldContain("Float32[2, 3]");
    }

    [Fact]
    public void Backward_OfSquare_IsTwiceTheValue()
    {
        using var scope = new TensorScope();
        var x = Tensor.From<float>([3, -4]);
        x.RequiresGrad = true;
        (x * x).Sum().Backward();
        x.Grad!.ToArray<float>().ShouldBe([6f, -8f]);
    }

    [Fact]
    public void NoGrad_Inside_RecordsNothing()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([2]);
        x.RequiresGrad = true;
        using (Grad.Disable())
            (x * 2.0).RequiresGrad.ShouldBeFalse();
        (x * 2.0).RequiresGrad.ShouldBeTrue();
    }

    [Fact]
    public void OneThread_Disposed_GivesTheThreadsBack()
    {
        var before = TorchRuntime.Threads;
        using (TorchRuntime.UseOneThread())
        {
            TorchRuntime.Threads.ShouldBe(1);
            using (TorchRuntime.UseOneThread())
                TorchRuntime.Threads.ShouldBe(1);
            TorchRuntime.Threads.ShouldBe(1);
        }

        TorchRuntime.Threads.ShouldBe(before);
    }

    [Fact]
    public void Scope_Closed_FreesAllButWhatMovedOut()
    {
        EarlierTests.FreeTensors();
        var before = TorchRuntime.CpuMemory.LiveBlocks;
        Tensor kept;
        using (var scope = new TensorScope())
        {
            var a = Tensor.Randn([64, 64]);
            kept = scope.MoveOut(a.Matmul(a));
        }

        TorchRuntime.CpuMemory.LiveBlocks.ShouldBe(before + 1);
        kept.Count.ShouldBe(4096);
        kept.Dispose();
        TorchRuntime.CpuMemory.LiveBlocks.ShouldBe(before);
        Should.Throw<ObjectDisposedException>(() => kept.Sum());
    }

    [Fact]
    public void LongIntegerLists_BeyondTheInPlaceRoom_AreWhole()
    {
        using var scope = new TensorScope();
        Tensor.Zeros([1, 2, 1, 2, 1, 2, 1, 3]).Shape.ToArray().ShouldBe([1, 2, 1, 2, 1, 2, 1, 3]);
    }

    [Fact]
    public void MappedFile_WrittenThroughTensor_LeavesTheFileAlone()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64]);
            Tensor values;
            using (var file = MappedFile.Open(path))
                values = file.Tensor(4, 8, DType.Float32, [2]);
            using (values)
            {
                values.ToArray<float>().ShouldBe([1f, 2f]);
                values.Fill_(7);
            }

            File.ReadAllBytes(path)[7].ShouldBe((byte)63);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void MappedFile_BeyondTheEnd_IsRefused()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[16]);
        using var file = MappedFile.Open(path);
        Should.Throw<TorchException>(() => file.Tensor(8, 16, DType.Float32, [4])).Message.ShouldContain("outside the file");
        File.Delete(path);
    }

    [Fact]
    public void RandomState_Restored_RepeatsTheDraw()
    {
        using var scope = new TensorScope();
        TorchRandom.Seed(5);
        var state = TorchRandom.State(Device.Cpu);
        var first = Tensor.Rand([4]).ToArray<float>();
        TorchRandom.Restore(Device.Cpu, state);
        Tensor.Rand([4]).ToArray<float>().ShouldBe(first);
    }

    [Fact]
    public void ScalarAdd_InALoop_AllocatesOnlyTheResultsHandles()
    {
        using var a = Tensor.Ones([1]);
        using var b = Tensor.Ones([1]);
        for (var i = 0; i < 1000; i++)
            a.Add_(b);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            a.Add_(b);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Operator_Unknown_SaysSo()
    {
        Operator.Find("aten::no_such_operator").ShouldBeNull();
        Should.Throw<TorchException>(() => Operator.Get("aten::no_such_operator")).Message.ShouldContain("no_such_operator");
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("auto")]
    public void Device_Parsed_IsUsable(string text)
    {
        using var tensor = Tensor.Ones([1], device: Device.Parse(text));
        tensor.Item().ShouldBe(1);
    }

    [Fact]
    public void Device_Nonsense_IsRefused() => Should.Throw<FormatException>(() => Device.Parse("gpu7")).Message.ShouldContain("gpu7");
}
