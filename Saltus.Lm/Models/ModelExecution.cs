using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// One run of a model over a batch: from the embedding or from a site, up to the last place that anyone asked for. Every place of a
/// block has a stage number, layer × 7 + <see cref="SiteKind"/>, which grows along the run; resid_post of a layer and resid_pre of the
/// next are two stages with the same values.
/// </summary>
internal sealed class ModelExecution
{
    private const int StagesOfLayer = (int)SiteKind.ResidPost;
    private readonly ModelConfiguration _configuration;
    private readonly ModelWeights _weights;
    private readonly ActivationBuffers _buffers;
    private readonly WorkTeam _team;
    private readonly TokenBatch _batch;
    private readonly ModelRun _run;
    private readonly Site? _keep;
    private readonly int _lastStage;
    private readonly Dictionary<RopeSettings, RopeTable[]> _ropes = [];

    /// <param name="configuration">Architecture.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="buffers">Prepared for the batch.</param>
    /// <param name="ropes">Rope tables of the model.</param>
    /// <param name="team">Threads.</param>
    /// <param name="batch">What is read.</param>
    /// <param name="run">What is asked for.</param>
    /// <param name="keep">A site to make a resume point at.</param>
    public ModelExecution(
        ModelConfiguration configuration, ModelWeights weights, ActivationBuffers buffers, RopeTables ropes, WorkTeam team, TokenBatch batch, ModelRun run,
        Site? keep)
    {
        _configuration = configuration;
        _weights = weights;
        _buffers = buffers;
        _team = team;
        _batch = batch;
        _run = run;
        _keep = keep;
        IEnumerable<int> stages = run.Taps.Select(tap => Stage(tap.Site)).Append(keep is { } site ? Stage(site) : -1);
        _lastStage = run.FinalNorm is not null || run.Logits is not null ? int.MaxValue : stages.Max();
        foreach (RopeSettings settings in configuration.Rope.OfType<RopeSettings>().Distinct())
        {
            _ropes.Add(settings, [.. Enumerable.Range(0, batch.SequenceCount).Select(sequence => ropes.Get(settings, batch.End(sequence)))]);
        }
    }

    /// <summary>The point kept, once it was reached.</summary>
    public ResumePoint? Kept { get; private set; }

    /// <summary>Keeps what gradients need; the run then goes to its end.</summary>
    public GradientTape? Tape { get; init; }

    /// <summary>Keeps what a block overwrites, when it is computed again.</summary>
    public BlockRecord? Record { get; init; }

    /// <summary>Where a site stands in a run.</summary>
    public static int Stage(Site site) => (site.Layer * StagesOfLayer) + (int)site.Kind;

    private bool GoesToItsEnd => Tape is not null || Record is not null || Cache is not null;

    /// <summary>Runs from the tokens.</summary>
    public void Start()
    {
        if (_lastStage < 0 && !GoesToItsEnd)
        {
            return;
        }

        Embed();
        Continue(new Site(SiteKind.Embed, 0));
    }

    /// <summary>Runs from a site, whose activation is in its buffer, and the residual beside it.</summary>
    public void Continue(Site site)
    {
        bool goesOn = site.Kind != SiteKind.Embed || Reach(site, _buffers.Residual);
        SiteKind start = site.Kind == SiteKind.Embed ? SiteKind.ResidPre : site.Kind;
        for (int layer = site.Layer; goesOn && layer < _configuration.Layers; layer++)
        {
            goesOn = Block(layer, start);
            start = SiteKind.ResidPre;
        }

        if (goesOn)
        {
            Finish();
        }
    }

    /// <summary>Keys and values read before, to which the run adds its own; it then goes to its end.</summary>
    public CachedSequences? Cache { get; init; }

    /// <summary>Computes one block from where a tape says.</summary>
    public void Replay(int layer, BlockStart start)
    {
        Copy(start.Activation, BufferOf(_buffers, start.Kind));
        if (start.Residual is not null)
        {
            Copy(start.Residual, _buffers.Residual);
        }

        Block(layer, start.Kind);
    }

    /// <summary>The angles of each sequence in a layer; null where there are none.</summary>
    public RopeTable[]? RopesOf(int layer) => _configuration.Rope[layer] is { } settings ? _ropes[settings] : null;

    /// <summary>The buffer in which a site's activation lies.</summary>
    public static Matrix BufferOf(ActivationBuffers buffers, SiteKind kind) => kind switch
    {
        SiteKind.AttnZ => buffers.Heads,
        SiteKind.AttnOut or SiteKind.MlpOut => buffers.Branch,
        SiteKind.MlpIn => buffers.Normed,
        _ => buffers.Residual,
    };

    private void Embed() => RowBlocks.Run(_team, _batch.TokenCount, row =>
    {
        Span<float> target = _buffers.Residual.Row(row);
        _weights.Embedding.ReadRows(_batch.Tokens[row], 1, target);
        if (_configuration.EmbeddingScale != 1)
        {
            TensorPrimitives.Multiply(target, _configuration.EmbeddingScale, target);
        }

        if (_weights.Positions is { } positions)
        {
            // What attention adds is not there yet: its rows are free.
            Span<float> position = _buffers.Branch.Row(row);
            positions.ReadRows(_batch.PositionOf(row), 1, position);
            TensorPrimitives.Add(target, position, target);
        }
    });

    /// <summary>Runs one block, or what of it comes from <paramref name="start"/> on.</summary>
    /// <returns>Whether the run goes on.</returns>
    private bool Block(int layer, SiteKind start)
    {
        BlockWeights weights = _weights.Blocks[layer];
        Matrix residual = _buffers.Residual;
        if (start <= SiteKind.ResidPre)
        {
            if (!Reach(new Site(SiteKind.ResidPre, layer), residual))
            {
                return false;
            }

            Attend(layer, weights);
        }

        if (start <= SiteKind.AttnZ)
        {
            if (!Reach(new Site(SiteKind.AttnZ, layer), _buffers.Heads))
            {
                return false;
            }

            MatMul.Multiply(_team, _buffers.Heads, weights.AttentionOutput, _buffers.Branch);
            Record?.KeepAttentionProduct(_buffers.Branch);
            FinishBranch(weights.AttentionOutputBias, weights.AttentionPostNorm);
        }

        if (start <= SiteKind.AttnOut)
        {
            if (!Reach(new Site(SiteKind.AttnOut, layer), _buffers.Branch))
            {
                return false;
            }

            if (_configuration.IsParallel)
            {
                // The MLP of a parallel block reads the residual as attention did, before attention adds to it.
                Normalise(residual, weights.MlpNorm ?? weights.AttentionNorm, _buffers.Normed);
            }

            AddBranch();
        }

        if (start <= SiteKind.ResidMid && !_configuration.IsParallel)
        {
            if (!Reach(new Site(SiteKind.ResidMid, layer), residual))
            {
                return false;
            }

            Record?.KeepMid(residual);
            Normalise(residual, weights.MlpNorm, _buffers.Normed);
        }

        if (start <= SiteKind.MlpIn)
        {
            if (!Reach(new Site(SiteKind.MlpIn, layer), _buffers.Normed))
            {
                return false;
            }

            RunMlp(weights);
        }

        if (start <= SiteKind.MlpOut)
        {
            if (!Reach(new Site(SiteKind.MlpOut, layer), _buffers.Branch))
            {
                return false;
            }

            AddBranch();
        }

        return Reach(new Site(SiteKind.ResidPost, layer), residual);
    }

    private void Attend(int layer, BlockWeights weights)
    {
        Matrix input = _buffers.Residual;
        if (weights.AttentionNorm is not null)
        {
            Normalise(input, weights.AttentionNorm, _buffers.Normed);
            input = _buffers.Normed;
        }

        MatMul.Multiply(_team, input, weights.QueryKeyValue, _buffers.QueryKeyValue);
        if (weights.QueryNorm is not null)
        {
            Record?.KeepProjections(_buffers.QueryKeyValue);
        }

        RopeTable[]? ropes = RopesOf(layer);
        if (weights.QueryKeyValueBias is not null || weights.QueryNorm is not null || ropes is not null)
        {
            HeadPreparation preparation = new(_configuration, weights);
            RowBlocks.Run(_team, _batch.TokenCount, row => preparation.Apply(
                _buffers.QueryKeyValue.Row(row), ropes?[_batch.SequenceOf(row)], _batch.PositionOf(row)));
        }

        Cache?.Store(_team, _batch, layer, _buffers.QueryKeyValue);
        Attention.Run(_team, _batch, _configuration, layer, _buffers.QueryKeyValue, _buffers.Heads, Cache);
    }

    private void RunMlp(BlockWeights weights)
    {
        Matrix product = _buffers.MlpProduct;
        Matrix hidden = _buffers.MlpHidden;
        MatMul.Multiply(_team, _buffers.Normed, weights.MlpInput, product);
        RowBlocks.Run(_team, _batch.TokenCount, row =>
        {
            Span<float> values = product.Row(row);
            Span<float> target = hidden.Row(row);
            if (weights.MlpInputBias is not null)
            {
                TensorPrimitives.Add(values, weights.MlpInputBias, values);
            }

            ActivationFunction.Apply(_configuration.Activation, values[..target.Length], target);
            if (_configuration.Gated)
            {
                TensorPrimitives.Multiply(target, values[target.Length..], target);
            }
        });
        MatMul.Multiply(_team, hidden, weights.MlpOutput, _buffers.Branch);
        Record?.KeepMlpProduct(_buffers.Branch);
        FinishBranch(weights.MlpOutputBias, weights.MlpPostNorm);
    }

    private void FinishBranch(float[]? bias, Norm? norm)
    {
        if (bias is null && norm is null)
        {
            return;
        }

        RowBlocks.Run(_team, _batch.TokenCount, row =>
        {
            Span<float> values = _buffers.Branch.Row(row);
            if (bias is not null)
            {
                TensorPrimitives.Add(values, bias, values);
            }

            norm?.Apply(values, values);
        });
    }

    private void AddBranch() => RowBlocks.Run(_team, _batch.TokenCount, row =>
    {
        Span<float> residual = _buffers.Residual.Row(row);
        TensorPrimitives.Add(residual, _buffers.Branch.Row(row), residual);
    });

    /// <summary>Norms into another matrix; without a norm copies, since what reads the copy may be edited and the residual must not be.</summary>
    private void Normalise(Matrix source, Norm? norm, Matrix target) => RowBlocks.Run(_team, _batch.TokenCount, row =>
    {
        if (norm is null)
        {
            source.Row(row).CopyTo(target.Row(row));
        }
        else
        {
            norm.Apply(source.Row(row), target.Row(row));
        }
    });

    private void Finish()
    {
        Normalise(_buffers.Residual, _weights.FinalNorm, _buffers.Normed);
        Tape?.KeepFinal(_buffers.Residual);
        _run.FinalNorm?.Invoke(_batch, _buffers.Normed);
    }

    private static void Copy(Matrix source, Matrix target)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            source.Row(row).CopyTo(target.Row(row));
        }
    }

    /// <summary>Lets whoever asked change and read a site.</summary>
    /// <returns>Whether the run goes on.</returns>
    private bool Reach(Site site, Matrix activation)
    {
        bool isEdited = false;
        foreach (Edit edit in _run.Edits)
        {
            if (edit.Site == site)
            {
                edit.Change(_batch, activation);
                isEdited = true;
            }
        }

        foreach (Tap tap in _run.Taps)
        {
            if (tap.Site == site)
            {
                tap.Read(_batch, activation);
            }
        }

        if (_keep == site)
        {
            bool isResidual = ReferenceEquals(activation, _buffers.Residual);
            Kept = new ResumePoint(site, _batch, activation.Clone(), isResidual ? null : _buffers.Residual.Clone());
        }

        Tape?.Keep(site, activation, _buffers.Residual, isEdited);
        return GoesToItsEnd || Stage(site) < _lastStage;
    }
}
