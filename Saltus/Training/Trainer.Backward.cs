using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>Gradients and updates, latent by latent while its two rows are hot.</content>
public sealed partial class Trainer
{
    private const int SumBlockRows = 64;
    private const double ClipEpsilon = 1e-6;

    private readonly LatentChunk[] _chunks;
    private readonly Action<int> _measureChunk;
    private readonly Action<int> _updateChunk;
    private readonly Action<int> _sumRows;
    private readonly float[] _wholeBiasGradient;
    private float[][] _blockSums = [];
    private AdamStep _weightStep;
    private AdamStep _extraStep;

    /// <summary>Runs the pass by latent; where the norm is clipped, a first pass only measures.</summary>
    /// <returns>The norm of the whole gradient where it is clipped.</returns>
    private double? Backward()
    {
        if (_isDense)
        {
            PackForGradients();
        }

        float[] biasGradient = OutputGradientSum();
        DifferentiateSkip();
        if (_options.ClipNorm == 0)
        {
            SetSteps(1);
            _team.Run(_chunks.Length, _updateChunk);
            UpdateDecoderBias(biasGradient);
            UpdateSkip();
            return null;
        }

        _team.Run(_chunks.Length, _measureChunk);
        double squares = SkipSquares();
        foreach (LatentChunk chunk in _chunks)
        {
            squares += chunk.Squares;
        }

        biasGradient.CopyTo(_wholeBiasGradient, 0);
        SubtractBiasPath(_wholeBiasGradient);
        foreach (float value in _wholeBiasGradient)
        {
            squares += (double)value * value;
        }

        double norm = Math.Sqrt(squares);
        SetSteps(Math.Min(1, _options.ClipNorm / (norm + ClipEpsilon)));
        _team.Run(_chunks.Length, _updateChunk);
        UpdateDecoderBias(biasGradient);
        UpdateSkip();
        return norm;
    }

    private void SetSteps(double gradientScale)
    {
        double factor = _options.Schedule.Factor(Steps);
        _weightStep = new AdamStep(_options.LearningRate * factor, _options.Beta1, _options.Beta2, _options.Epsilon, Steps + 1, gradientScale);
        double thresholdRate = (_options.ThresholdLearningRate ?? _options.LearningRate) * factor;
        _extraStep = new AdamStep(
            thresholdRate, _options.ThresholdBeta1 ?? _options.Beta1, _options.Beta2, _options.Epsilon, Math.Max(0, Steps - _method.FirstExtraStep) + 1, gradientScale);
    }

    private void RunChunk(int index, bool applies)
    {
        LatentChunk chunk = _chunks[index];
        Array.Clear(chunk.BiasPath);
        chunk.Squares = 0;
        int first = index * LatentChunk.Latents;
        int last = Math.Min(Parameters.Latents, first + LatentChunk.Latents);
        if (_isDense)
        {
            RunChunkDense(chunk, first, last - first, applies);
            return;
        }

        for (int latent = first; latent < last; latent++)
        {
            int entries = _index.CountOf(latent);
            if (entries + (_auxiliary?.CountOf(latent) ?? 0) > 0 || !_moments.IsLazy)
            {
                LatentScratch scratch = LatentScratch.Take(entries, Parameters.Width, Parameters.OutputWidth);
                LatentGradient gradient = SparseGradient(latent, entries, scratch);
                Finish(gradient, scratch.EncoderRow, scratch.DecoderRow, chunk, applies);
            }
        }
    }

    /// <summary>The latent's gradients from its entries alone: rows into the scratch, sums for bias and threshold.</summary>
    private LatentGradient SparseGradient(int latent, int count, LatentScratch scratch)
    {
        Array.Clear(scratch.EncoderRow);
        Array.Clear(scratch.DecoderRow);
        ReadOnlySpan<int> rows = _index.RowsOf(latent);
        ReadOnlySpan<float> direction = Parameters.DecoderWeights.Row(latent);
        Matrix outputGradient = GradientOf(latent);
        bool hasSecond = _method.SecondCode != SecondCode.None;
        for (int at = 0; at < count; at++)
        {
            scratch.Slope[at] = Reductions.Dot(direction, outputGradient.Row(rows[at]));
            if (hasSecond)
            {
                scratch.SecondSlope[at] = Reductions.Dot(direction, _secondGradient.Row(rows[at]));
            }
        }

        LatentGradient gradient = Differentiate(latent, count, scratch);
        for (int at = 0; at < count; at++)
        {
            if (scratch.Activation[at] != 0)
            {
                Axpy.Add(scratch.Activation[at], outputGradient.Row(rows[at]), scratch.DecoderRow);
            }

            if (scratch.PreGradient[at] != 0)
            {
                Axpy.Add(scratch.PreGradient[at], _centred.Row(rows[at]), scratch.EncoderRow);
            }
        }

        if (_method.SecondCode == SecondCode.TrainedDecoder)
        {
            ReadOnlySpan<int> positions = _index.PositionsOf(latent);
            for (int at = 0; at < count; at++)
            {
                Axpy.Add(_context.Second[positions[at]], _secondGradient.Row(rows[at]), scratch.DecoderRow);
            }
        }

        return gradient;
    }

    /// <summary>∂L/∂x̂ as a latent sees it: that of its level.</summary>
    private Matrix GradientOf(int latent)
    {
        int level = 0;
        while (_levels[level].Latents <= latent)
        {
            level++;
        }

        return _outputGradient[level];
    }

    /// <summary>Asks the method for the entries' gradients; slopes are in the scratch already.</summary>
    private LatentGradient Differentiate(int latent, int count, LatentScratch scratch)
    {
        if (count == 0)
        {
            return new LatentGradient(latent, 0, 0, 0, 0, 0);
        }

        ReadOnlySpan<int> positions = _index.PositionsOf(latent);
        ReadOnlySpan<float> pre = _context.Candidates.Value;
        for (int at = 0; at < count; at++)
        {
            scratch.Pre[at] = pre[positions[at]];
            scratch.Activation[at] = _context.Activation[positions[at]];
        }

        LatentEntries entries = new()
        {
            Latent = latent,
            Rows = _index.RowsOf(latent),
            Pre = scratch.Pre.AsSpan(0, count),
            Activation = scratch.Activation.AsSpan(0, count),
            Slope = scratch.Slope.AsSpan(0, count),
            SecondSlope = _method.SecondCode == SecondCode.None ? [] : scratch.SecondSlope.AsSpan(0, count),
            PreGradient = scratch.PreGradient.AsSpan(0, count),
        };
        _method.Differentiate(_context, ref entries);
        double input = 0;
        foreach (float gradient in entries.PreGradient)
        {
            input += gradient;
        }

        return new LatentGradient(
            latent, input, entries.BiasGradient ?? input, entries.FirstExtraGradient, entries.SecondExtraGradient, entries.NormGradient);
    }

    /// <summary>From a latent's gradients to its update, while its rows are hot.</summary>
    private void Finish(LatentGradient gradient, Span<float> encoderRow, Span<float> decoderRow, LatentChunk chunk, bool applies)
    {
        int latent = gradient.Latent;
        (double input, double bias, double norm) = (gradient.Input, gradient.Bias, gradient.Norm);
        ReadOnlySpan<float> direction = Parameters.DecoderWeights.Row(latent);
        if (_auxiliary?.CountOf(latent) > 0)
        {
            (double more, double moreNorm) = _auxiliary.AddGradients(latent, _centred, encoderRow, decoderRow);
            (input, bias, norm) = (input + more, bias + more, norm + moreNorm);
        }

        if (norm != 0)
        {
            Axpy.Add((float)(norm / MathF.Sqrt(Reductions.Dot(direction, direction))), direction, decoderRow);
        }

        if (_options.PreEncoderBias)
        {
            Axpy.Add((float)input, Parameters.EncoderWeights.Row(latent), chunk.BiasPath);
        }

        if (_options.ProjectDecoderGradient)
        {
            float along = Reductions.Dot(decoderRow, direction) / Reductions.Dot(direction, direction);
            Axpy.Add(-along, direction, decoderRow);
        }

        if (applies)
        {
            Apply(latent, encoderRow, decoderRow, (float)bias, gradient);
        }
        else
        {
            chunk.Squares += Reductions.Dot(encoderRow, encoderRow) + (double)Reductions.Dot(decoderRow, decoderRow)
                + (bias * bias) + (gradient.FirstExtra * gradient.FirstExtra) + (gradient.SecondExtra * gradient.SecondExtra);
        }
    }

    private void Apply(int latent, ReadOnlySpan<float> encoderRow, ReadOnlySpan<float> decoderRow, float bias, in LatentGradient gradient)
    {
        // Steps in which the latent had no gradient only decayed its second moment.
        int missed = Steps - _moments.LastStep[latent];
        float decay = missed > 0 ? (float)Math.Pow(_options.Beta2, missed) : 1;
        _moments.LastStep[latent] = Steps + 1;
        Span<float> decoder = Parameters.DecoderWeights.Row(latent);
        ReadOnlySpan<float> biasGradient = [bias];
        Adam.Update(_weightStep, decay, encoderRow, First(_moments.EncoderFirst, latent), _moments.EncoderSecond.Row(latent), Parameters.EncoderWeights.Row(latent));
        Adam.Update(_weightStep, decay, decoderRow, First(_moments.DecoderFirst, latent), _moments.DecoderSecond.Row(latent), decoder);
        Adam.Update(_weightStep, decay, biasGradient, One(_moments.EncoderBiasFirst, latent), One(_moments.EncoderBiasSecond, latent), One(Parameters.EncoderBias, latent));
        if (_options.UnitNormDecoder)
        {
            Initialization.Normalize(decoder);
        }

        if (_method.TrainsExtras)
        {
            ApplyExtras(latent, decay, gradient);
        }
    }

    private void ApplyExtras(int latent, float decay, in LatentGradient gradient)
    {
        for (int extra = 0; extra < _moments.ExtraSecond.Count; extra++)
        {
            ReadOnlySpan<float> slope = [(float)(extra == 0 ? gradient.FirstExtra : gradient.SecondExtra)];
            Span<float> value = One(Parameters.Extras[extra], latent);
            Adam.Update(_extraStep, decay, slope, One(_moments.ExtraFirst[extra], latent), One(_moments.ExtraSecond[extra], latent), value);
            if (extra == 0 && _method.ClampsFirstExtra)
            {
                value[0] = Math.Max(value[0], 0);
            }
        }
    }

    /// <summary>Σ_b ∂L/∂x̂_b: block sums of a fixed number of rows, added in order.</summary>
    private float[] OutputGradientSum()
    {
        int blocks = (_context.Rows + SumBlockRows - 1) / SumBlockRows;
        if (_blockSums.Length != blocks)
        {
            _blockSums = new float[blocks][];
            for (int i = 0; i < blocks; i++)
            {
                _blockSums[i] = new float[Parameters.OutputWidth];
            }
        }

        _team.Run(blocks, _sumRows);
        for (int block = 1; block < blocks; block++)
        {
            TensorPrimitives.Add<float>(_blockSums[0], _blockSums[block], _blockSums[0]);
        }

        return _blockSums[0];
    }

    private void SumRows(int block)
    {
        float[] sum = _blockSums[block];
        Array.Clear(sum);
        for (int row = block * SumBlockRows; row < Math.Min(_context.Rows, (block + 1) * SumBlockRows); row++)
        {
            TensorPrimitives.Add(sum, _outputGradient[0].Row(row), sum);
            if (_method.SecondCode == SecondCode.TrainedDecoder)
            {
                TensorPrimitives.Add(sum, _secondGradient.Row(row), sum);
            }
        }
    }

    private void UpdateDecoderBias(float[] gradient)
    {
        SubtractBiasPath(gradient);
        Adam.Update(_weightStep, 1, gradient, _moments.DecoderBiasFirst, _moments.DecoderBiasSecond, Parameters.DecoderBias);
    }

    private void SubtractBiasPath(float[] gradient)
    {
        if (_options.PreEncoderBias)
        {
            foreach (LatentChunk chunk in _chunks)
            {
                TensorPrimitives.Subtract<float>(gradient, chunk.BiasPath, gradient);
            }
        }
    }

    private static Span<float> First(Matrix? moments, int latent) => moments is null ? [] : moments.Row(latent);

    private static Span<float> One(float[] values, int latent) => values.Length == 0 ? [] : values.AsSpan(latent, 1);
}
