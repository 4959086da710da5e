using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>One format in which SAEs are written. One class a format; <see cref="SaeWriter"/> lists them.</summary>
internal abstract class SaeTarget
{
    /// <summary>The name that `convert --to` takes.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it holds SAEs that are not one product and one rule.</summary>
    public virtual bool HoldsOthers => false;

    /// <summary>What a reader must be told to read what was written; null for nothing.</summary>
    public virtual SaeHints? Hints => null;

    /// <summary>Refuses what the format cannot express.</summary>
    /// <exception cref="SaeFormatException">It cannot.</exception>
    public abstract void Check(SaeWriting writing);

    /// <summary>Writes the files into a folder.</summary>
    public abstract void Write(string folder, SaeWriting writing);

    /// <summary>The error of what cannot be expressed.</summary>
    public SaeFormatException CannotHold(string what) => new(SaeFormatError.NotExpressible, $"--to {Name}: the format cannot hold {what}; write another format");

    /// <summary>Refuses per-token transforms, which only SAELens has.</summary>
    protected void CheckNoTransform(SparseAutoencoder sae)
    {
        if (sae.Transform != InputTransform.None)
        {
            throw CannotHold($"the input transform {sae.Transform}, which depends on each vector");
        }
    }

    /// <summary>Refuses transcoders.</summary>
    protected void CheckAutoencoder(SaeWriting writing)
    {
        if (writing.IsTranscoder)
        {
            throw CannotHold("a transcoder");
        }
    }

    /// <summary>How an activation is called in a refusal.</summary>
    protected static string Describe(Activation activation) => activation switch
    {
        JumpReluActivation => "thresholds (JumpReLU, ReLU, gated)",
        TopKActivation { Relu: TopKRelu.None } => "a TopK that keeps negative values",
        TopKActivation => "TopK",
        AbsTopKActivation => "TopK by magnitude",
        GroupMaxActivation => "the maximum of groups",
        _ => activation.GetType().Name,
    };
}
