using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>Gradients and updates, latent by latent while its two rows are hot.</content>
public sealed partial class Trainer
{
    private const int SumBlockRows = 64;

    /// <summary>Rows of gradients that a first-level cache of 32 KiB holds at d = 768.</summary>
    private const int RowsInCache = 8;
    private const double ClipEpsilon = 1e-6;

    private readonly LatentChunk[] _chunks;
    private readonly Action<int> _measureDecoder;
    private readonly Action<int> _measureEncoder;
    private readonly Action<int> _updateDecoder;
    private readonly Action<int> _updateEncoder;
    private readonly LatentGradient[] _gradients;
    private readonly Action<int> _sumRows;
    private readonly float[] _wholeBiasGradient;
    private float[][] _blockSums = [];

    /// <summary>∂L/∂π of each candidate, in the order of the index: what the decoder's half of the pass leaves for the encoder's.</summary>
    private float[] _preGradient = [];
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
        if (_method.IsWide)
        {
            DifferentiateBand();
        }

        if (_options.ClipNorm == 0)
        {
            SetSteps(1);
            Pass(_updateDecoder, _updateEncoder, _updateAuxiliary);
            UpdateDecoderBias(biasGradient);
            UpdateSkip();
            return null;
        }

        Pass(_measureDecoder, _measureEncoder, _measureAuxiliary);
        double squares = SkipSquares();
        foreach (LatentChunk chunk in _chunks)
        {
            squares += chunk.Squares;
        }

        for (int group = 0; group < AuxiliaryGroups; group++)
        {
            squares += _auxiliaryChunks[group].Squares;
        }

        biasGradient.CopyTo(_wholeBiasGradient, 0);
        SubtractBiasPath(_wholeBiasGradient);
        foreach (float value in _wholeBiasGradient)
        {
            squares += (double)value * value;
        }

        double norm = Math.Sqrt(squares);
        SetSteps(Math.Min(1, _options.ClipNorm / (norm + ClipEpsilon)));
        Pass(_updateDecoder, _updateEncoder, _updateAuxiliary);
        UpdateDecoderBias(biasGradient);
        UpdateSkip();
        return norm;
    }

    /// <summary>
    /// One pass by latent in two halves: the gathered rows of a half ([B, d] gradients, then [B, d] inputs) stay in the last-level cache,
    /// where both together would push each other out.
    /// </summary>
    private void Pass(Action<int> decoder, Action<int> encoder, Action<int> auxiliary)
    {
        if (_preGradient.Length < _context.Candidates.Count)
        {
            _preGradient = new float[_context.Candidates.Count + (_context.Candidates.Count / 4)];
        }

        _team.Run(_chunks.Length, decoder);
        if (!_isDense)
        {
            _team.Run(_chunks.Length, encoder);
            PassAuxiliary(auxiliary);
        }
    }

    private void SetSteps(double gradientScale)
    {
        double factor = _options.Schedule.Factor(Steps) * RecoveryFactor();
        _weightStep = new AdamStep(_options.LearningRate * factor, _options.Beta1, _options.Beta2, _options.Epsilon, Steps + 1, gradientScale);
        double thresholdRate = (_options.ThresholdLearningRate ?? _options.LearningRate) * factor;
        _extraStep = new AdamStep(
            thresholdRate, _options.ThresholdBeta1 ?? _options.Beta1, _options.Beta2, _options.Epsilon, Math.Max(0, Steps - _method.FirstExtraStep) + 1, gradientScale);
    }

    private void RunDecoder(int index, bool applies)
    {
        LatentChunk chunk = _chunks[index];
        chunk.Clear();
        int first = index * LatentChunk.Latents;
        int last = Math.Min(Parameters.Latents, first + LatentChunk.Latents);
        if (_isDense)
        {
            RunChunkDense(chunk, first, last - first, applies);
            return;
        }

        for (int latent = first; latent < last; latent++)
        {
            if (!IsTouched(latent) || _auxiliary?.CountOf(latent) > 0)
            {
                continue;
            }

            int entries = _index.CountOf(latent);
            LatentScratch scratch = LatentScratch.Take(_index.Most, Parameters.Width, Parameters.OutputWidth);
            LatentGradient gradient = DecoderGradient(latent, entries, scratch);
            scratch.PreGradient.AsSpan(0, entries).CopyTo(_preGradient.AsSpan(_index.StartOf(latent)));
            _gradients[latent] = gradient;
            FinishDecoder(latent, gradient.Norm, scratch.DecoderRow, chunk, applies);
        }
    }

    private void RunEncoder(int index, bool applies)
    {
        int first = index * LatentChunk.Latents;
        for (int latent = first; latent < Math.Min(Parameters.Latents, first + LatentChunk.Latents); latent++)
        {
            if (!IsTouched(latent) || _auxiliary?.CountOf(latent) > 0)
            {
                continue;
            }

            int entries = _index.CountOf(latent);
            LatentScratch scratch = LatentScratch.Take(_index.Most, Parameters.Width, Parameters.OutputWidth);
            EncoderGradient(latent, _preGradient.AsSpan(_index.StartOf(latent), entries), scratch);
            FinishEncoder(_gradients[latent], scratch.EncoderRow, _chunks[index], applies);
        }
    }

    private bool IsTouched(int latent) => _index.CountOf(latent) + (_auxiliary?.CountOf(latent) ?? 0) > 0 || !_moments.IsLazy || _method.IsWide;

    /// <summary>The latent's gradients from its entries alone: the decoder's row and the entries' into the scratch, sums for bias and threshold.</summary>
    private LatentGradient DecoderGradient(int latent, int count, LatentScratch scratch)
    {
        Array.Clear(scratch.DecoderRow);
        ReadOnlySpan<int> rows = _index.RowsOf(latent);
        ReadOnlySpan<int> positions = _index.PositionsOf(latent);
        ReadOnlySpan<float> direction = Parameters.DecoderWeights.Row(latent);
        Matrix outputGradient = GradientOf(latent);
        bool hasSecond = _method.SecondCode != SecondCode.None;

        // A few rows at a time: the slopes bring them into the first-level cache, from where the sum takes those that are active.
        for (int start = 0; start < count; start += RowsInCache)
        {
            int end = Math.Min(count, start + RowsInCache);
            int active = 0;
            for (int at = start; at < end; at++)
            {
                if (at + 1 < count)
                {
                    Prefetch.Row(outputGradient.Row(rows[at + 1]));
                }

                scratch.Slope[at] = Reductions.Dot(direction, outputGradient.Row(rows[at]));
                if (hasSecond)
                {
                    scratch.SecondSlope[at] = Reductions.Dot(direction, _secondGradient.Row(rows[at]));
                }

                active += scratch.Keep(active, rows[at], _context.Activation[positions[at]]);
            }

            SparseDecode.Add(scratch.Rows.AsSpan(0, active), scratch.Factors.AsSpan(0, active), outputGradient, scratch.DecoderRow);
        }

        LatentGradient gradient = Differentiate(latent, count, scratch);
        if (_method.SecondCode == SecondCode.TrainedDecoder)
        {
            for (int at = 0; at < count; at++)
            {
                Axpy.Add(_context.Second[positions[at]], _secondGradient.Row(rows[at]), scratch.DecoderRow);
            }
        }

        return gradient;
    }

    /// <summary>The encoder's row from the entries' gradients.</summary>
    private void EncoderGradient(int latent, ReadOnlySpan<float> preGradient, LatentScratch scratch)
    {
        Array.Clear(scratch.EncoderRow);
        ReadOnlySpan<int> rows = _index.RowsOf(latent);
        int moving = 0;
        for (int at = 0; at < rows.Length; at++)
        {
            moving += scratch.Keep(moving, rows[at], preGradient[at]);
        }

        SparseDecode.Add(scratch.Rows.AsSpan(0, moving), scratch.Factors.AsSpan(0, moving), _centred, scratch.EncoderRow);
    }

    /// <summary>∂L/∂x̂ as a latent sees it: that of its level.</summary>
    private Matrix GradientOf(int latent) => _outputGradient[LevelOf(latent)];

    private int LevelOf(int latent)
    {
        int level = 0;
        while (_levels[level].Latents <= latent)
        {
            level++;
        }

        return level;
    }

    /// <summary>Asks the method for the entries' gradients; slopes are in the scratch already.</summary>
    private LatentGradient Differentiate(int latent, int count, LatentScratch scratch)
    {
        if (count == 0 && !_method.IsWide)
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
            BandGradient = _method.IsWide ? _bandSums[latent] : 0,
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
        if (_auxiliary?.CountOf(gradient.Latent) > 0)
        {
            double more = 0, moreNorm = 0;
            _auxiliary.AddGradients([gradient.Latent], _centred, encoderRow, decoderRow, new Span<double>(ref more), new Span<double>(ref moreNorm));
            gradient = gradient with { Input = gradient.Input + more, Bias = gradient.Bias + more, Norm = gradient.Norm + moreNorm };
        }

        FinishDecoder(gradient.Latent, gradient.Norm, decoderRow, chunk, applies);
        FinishEncoder(gradient, encoderRow, chunk, applies);
    }

    private void FinishDecoder(int latent, double norm, Span<float> decoderRow, LatentChunk chunk, bool applies)
    {
        Span<float> direction = Parameters.DecoderWeights.Row(latent);
        if (norm != 0)
        {
            Axpy.Add((float)(norm / MathF.Sqrt(Reductions.Dot(direction, direction))), direction, decoderRow);
        }

        if (_options.ProjectDecoderGradient)
        {
            float along = Reductions.Dot(decoderRow, direction) / Reductions.Dot(direction, direction);
            Axpy.Add(-along, direction, decoderRow);
        }

        if (!applies)
        {
            chunk.Squares += Reductions.Dot(decoderRow, decoderRow);
            return;
        }

        if (_options.UnitNormDecoder && _options.NormalizesBeforeStep)
        {
            Initialization.Normalize(direction);
        }

        Adam.Update(_weightStep, Decay(latent), decoderRow, First(_moments.DecoderFirst, latent), _moments.DecoderSecond.Row(latent), direction);
        if (_options.UnitNormDecoder && !_options.NormalizesBeforeStep)
        {
            Initialization.Normalize(direction);
        }
    }

    private void FinishEncoder(in LatentGradient gradient, ReadOnlySpan<float> encoderRow, LatentChunk chunk, bool applies)
    {
        int latent = gradient.Latent;
        double biasGradient = _options.TrainsEncoderBias ? gradient.Bias : 0;
        Span<float> weights = Parameters.EncoderWeights.Row(latent);
        if (_options.PreEncoderBias)
        {
            Axpy.Add((float)gradient.Input, weights, chunk.BiasPath);
        }

        if (!applies)
        {
            chunk.Squares += Reductions.Dot(encoderRow, encoderRow)
                + (biasGradient * biasGradient) + (gradient.FirstExtra * gradient.FirstExtra) + (gradient.SecondExtra * gradient.SecondExtra);
            return;
        }

        float decay = Decay(latent);
        _moments.LastStep[latent] = Steps + 1;
        ReadOnlySpan<float> bias = [(float)biasGradient];
        Adam.Update(_weightStep, decay, encoderRow, First(_moments.EncoderFirst, latent), _moments.EncoderSecond.Row(latent), weights);
        Adam.Update(_weightStep, decay, bias, One(_moments.EncoderBiasFirst, latent), One(_moments.EncoderBiasSecond, latent), One(Parameters.EncoderBias, latent));
        if (_method.TrainsExtras)
        {
            ApplyExtras(latent, decay, gradient);
        }
    }

    /// <summary>Steps in which the latent had no gradient only decayed its second moment.</summary>
    private float Decay(int latent)
    {
        int missed = Steps - _moments.LastStep[latent];
        return missed > 0 ? (float)RealFunctions.Pow(_options.Beta2, missed) : 1;
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

            for (int group = 0; group < AuxiliaryGroups; group++)
            {
                TensorPrimitives.Subtract<float>(gradient, _auxiliaryChunks[group].BiasPath, gradient);
            }
        }
    }

    private static Span<float> First(Matrix? moments, int latent) => moments is null ? [] : moments.Row(latent);

    private static Span<float> One(float[] values, int latent) => values.Length == 0 ? [] : values.AsSpan(latent, 1);
}
