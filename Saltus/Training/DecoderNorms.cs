using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>‖d_i‖ of each decoder row, for the methods whose penalties or choices depend on it.</summary>
internal sealed class DecoderNorms
{
    private const int RowsOfAnItem = 64;
    private readonly Action<int> _measure;
    private float[] _norms = [];
    private SaeParameters? _parameters;

    /// <summary>Creates a measure without values.</summary>
    public DecoderNorms() => _measure = Measure;

    /// <summary>Gets the norms as of the last step, [M].</summary>
    public ReadOnlyMemory<float> Memory => _norms;

    /// <summary>Gets the norm of one latent's decoder row.</summary>
    /// <param name="latent">The latent.</param>
    public float this[int latent] => _norms[latent];

    /// <summary>Measures all rows.</summary>
    /// <param name="context">The step.</param>
    public void Update(StepContext context)
    {
        _parameters = context.Parameters;
        if (_norms.Length != _parameters.Latents)
        {
            _norms = new float[_parameters.Latents];
        }

        context.Team.Run((_norms.Length + RowsOfAnItem - 1) / RowsOfAnItem, _measure);
    }

    private void Measure(int item)
    {
        for (int latent = item * RowsOfAnItem; latent < Math.Min(_norms.Length, (item + 1) * RowsOfAnItem); latent++)
        {
            ReadOnlySpan<float> row = _parameters!.DecoderWeights.Row(latent);
            _norms[latent] = MathF.Sqrt(Reductions.Dot(row, row));
        }
    }
}
