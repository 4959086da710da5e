namespace Saltus.Formats;

/// <summary>How a SAELens folder is written.</summary>
internal sealed record SaeLensOptions
{
    /// <summary>F32, F16 or BF16.</summary>
    public TensorDtype Dtype { get; init; } = TensorDtype.F32;

    /// <summary>Whether thresholds stay float32 whatever the type, as training in a smaller one leaves them.</summary>
    public bool HasWideThresholds { get; init; }

    /// <summary>The encoder bias with which the decoder bias is subtracted from the input; empty for no subtraction.</summary>
    public float[] UnfoldedBias { get; init; } = [];

    /// <summary>Whether thresholds that are all 0 are written as a plain ReLU, "standard" or "transcoder".</summary>
    public bool NamesRelu { get; init; }

    /// <summary>What it was before it was folded; null for nothing.</summary>
    public SaeLensOrigin? Origin { get; init; }

    /// <summary>What the metadata held before; null for nothing.</summary>
    public JsonFields? Metadata { get; init; }
}
