namespace Saltus.Formats;

/// <summary>How a SAELens folder is written.</summary>
internal sealed record SaeLensOptions
{
    /// <summary>F32, F16 or BF16.</summary>
    public TensorDtype Dtype { get; init; } = TensorDtype.F32;

    /// <summary>The encoder bias with which the decoder bias is subtracted from the input; empty for no subtraction.</summary>
    public float[] UnfoldedBias { get; init; } = [];

    /// <summary>Whether thresholds that are all 0 are written as a plain ReLU, "standard" or "transcoder".</summary>
    public bool NamesRelu { get; init; }

    /// <summary>What the metadata held before; null for nothing.</summary>
    public JsonFields? Metadata { get; init; }
}
