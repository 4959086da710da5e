namespace Saltus.Autoencoders;

/// <summary>What is done to a vector before it is encoded, and undone after it is decoded; per-token norms cannot be folded into weights.</summary>
public enum InputTransform
{
    /// <summary>Vectors are taken as they are.</summary>
    None,

    /// <summary>x · √d / ‖x‖ going in, output · ‖x‖ / √d coming out (SAELens "constant_norm_rescale").</summary>
    ConstantNorm,

    /// <summary>(x − mean) / (σ + 1e-5) going in, · σ + mean coming out, σ unbiased (SAELens "layer_norm").</summary>
    LayerNorm,

    /// <summary>As <see cref="LayerNorm"/>, with · (σ + 1e-5) + mean coming out (OpenAI's TopK files).</summary>
    LayerNormExact,
}
