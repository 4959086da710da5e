using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>From a batch to the gradient of the loss with respect to the reconstruction.</content>
public sealed partial class Trainer
{
    private readonly Action<int> _prepareRow;
    private readonly Action<int> _decodeRow;

    private void Prepare(ActivationBatch batch)
    {
        _batch = batch;
        _context.Step = Steps;
        _context.Rows = batch.Count;
        if (_centred.Rows != batch.Count)
        {
            _centred.Dispose();
            _outputGradient.Dispose();
            _centred = new Matrix(batch.Count, Parameters.Width);
            _outputGradient = new Matrix(batch.Count, Parameters.Width);
            _rowLoss = new double[batch.Count];
        }

        _team.Run(batch.Count, _prepareRow);
    }

    /// <summary>x / C, minus b_dec where the encoder sees it so: then x̂ − x = f·W_dec − centred, without b_dec.</summary>
    private void PrepareRow(int row)
    {
        ReadOnlySpan<float> x = _batch!.Vectors.Row(row);
        Span<float> centred = _centred.Row(row);
        ReadOnlySpan<float> bias = _options.PreEncoderBias ? Parameters.DecoderBias : _noBias;
        float factor = (float)(1 / _options.Scale);
        for (int j = 0; j < x.Length; j++)
        {
            centred[j] = (x[j] * factor) - bias[j];
        }
    }

    private double Forward()
    {
        do
        {
            _encode.Encode(_team, _centred, Parameters.EncoderWeights, Parameters.EncoderBias, _floors, _context.Candidates);
            _context.Reserve();
        }
        while (!_method.Select(_context, _floors));

        _context.Count();
        _index.Build(_context.Candidates);
        _isDense = ChoosesDense();
        if (_isDense)
        {
            DecodeDense();
            PackForGradients();
        }
        else
        {
            _team.Run(_context.Rows, _decodeRow);
        }

        double sum = 0;
        foreach (double loss in _rowLoss)
        {
            sum += loss;
        }

        return sum / _context.Rows;
    }

    private void DecodeRow(int row)
    {
        ReadOnlySpan<int> latents = _context.Candidates.LatentsOf(row);
        ReadOnlySpan<float> activation = _context.Activation.AsSpan(_context.Candidates.RowStart[row], latents.Length);
        int count = _context.RowActive[row];
        RowScratch scratch = RowScratch.Take(count);
        int next = 0;
        for (int at = 0; at < latents.Length; at++)
        {
            if (activation[at] != 0)
            {
                scratch.Latents[next] = latents[at];
                scratch.Values[next++] = activation[at];
            }
        }

        SparseDecode.Row(
            scratch.Latents.AsSpan(0, count), scratch.Values.AsSpan(0, count), Parameters.DecoderWeights, OutputBias, _outputGradient.Row(row));
        TakeResidual(row);
    }

    /// <summary>What a reconstruction starts from beside the latents: nothing where b_dec was already subtracted from the input.</summary>
    private ReadOnlySpan<float> OutputBias => _options.PreEncoderBias ? _noBias : Parameters.DecoderBias;

    /// <summary>Turns a row's reconstruction into its loss and ∂L/∂x̂ = 2 (x̂ − x) / B.</summary>
    private void TakeResidual(int row)
    {
        Span<float> gradient = _outputGradient.Row(row);
        ReadOnlySpan<float> centred = _centred.Row(row);
        float scale = (float)(2.0 / _context.Rows);
        double loss = 0;
        for (int j = 0; j < gradient.Length; j++)
        {
            float error = gradient[j] - centred[j];
            loss += (double)error * error;
            gradient[j] = error * scale;
        }

        _rowLoss[row] = loss;
    }

    /// <summary>The active entries of the row that a thread is decoding.</summary>
    private sealed class RowScratch
    {
        [ThreadStatic]
        private static RowScratch? s_scratch;

        public int[] Latents { get; private set; } = [];

        public float[] Values { get; private set; } = [];

        public static RowScratch Take(int count)
        {
            RowScratch scratch = s_scratch ??= new RowScratch();
            if (scratch.Latents.Length < count)
            {
                scratch.Latents = new int[2 * count];
                scratch.Values = new float[2 * count];
            }

            return scratch;
        }
    }
}
