using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// The training step (docs/math.md): encode with a fused floor, sparse decode, then one pass by latent that computes its gradients and
/// immediately projects, applies Adam and renormalises. Knows no architecture: that is <see cref="TrainingMethod"/>. The same seed and
/// batches give the same bits on any number of threads.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly WorkTeam _team;
    private readonly TrainerOptions _options;
    private readonly TrainingMethod _method;
    private readonly StepContext _context;
    private readonly Moments _moments;
    private readonly LatentSilence _silence;
    private readonly CandidateEncoder _encode = new();
    private readonly LatentIndex _index;
    private readonly AuxiliaryLoss? _auxiliary;
    private readonly float[] _floors;
    private readonly float[] _noBias;
    private readonly double[] _columnSums;
    private readonly LatentPrefix[] _levels;
    private readonly MatrixRows? _skipRows;
    private ActivationBatch? _batch;

    /// <summary>Creates a trainer over given parameters, which it changes in place.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="parameters">Start values (<see cref="Initialization"/>); the method sets the thresholds unless told not to.</param>
    /// <param name="method">The architecture; serves this trainer alone.</param>
    /// <param name="options">Shared knobs.</param>
    /// <param name="setsThresholds">Whether the method sets the start of what it trains beside weights and biases.</param>
    /// <exception cref="InputException">A knob is outside its range, or does not fit the parameters.</exception>
    public Trainer(WorkTeam team, SaeParameters parameters, TrainingMethod method, TrainerOptions options, bool setsThresholds = true)
    {
        options.Validate();
        int outputs = parameters.OutputWidth;
        TrainerOptions.Check(!options.PreEncoderBias || outputs == parameters.Width, "pre-encoder bias", true, "false where inputs and outputs differ in width");
        (_team, Parameters, _method, _options) = (team, parameters, method, options);
        _levels = options.Prefixes.Count == 0 ? [new LatentPrefix(parameters.Latents, 1)] : [.. options.Prefixes];
        TrainerOptions.Check(_levels[^1].Latents == parameters.Latents, "last prefix", _levels[^1].Latents, $"all {parameters.Latents} latents");
        _outputGradient = new Matrix[_levels.Length];
        Array.Fill(_outputGradient, new Matrix(0, 0));
        _silence = new LatentSilence(parameters.Latents, options.DeadRule, options.DeadAfter);
        _context = new StepContext(team, parameters, _silence);
        _moments = new Moments(parameters, options.Beta1 > 0, method.ExtraNames, (options.ThresholdBeta1 ?? options.Beta1) > 0);
        _index = new LatentIndex(parameters.Latents);
        _auxiliary = options.Auxiliary.Coefficient > 0 ? new AuxiliaryLoss(parameters, options.Auxiliary) : null;
        _resampling = options.Resampling is null ? null : new RandomSource(options.Resampling.Seed, "resampling");
        _floors = new float[parameters.Latents];
        _noBias = new float[Math.Max(parameters.Width, outputs)];
        _columnSums = new double[outputs];
        _wholeBiasGradient = new float[outputs];
        _skipRows = parameters.SkipWeights is null ? null : new MatrixRows(parameters.SkipWeights);
        _skipGradient = new Matrix(parameters.SkipWeights?.Rows ?? 0, parameters.Width);
        _chunks = new LatentChunk[(parameters.Latents + LatentChunk.Latents - 1) / LatentChunk.Latents];
        for (int i = 0; i < _chunks.Length; i++)
        {
            _chunks[i] = new LatentChunk(parameters.Width);
        }

        _prepareRow = PrepareRow;
        _decodeRow = DecodeRow;
        _decodeSecondRow = DecodeSecondRow;
        _decodeBlock = DecodeBlock;
        _skipBlock = DifferentiateSkip;
        _sumRows = SumRows;
        _bandItem = BandItem;
        _gradients = new LatentGradient[parameters.Latents];
        _measureDecoder = chunk => RunDecoder(chunk, applies: false);
        _measureEncoder = chunk => RunEncoder(chunk, applies: false);
        _updateDecoder = chunk => RunDecoder(chunk, applies: true);
        _measureAuxiliary = group => RunAuxiliary(group, applies: false);
        _updateAuxiliary = group => RunAuxiliary(group, applies: true);
        _updateEncoder = chunk => RunEncoder(chunk, applies: true);
        if (setsThresholds)
        {
            method.Initialize(parameters);
        }
    }

    /// <summary>Gets what is trained, in training units.</summary>
    public SaeParameters Parameters { get; }

    /// <summary>Gets the shared knobs.</summary>
    public TrainerOptions Options => _options;

    /// <summary>Gets the architecture.</summary>
    public TrainingMethod Method => _method;

    /// <summary>Gets the number of steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Gets the number of tokens seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Gets Adam's moments, for tests.</summary>
    internal Moments Moments => _moments;

    /// <summary>Gets who fired when, for tests.</summary>
    internal LatentSilence Silence => _silence;

    /// <summary>Gets or sets whether the encoder screens in 8-bit integers: a matter of time alone, for tests and measurements.</summary>
    internal ScreenMode Screening
    {
        get => _encode.Screening;
        set
        {
            _encode.Screening = value;
            if (_auxiliary is not null)
            {
                _auxiliary.Screening = value;
            }
        }
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">Vectors in raw units, [B, d], a transcoder's with their targets, [B, d + d_out]; at least one.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">The batch is empty or has another width.</exception>
    /// <exception cref="InputException">The loss is not a finite number, or a bias or threshold is none after the step; the message says where.</exception>
    public TrainingStep Step(ActivationBatch batch)
    {
        if (batch.Count == 0 || batch.Vectors.Columns != Parameters.BatchWidth)
        {
            throw new ArgumentException($"expected at least one vector of width {Parameters.BatchWidth}, got {batch.Count} of {batch.Vectors.Columns}", nameof(batch));
        }

        Prepare(batch);
        _method.Begin(_context, _floors);
        double reconstruction = Forward();
        double error = MeanError();
        double sparsity = _method.SparsityLoss(_context);
        if (_options.DeadRule == DeadRule.Tokens)
        {
            _silence.Advance(_context.LatentActive, _context.Rows);
        }

        int dead = _silence.CountDead();
        double auxiliary = ForwardSecond();
        if (_auxiliary is not null)
        {
            auxiliary += _auxiliary.Compute(new AuxiliaryInput(_context, _centred, _target, _outputGradient, _rowWeight, _levels[^1].Weight, _method.RankFactors));
        }

        if (!double.IsFinite(reconstruction + sparsity + auxiliary))
        {
            throw LossNotFinite(reconstruction, sparsity, auxiliary);
        }

        double rate = _options.LearningRate * _options.Schedule.Factor(Steps) * RecoveryFactor();
        double? norm = Backward();
        if (_options.DeadRule == DeadRule.Steps)
        {
            _silence.Advance(_context.LatentActive, _context.Rows);
        }

        _method.End(_context);
        Steps++;
        Tokens += batch.Count;
        Resample();
        CheckBiases();
        return new TrainingStep
        {
            Step = Steps - 1,
            Tokens = Tokens,
            Reconstruction = reconstruction,
            Sparsity = sparsity,
            Auxiliary = auxiliary,
            L0 = _context.L0,
            Fvu = error / _options.Variance,
            Dead = dead,
            Candidates = _context.Candidates.L0,
            LearningRate = rate,
            Lambda = _context.Lambda,
            GradientNorm = norm,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeRows();
        _encode.Dispose();
        _moments.Dispose();
        _auxiliary?.Dispose();
        _skipGradient.Dispose();
        _skipInputByColumn.Dispose();
        DisposePanels();
    }
}
