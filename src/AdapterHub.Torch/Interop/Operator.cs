using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace AdapterHub.Torch.Interop;

/// <summary>
/// An operator of libtorch's dispatcher (<c>aten::add</c>, overload <c>Tensor</c>), or one of the shim's own (<c>adapterhub::*</c>).
/// Found once by name; calls go through autograd as in PyTorch.
/// </summary>
public sealed unsafe class Operator
{
    private const int MostResults = 64;
    private const int StackSlots = 256;
    private static readonly ConcurrentDictionary<(string, string), Operator?> Known = new();
    private readonly nint _handle;

    private Operator(string name, nint handle) => (Name, _handle) = (name, handle);

    /// <summary>Name and overload as in the schema, "aten::add.Tensor".</summary>
    public string Name { get; }

    /// <exception cref="TorchException">This libtorch has no such operator.</exception>
    public static Operator Get(string name, string overload = "") =>
        Find(name, overload) ?? throw new TorchException($"libtorch {TorchRuntime.Version} has no operator {name}{(overload.Length > 0 ? "." + overload : "")}.");

    public static Operator? Find(string name, string overload = "") => Known.GetOrAdd((name, overload), static key =>
    {
        var status = Native.ah_op_find(key.Item1, key.Item2, out var handle);
        if (status == Status.NotFound)
            return null;
        Status.Check(status, key.Item1);
        return new Operator(key.Item2.Length > 0 ? $"{key.Item1}.{key.Item2}" : key.Item1, handle);
    });

    /// <summary>The operator's signature as libtorch declares it.</summary>
    public string Schema
    {
        get
        {
            byte* text;
            Status.Check(Native.ah_op_schema(_handle, &text));
            return Native.Text(text);
        }
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        return Run(arguments, &result, 1) == 1 && result.Kind == Argument.OneTensor && result.Bits != 0
            ? new Tensor((nint)result.Bits)
            : throw new TorchException($"{Name} did not return one tensor.");
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    public (Tensor First, Tensor Second) Call2(params ReadOnlySpan<Argument> arguments)
    {
        var results = CallMany(arguments);
        return results.Length >= 2 ? (results[0], results[1]) : throw new TorchException($"{Name} returned {results.Length} tensors, expected 2.");
    }

    /// <summary>Calls an operator that returns tensors or a list of tensors.</summary>
    public Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MostResults];
        var count = Run(arguments, results, MostResults);
        var tensors = new List<Tensor>(count);
        for (var i = 0; i < count; i++)
            if (results[i].Kind == Argument.OneTensor && results[i].Bits != 0)
                tensors.Add(new Tensor((nint)results[i].Bits));
        return [.. tensors];
    }

    /// <summary>Calls an operator for its effect; what it returns (often its first argument) is dropped.</summary>
    public void Invoke(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MostResults];
        var count = Run(arguments, results, MostResults);
        for (var i = 0; i < count; i++)
            if (results[i].Kind == Argument.OneTensor && results[i].Bits != 0)
                Status.Check(Native.ah_tensor_free((nint)results[i].Bits));
    }

    private int Run(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        var slots = 0;
        foreach (ref readonly var argument in arguments)
            slots += argument.Kind is Argument.ManyTensors or Argument.Ints ? argument.Length : 0;
        var values = stackalloc NativeValue[arguments.Length];
        var onStack = stackalloc long[slots <= StackSlots ? slots : 0];
        fixed (long* onHeap = slots > StackSlots ? new long[slots] : null)
        {
            var next = slots > StackSlots ? onHeap : onStack;
            for (var i = 0; i < arguments.Length; i++)
                next = Pack(in arguments[i], ref values[i], next);
            int returned;
            var status = Native.ah_op_call(_handle, values, arguments.Length, results, capacity, &returned);
            for (var i = 0; i < arguments.Length; i++)
                Release(in arguments[i], values[i]);
            if (status != Status.Ok)
                throw Status.ToException(status, Describe(arguments));
            return returned;
        }
    }

    private static long* Pack(in Argument argument, ref NativeValue value, long* next)
    {
        value.Kind = argument.Kind;
        value.Length = argument.Length;
        value.Bits = argument.Values[0];
        switch (argument.Kind)
        {
            case Argument.OneTensor:
                value.Bits = Unsafe.As<Tensor>(argument.Owner!).Handle;
                break;
            case Argument.ManyTensors:
                value.Bits = (nint)next;
                foreach (var tensor in Unsafe.As<IReadOnlyList<Tensor>>(argument.Owner!))
                    *next++ = tensor.Handle;
                break;
            case Argument.Ints:
                value.Bits = (nint)next;
                var items = argument.Owner is long[] array ? array : (ReadOnlySpan<long>)argument.Values;
                items[..argument.Length].CopyTo(new Span<long>(next, argument.Length));
                next += argument.Length;
                break;
            case Argument.String:
                value.Bits = Utf8Memory.Copy((string)argument.Owner!, out value.Length);
                break;
        }

        return next;
    }

    private static void Release(in Argument argument, NativeValue value)
    {
        if (argument.Kind == Argument.String)
            Utf8Memory.Free((nint)value.Bits);
        GC.KeepAlive(argument.Owner);
    }

    private string Describe(ReadOnlySpan<Argument> arguments)
    {
        var text = new StringBuilder(Name).Append('(');
        foreach (ref readonly var argument in arguments)
        {
            if (text[^1] != '(')
                text.Append(", ");
            text.Append(argument.Owner switch
            {
                Tensor tensor => tensor.ToString(),
                IReadOnlyList<Tensor> tensors => $"[{string.Join(", ", tensors)}]",
                string name => $"\"{name}\"",
                _ => argument.Kind switch
                {
                    Argument.Int => argument.Values[0].ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Argument.Double => BitConverter.Int64BitsToDouble(argument.Values[0]).ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Argument.Bool => argument.Values[0] != 0 ? "true" : "false",
                    Argument.Ints when argument.Owner is null => $"[{string.Join(", ", ((ReadOnlySpan<long>)argument.Values)[..argument.Length].ToArray())}]",
                    _ => "-",
                },
            });
        }

        return text.Append(')').ToString();
    }
}
