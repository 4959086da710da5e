using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>From a batch to the gradient of the loss with respect to the reconstructions.</content>
public sealed partial class Trainer
{
    private readonly Action<int> _prepareRow;
    private readonly Action<int> _decodeRow;
    private readonly Action<int> _decodeSecondRow;

    /// <summary>∂L/∂x̂ as the latents of each level see it, [B, d_out] each: a latent of a low level is part of all higher reconstructions.</summary>
    private readonly Matrix[] _outputGradient;
    private double[] _rowLoss = [];
    private double[] _rowError = [];
    private double[] _rowWeight = [];

    /// <summary>The encoder's input, [B, d]: x / C, less b_dec where the encoder sees it so.</summary>
    private Matrix _centred = new(0, 0);

    /// <summary>x / C itself for the skip connection, where the encoder's input is another; empty else.</summary>
    private Matrix _skipInput = new(0, 0);

    /// <summary>What is reconstructed less what <see cref="OutputBias"/> does not have, [B, d_out].</summary>
    private Matrix _target = new(0, 0);
    private Matrix _secondGradient = new(0, 0);

    private Matrix LastGradient => _outputGradient[^1];

    /// <summary>What a reconstruction starts from beside the latents: nothing where b_dec was already subtracted from the target.</summary>
    private ReadOnlySpan<float> OutputBias => _options.PreEncoderBias && !Parameters.HasTarget ? _noBias : Parameters.DecoderBias;

    private Matrix SkipInput => _options.PreEncoderBias ? _skipInput : _centred;

    private void Prepare(ActivationBatch batch)
    {
        _batch = batch;
        _context.Step = Steps;
        _context.Rows = batch.Count;
        _context.ReserveRows();
        if (_centred.Rows != batch.Count)
        {
            DisposeRows();
            _centred = new Matrix(batch.Count, Parameters.Width);
            _skipInput = new Matrix(Parameters.SkipWeights is not null && _options.PreEncoderBias ? batch.Count : 0, Parameters.Width);
            _target = Parameters.HasTarget ? new Matrix(batch.Count, Parameters.OutputWidth) : _centred;
            for (int level = 0; level < _outputGradient.Length; level++)
            {
                _outputGradient[level] = new Matrix(batch.Count, Parameters.OutputWidth);
            }

            _secondGradient = new Matrix(_method.SecondCode == SecondCode.None ? 0 : batch.Count, Parameters.OutputWidth);
            _rowLoss = new double[batch.Count];
            _rowError = new double[batch.Count];
            _rowWeight = new double[batch.Count];
        }

        _team.Run(batch.Count, _prepareRow);
        if (_options.Reconstruction == ReconstructionScale.Fvu)
        {
            _rowWeight.AsSpan().Fill(1 / TotalVariance());
        }
    }

    private void PrepareRow(int row)
    {
        ReadOnlySpan<float> x = _batch!.Vectors.Row(row)[..Parameters.Width];
        ReadOnlySpan<float> y = Parameters.HasTarget ? _batch.Vectors.Row(row)[Parameters.Width..] : x;
        Span<float> centred = _centred.Row(row);
        float factor = (float)(1 / _options.Scale);
        TensorPrimitives.Multiply(x, factor, centred);
        InputTransforms.Apply(_options.Transform, centred);
        if (_options.PreEncoderBias)
        {
            TensorPrimitives.Subtract(centred, Parameters.DecoderBias, centred);
        }

        float targetFactor = (float)(1 / (_options.TargetScale ?? _options.Scale));
        if (Parameters.HasTarget)
        {
            TensorPrimitives.Multiply(y, targetFactor, _target.Row(row));
        }

        if (_skipInput.Rows > 0)
        {
            TensorPrimitives.Multiply(x, factor, _skipInput.Row(row));
        }

        _context.InputNorm[row] = MathF.Sqrt(Reductions.Dot(x, x)) * factor;
        _rowWeight[row] = _options.Reconstruction switch
        {
            ReconstructionScale.Mean => 1.0 / ((double)_context.Rows * y.Length),
            ReconstructionScale.StartVariance => 1.0 / (_context.Rows * _options.Variance!.Value),
            ReconstructionScale.Normalised => 1 / (_context.Rows * (Reductions.Dot(y, y) * (double)targetFactor * targetFactor)),
            _ => 1.0 / _context.Rows,
        };
    }

    /// <summary>Σ ‖y − mean y‖² over the batch: what is subtracted from every target cancels.</summary>
    private double TotalVariance() => BatchVariance.Squares(_target, _columnSums);

    private double Forward()
    {
        if (_method.WantsSample)
        {
            _encode.EncodeSample(_team, _centred, Parameters.EncoderWeights, Parameters.EncoderBias, _floors, _context.Candidates);
            _method.Sample(_context, _floors);
            _context.Candidates.Release();
        }

        _encode.Encode(_team, _centred, Parameters.EncoderWeights, Parameters.EncoderBias, _floors, _context.Candidates);
        while (true)
        {
            _context.Reserve(_method.SecondCode != SecondCode.None);
            ReadOnlySpan<int> rows = _method.Select(_context, _floors);
            if (rows.IsEmpty)
            {
                break;
            }

            _encode.EncodeAgain(_team, _centred, Parameters.EncoderWeights, Parameters.EncoderBias, _floors, rows, _context.Candidates);
        }

        _index.Build(_team, _context.Candidates);
        _context.Count(_index);
        _isDense = ChoosesDense();
        if (Parameters.SkipWeights is not null)
        {
            MatMul.Multiply(_team, SkipInput, _skipRows!, _outputGradient[0]);
        }

        if (_isDense && _outputGradient.Length == 1)
        {
            DecodeDense();
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

        return sum;
    }

    /// <summary>The second code's reconstruction loss; its gradient replaces the reconstruction.</summary>
    private double ForwardSecond()
    {
        if (_method.SecondCode == SecondCode.None)
        {
            return 0;
        }

        _team.Run(_context.Rows, _decodeSecondRow);
        double sum = 0;
        foreach (double loss in _rowError)
        {
            sum += loss;
        }

        return sum / _context.Rows;
    }

    private void DecodeRow(int row)
    {
        Start(row, _outputGradient[0].Row(row));
        ReadOnlySpan<int> latents = _context.Candidates.LatentsOf(row);
        ReadOnlySpan<float> activation = _context.Activation.AsSpan(_context.Candidates.RowStart[row], latents.Length);
        RowScratch scratch = RowScratch.Take(_context.Candidates.Longest);
        int count = scratch.Gather(latents, activation);
        ReadOnlySpan<int> active = scratch.Latents.AsSpan(0, count);
        ReadOnlySpan<float> values = scratch.Values.AsSpan(0, count);
        int from = 0;
        for (int level = 0; level < _outputGradient.Length; level++)
        {
            int to = from;
            while (to < active.Length && active[to] < _levels[level].Latents)
            {
                to++;
            }

            Span<float> reconstruction = _outputGradient[level].Row(row);
            ReadOnlySpan<float> start = level == 0 ? reconstruction : _outputGradient[level - 1].Row(row);
            SparseDecode.Row(active[from..to], values[from..to], Parameters.DecoderWeights, start, reconstruction);
            from = to;
        }

        TakeResidual(row);
    }

    /// <summary>Sets what a reconstruction starts from; the skip connection's share is there already.</summary>
    private void Start(int row, Span<float> reconstruction)
    {
        if (Parameters.SkipWeights is null)
        {
            OutputBias.CopyTo(reconstruction);
        }
        else
        {
            Axpy.Add(1, OutputBias, reconstruction);
        }
    }

    /// <summary>Turns a row's reconstructions into its loss and ∂L/∂x̂ = 2 w (x̂ − y), summed from the highest level down.</summary>
    private void TakeResidual(int row)
    {
        ReadOnlySpan<float> target = _target.Row(row);
        double loss = 0;
        double last = 0;
        for (int level = _outputGradient.Length - 1; level >= 0; level--)
        {
            Span<float> gradient = _outputGradient[level].Row(row);
            double weight = _levels[level].Weight * _rowWeight[row];
            float scale = (float)(2 * weight);
            TensorPrimitives.Subtract(gradient, target, gradient);
            double squares = Reductions.SumOfSquaresInDouble(gradient);
            TensorPrimitives.Multiply(gradient, scale, gradient);

            loss += weight * squares;
            if (level == _outputGradient.Length - 1)
            {
                last = squares;
            }
            else
            {
                Axpy.Add(1, _outputGradient[level + 1].Row(row), gradient);
            }
        }

        _rowLoss[row] = loss;
        _rowError[row] = last;
    }

    private void DecodeSecondRow(int row)
    {
        ReadOnlySpan<int> latents = _context.Candidates.LatentsOf(row);
        ReadOnlySpan<float> second = _context.Second.AsSpan(_context.Candidates.RowStart[row], latents.Length);
        RowScratch scratch = RowScratch.Take(_context.Candidates.Longest);
        int count = scratch.Gather(latents, second);
        Span<float> gradient = _secondGradient.Row(row);
        SparseDecode.Row(scratch.Latents.AsSpan(0, count), scratch.Values.AsSpan(0, count), Parameters.DecoderWeights, OutputBias, gradient);
        ReadOnlySpan<float> target = _target.Row(row);
        float scale = (float)(2.0 / _context.Rows);
        TensorPrimitives.Subtract(gradient, target, gradient);
        double squares = Reductions.SumOfSquaresInDouble(gradient);
        TensorPrimitives.Multiply(gradient, scale, gradient);

        _rowError[row] = squares;
    }

    /// <summary>Mean squared error of the whole reconstruction, for the log.</summary>
    private double MeanError()
    {
        double sum = 0;
        foreach (double error in _rowError)
        {
            sum += error;
        }

        return sum / _context.Rows;
    }

    private void DisposeRows()
    {
        if (!ReferenceEquals(_target, _centred))
        {
            _target.Dispose();
        }

        _centred.Dispose();
        _skipInput.Dispose();
        _secondGradient.Dispose();
        foreach (Matrix gradient in _outputGradient)
        {
            gradient.Dispose();
        }
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
                scratch.Latents = new int[count + (count / 4)];
                scratch.Values = new float[scratch.Latents.Length];
            }

            return scratch;
        }

        public int Gather(ReadOnlySpan<int> latents, ReadOnlySpan<float> activation)
        {
            int next = 0;
            for (int at = 0; at < latents.Length; at++)
            {
                if (activation[at] != 0)
                {
                    Latents[next] = latents[at];
                    Values[next++] = activation[at];
                }
            }

            return next;
        }
    }
}
