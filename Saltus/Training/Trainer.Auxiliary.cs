using Saltus.Kernels;

namespace Saltus.Training;

/// <content>The latents that have a share in the auxiliary loss: by groups, each latent from its gradients to its update.</content>
public sealed partial class Trainer
{
    private readonly Action<int> _measureAuxiliary;
    private readonly Action<int> _updateAuxiliary;

    /// <summary>A group's share of the sums over all latents.</summary>
    private readonly List<LatentChunk> _auxiliaryChunks = [];

    /// <summary>The dense path, which makes all rows of gradients at once, adds the auxiliary loss's to them.</summary>
    private int AuxiliaryGroups => _isDense ? 0 : _auxiliary?.Groups ?? 0;

    private void PassAuxiliary(Action<int> group)
    {
        while (_auxiliaryChunks.Count < AuxiliaryGroups)
        {
            _auxiliaryChunks.Add(new LatentChunk(Parameters.Width));
        }

        _team.Run(AuxiliaryGroups, group);
    }

    private void RunAuxiliary(int group, bool applies)
    {
        LatentChunk chunk = _auxiliaryChunks[group];
        chunk.Clear();
        int width = Parameters.Width;
        int outputs = Parameters.OutputWidth;
        ReadOnlySpan<int> latents = _auxiliary!.LatentsOf(group);
        Span<float> encoderRows = Workspace.Take(latents.Length * width, slot: 4);
        Span<float> decoderRows = Workspace.Take(latents.Length * outputs, slot: 5);
        Span<double> bias = stackalloc double[AuxiliaryLoss.MostGroupLatents];
        Span<double> norm = stackalloc double[AuxiliaryLoss.MostGroupLatents];
        encoderRows.Clear();
        decoderRows.Clear();
        bias.Clear();
        norm.Clear();
        _auxiliary.AddGradients(latents, _centred, encoderRows, decoderRows, bias, norm);
        for (int i = 0; i < latents.Length; i++)
        {
            LatentScratch scratch = LatentScratch.Take(_index.Most, width, outputs);
            LatentGradient gradient = DecoderGradient(latents[i], _index.CountOf(latents[i]), scratch);
            EncoderGradient(latents[i], scratch.PreGradient, scratch);
            Axpy.Add(1, decoderRows.Slice(i * outputs, outputs), scratch.DecoderRow);
            Axpy.Add(1, encoderRows.Slice(i * width, width), scratch.EncoderRow);
            gradient = gradient with { Input = gradient.Input + bias[i], Bias = gradient.Bias + bias[i], Norm = gradient.Norm + norm[i] };
            FinishDecoder(latents[i], gradient.Norm, scratch.DecoderRow, chunk, applies);
            FinishEncoder(gradient, scratch.EncoderRow, chunk, applies);
        }
    }
}
