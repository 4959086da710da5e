using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>SAELens 6: the folder of <see cref="SaeLensWriter"/>, with the source's own metadata and sparsity where it was one.</summary>
internal sealed class SaeLensTarget : SaeTarget
{
    private const string Format = "saelens";

    public override string Name => Format;

    public override bool HoldsOthers => true;

    public override void Check(SaeWriting writing)
    {
        if (writing.Coder is SparseAutoencoder sae)
        {
            SaeLensWriter.Check(sae);
        }
        else
        {
            SaeLensOtherWriter.Check(writing.Coder);
        }
    }

    public override void Write(string folder, SaeWriting writing)
    {
        SaeLensOptions options = new()
        {
            Dtype = writing.Dtype,
            Metadata = writing.SourceConfig(Format, SaeLensReader.ConfigName)?.FindObject("metadata"),
        };
        if (writing.Coder is SparseAutoencoder)
        {
            WriteLinear(folder, writing, options);
        }
        else
        {
            SaeLensOtherWriter.WriteFiles(folder, writing.Coder, options);
        }

        string? weights = writing.Source(Format, SaeLensReader.WeightsName);
        string sparsity = Path.Combine(Path.GetDirectoryName(weights) ?? string.Empty, SaeLensWriter.SparsityName);
        if (weights is not null && File.Exists(sparsity))
        {
            File.Copy(sparsity, Path.Combine(folder, SaeLensWriter.SparsityName));
        }
    }

    private static void WriteLinear(string folder, SaeWriting writing, SaeLensOptions options)
    {
        bool isUnfolded = writing.UnfoldedBias.Length > 0 || writing.SaeLens is { Weights: not null, SubtractsBias: true };
        if (!isUnfolded && !writing.IsTranscoder)
        {
            writing.Notes.Add("apply_b_dec_to_input is false: nothing is subtracted from the input, or it is in the encoder bias");
        }

        if (writing.Sae.Activation is TopKActivation { Relu: TopKRelu.Before })
        {
            writing.Notes.Add("relu before top-k becomes top-k before relu: the same latents are positive");
        }

        SaeLensWriter.WriteFiles(folder, writing.Sae, options with
        {
            UnfoldedBias = writing.UnfoldedBias,
            NamesRelu = writing.IsRelu,
            Origin = writing.SaeLens,
            HasWideThresholds = HasWideThresholds(writing),
        });
    }

    /// <summary>Whether the source is a file of SAELens in which thresholds alone are float32.</summary>
    private static bool HasWideThresholds(SaeWriting writing)
    {
        if (writing.Source(Format, SaeLensReader.WeightsName) is not string path)
        {
            return false;
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Find("threshold") is { Dtype: TensorDtype.F32 } && file.Find("W_dec") is { Dtype: not TensorDtype.F32 };
    }
}
