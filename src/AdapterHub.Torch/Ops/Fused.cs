using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch.Ops;

/// <summary>The shim's own operators (<c>native/fused.cpp</c>), with gradients, on CPU and GPU.</summary>
public static class Fused
{
    private static readonly Operator RmsNormOp = Operator.Get("adapterhub::rms_norm");
    private static readonly Operator AddRmsNormOp = Operator.Get("adapterhub::add_rms_norm");
    private static readonly Operator SwiGluOp = Operator.Get("adapterhub::swiglu");
    private static readonly Operator RopeOp = Operator.Get("adapterhub::rope");
    private static readonly Operator LinearOp = Operator.Get("adapterhub::linear");
    private static readonly Operator LoraLinearOp = Operator.Get("adapterhub::lora_linear");
    private static readonly Operator JointLoraLinearOp = Operator.Get("adapterhub::joint_lora_linear");
    private static readonly Operator LinearCrossEntropyOp = Operator.Get("adapterhub::linear_cross_entropy");
    private static readonly Operator TokenLossesOp = Operator.Get("adapterhub::token_losses");
    private static readonly Operator AttentionOp = Operator.Get("adapterhub::attention");
    private static readonly Operator CachedAttentionOp = Operator.Get("adapterhub::cached_attention");
    private static readonly Operator PagedAttentionOp = Operator.Get("adapterhub::paged_attention");
    private static readonly Operator PagedDecodeOp = Operator.Get("adapterhub::paged_decode");
    private static readonly Operator LaneLinearOp = Operator.Get("adapterhub::lane_linear");
    private static readonly Operator AdamWOp = Operator.Get("adapterhub::adamw_");

    /// <summary>x / rms(x) * weight over the last dimension (Zhang and Sennrich 2019).</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) => RmsNormOp.Call(x, weight, epsilon);

    /// <summary>The norm of x + residual, and the sum itself.</summary>
    public static (Tensor Normed, Tensor Sum) AddRmsNorm(Tensor x, Tensor residual, Tensor weight, double epsilon) => AddRmsNormOp.Call2(x, residual, weight, epsilon);

    /// <summary>silu(gate) * up (Shazeer 2020).</summary>
    public static Tensor SwiGlu(Tensor gate, Tensor up) => SwiGluOp.Call(gate, up);

    /// <summary>Rotary embedding: x (N, H, D), tables (positions, D/2) f32, positions (N) int64; halves paired as in Hugging Face's Llama.</summary>
    public static Tensor Rope(Tensor x, Tensor cos, Tensor sin, Tensor positions) => RopeOp.Call(x, cos, sin, positions);

    /// <summary>x (..., in) W (out, in) transposed + bias; a few CPU rows take a direct path.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) => LinearOp.Call(x, weight, bias);

    /// <summary>
    /// x W^T + bias + scale (dropout(x) A^T) B^T + scale biasB; A (r, in), B (out, r). No gradient reaches W. Which elements of x stay is drawn unless
    /// <paramref name="kept"/> (bool, as x) says it.
    /// </summary>
    public static Tensor LoraLinear(Tensor x, Tensor weight, Tensor? bias, Tensor a, Tensor b, Tensor? biasB, double scale, double dropout, Tensor? kept = null) =>
        LoraLinearOp.Call(x, weight, bias, a, b, biasB, scale, dropout, kept);

    /// <summary>
    /// x W^T + bias, and on rows starts[i] to starts[i] + rows[i] also scales[i] (dropout(x) A_i^T) B_i^T; x (N, in), A_i (r_i, in), B_i (out, r_i), scales f64 on
    /// the CPU. Adapters of one shape, scale and number of rows that follow each other share their products. No gradient reaches W. Which elements of x stay is
    /// drawn unless <paramref name="kept"/> (bool, as x) says it.
    /// </summary>
    public static Tensor JointLoraLinear(
        Tensor x, Tensor weight, Tensor? bias, Tensor[] a, Tensor[] b, long[] starts, long[] rows, Tensor scales, double dropout, Tensor? kept = null) =>
        JointLoraLinearOp.Call(x, weight, bias, a, b, starts, rows, scales, dropout, kept);

    /// <summary>Sum over rows of -log softmax(hidden W^T)[label] times scale (f32, one element), without the logits as a whole. Labels below 0 do not count.</summary>
    public static Tensor LinearCrossEntropy(Tensor hidden, Tensor weight, Tensor labels, Tensor scale) => LinearCrossEntropyOp.Call(hidden, weight, labels, scale);

    /// <summary>-log softmax(logits)[label] of every row, f32; 0 where the label is below 0.</summary>
    public static Tensor TokenLosses(Tensor logits, Tensor labels) => TokenLossesOp.Call(logits, labels);

    /// <summary>
    /// Causal attention inside documents: q (N, H, D), k and v (N, KV, D), cumulative (documents + 1) int32 from 0 to N,
    /// longest document; window 0 looks back without limit.
    /// </summary>
    public static Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor cumulative, long longest, double scale, long window) =>
        AttentionOp.Call(q, k, v, cumulative, longest, scale, window);

    /// <summary>q (B, T, H, D) are the last T of lengths (B) int64 positions; keys and values (B, room, KV, D).</summary>
    public static Tensor CachedAttention(Tensor q, Tensor keys, Tensor values, Tensor lengths, double scale, long window) =>
        CachedAttentionOp.Call(q, keys, values, lengths, scale, window);

    /// <summary>
    /// Attention of texts of different lengths whose keys and values lie in pages (P, positions, KV, D): rows starts[r] to starts[r + 1] of q (N, H, D)
    /// are the last positions of text r of lengths[r]; table (texts, M) int64 names its pages in order.
    /// </summary>
    public static Tensor PagedAttention(Tensor q, Tensor keys, Tensor values, Tensor table, long[] starts, long[] lengths, double scale, long window) =>
        PagedAttentionOp.Call(q, keys, values, table, starts, lengths, scale, window);

    /// <summary>
    /// The same for one token of every row: q (N, H, D), table (N, M) int64, lengths (N) int64 with the new token counted. Nothing depends on what the host knows,
    /// so a pass can be recorded; all M pages are looked at. Composed of libtorch's own operators.
    /// </summary>
    public static Tensor PagedDecode(Tensor q, Tensor keys, Tensor values, Tensor table, Tensor lengths, double scale, long window) =>
        PagedDecodeOp.Call(q, keys, values, table, lengths, scale, window);

    /// <summary>
    /// x W^T + bias + ((x a) c) b: a (in, R) and b (R, out) hold adapters side by side, each in the columns from segments[i] to segments[i + 1]; c (L, R) f32
    /// is what each counts in a lane, lanes (N) int64 the lane of a row of x (null: row i is lane i). An adapter that counts 0 costs and adds nothing. No gradients.
    /// </summary>
    public static Tensor LaneLinear(Tensor x, Tensor weight, Tensor? bias, Tensor a, Tensor b, Tensor c, Tensor? lanes, long[] segments) =>
        LaneLinearOp.Call(x, weight, bias, a, b, c, lanes, segments);

    /// <summary>One AdamW step on f32 CPU parameters; gradients are divided by gradScale first.</summary>
    public static void AdamW(Tensor[] parameters, Tensor[] grads, Tensor[] first, Tensor[] second, double rate, double beta1, double beta2, double epsilon, double weightDecay, long step, double gradScale) =>
        AdamWOp.Invoke(parameters, grads, first, second, rate, beta1, beta2, epsilon, weightDecay, step, gradScale);
}
