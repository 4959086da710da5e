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
    private readonly ThresholdEncode _encode = new();
    private readonly LatentIndex _index;
    private readonly AuxiliaryLoss? _auxiliary;
    private readonly float[] _floors;
    private readonly float[] _noBias;
    private Matrix _centred = new(0, 0);
    private Matrix _outputGradient = new(0, 0);
    private double[] _rowLoss = [];
    private ActivationBatch? _batch;

    /// <summary>Creates a trainer over given parameters, which it changes in place.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="parameters">Start values (<see cref="Initialization"/>); the method sets the thresholds unless told not to.</param>
    /// <param name="method">The architecture; serves this trainer alone.</param>
    /// <param name="options">Shared knobs.</param>
    /// <param name="setsThresholds">Whether the method sets the thresholds' start.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public Trainer(WorkTeam team, SaeParameters parameters, TrainingMethod method, TrainerOptions options, bool setsThresholds = true)
    {
        options.Validate();
        (_team, Parameters, _method, _options) = (team, parameters, method, options);
        _silence = new LatentSilence(parameters.Latents, options.DeadRule, options.DeadAfter);
        _context = new StepContext(parameters, _silence);
        _moments = new Moments(parameters, options.Beta1 > 0, (options.ThresholdBeta1 ?? options.Beta1) > 0);
        _index = new LatentIndex(parameters.Latents);
        _auxiliary = options.AuxCoefficient > 0 ? new AuxiliaryLoss(parameters, options) : null;
        _floors = new float[parameters.Latents];
        _noBias = new float[parameters.Width];
        _chunks = new LatentChunk[(parameters.Latents + LatentChunk.Latents - 1) / LatentChunk.Latents];
        for (int i = 0; i < _chunks.Length; i++)
        {
            _chunks[i] = new LatentChunk(parameters.Width);
        }

        _prepareRow = PrepareRow;
        _decodeRow = DecodeRow;
        _decodeBlock = DecodeBlock;
        _sumRows = SumRows;
        _measureChunk = chunk => RunChunk(chunk, applies: false);
        _updateChunk = chunk => RunChunk(chunk, applies: true);
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

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">Vectors in raw units, [B, d]; at least one.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="ArgumentException">The batch is empty or has another width.</exception>
    /// <exception cref="InputException">The loss is not a finite number, or a bias or threshold is none after the step; the message says where.</exception>
    public TrainingStep Step(ActivationBatch batch)
    {
        if (batch.Count == 0 || batch.Vectors.Columns != Parameters.Width)
        {
            throw new ArgumentException($"expected at least one vector of width {Parameters.Width}, got {batch.Count} of {batch.Vectors.Columns}", nameof(batch));
        }

        Prepare(batch);
        _method.Begin(_context, _floors);
        double reconstruction = Forward();
        double sparsity = _method.SparsityLoss(_context);
        if (_options.DeadRule == DeadRule.Tokens)
        {
            _silence.Advance(_context.LatentActive, _context.Rows);
        }

        double auxiliary = _auxiliary?.Compute(_team, _context, _centred, _outputGradient) ?? 0;
        if (!double.IsFinite(reconstruction + sparsity + auxiliary))
        {
            throw LossNotFinite(reconstruction, sparsity, auxiliary);
        }

        double rate = _options.LearningRate * _options.Schedule.Factor(Steps);
        double? norm = Backward();
        if (_options.DeadRule == DeadRule.Steps)
        {
            _silence.Advance(_context.LatentActive, _context.Rows);
        }

        _method.End(_context);
        Steps++;
        Tokens += batch.Count;
        CheckBiases();
        return new TrainingStep
        {
            Step = Steps - 1,
            Tokens = Tokens,
            Reconstruction = reconstruction,
            Sparsity = sparsity,
            Auxiliary = auxiliary,
            L0 = _context.L0,
            Fvu = reconstruction / _options.Variance,
            Dead = _silence.Dead,
            Candidates = _context.Candidates.L0,
            LearningRate = rate,
            Lambda = _context.Lambda,
            GradientNorm = norm,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encode.Dispose();
        _moments.Dispose();
        _auxiliary?.Dispose();
        _directions.Dispose();
        _gradientByToken.Dispose();
        _gradientByColumn.Dispose();
        _centredByColumn.Dispose();
        _centred.Dispose();
        _outputGradient.Dispose();
    }
}
