using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>SAELens 6: the folder of <see cref="SaeLensWriter"/>, with the source's own metadata and sparsity where it was one.</summary>
internal sealed class SaeLensTarget : SaeTarget
{
    private const string Format = "saelens";

    public override string Name => Format;

    public override void Check(SaeWriting writing) => SaeLensWriter.Check(writing.Sae);

    public override void Write(string folder, SaeWriting writing)
    {
        bool isUnfolded = writing.UnfoldedBias.Length > 0;
        if (!isUnfolded && !writing.IsTranscoder)
        {
            writing.Notes.Add("apply_b_dec_to_input is false: nothing is subtracted from the input, or it is in the encoder bias");
        }

        if (writing.Sae.Activation is TopKActivation { Relu: TopKRelu.Before })
        {
            writing.Notes.Add("relu before top-k becomes top-k before relu: the same latents are positive");
        }

        SaeLensWriter.WriteFiles(folder, writing.Sae, new SaeLensOptions
        {
            Dtype = writing.Dtype,
            UnfoldedBias = writing.UnfoldedBias,
            NamesRelu = writing.IsRelu,
            Metadata = writing.SourceConfig(Format, SaeLensReader.ConfigName)?.FindObject("metadata"),
        });
        string? weights = writing.Source(Format, SaeLensReader.WeightsName);
        string sparsity = Path.Combine(Path.GetDirectoryName(weights) ?? string.Empty, SaeLensWriter.SparsityName);
        if (weights is not null && File.Exists(sparsity))
        {
            File.Copy(sparsity, Path.Combine(folder, SaeLensWriter.SparsityName));
        }
    }
}
