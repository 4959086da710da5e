using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// A language model whose weights stay in their mapped files, in whatever precision they have there, and are widened while products
/// pack them. Arithmetic is float32; the bits of a sequence's activations depend neither on the number of threads, nor on the vector
/// width, nor on what else is in the batch. Keeps its buffers between runs: one run at a time.
/// </summary>
public sealed partial class LanguageModel : IDisposable
{
    /// <summary>The configuration file of a model folder.</summary>
    public const string ConfigurationName = "config.json";

    /// <summary>Values of a block of logits, so that large vocabularies do not fill the memory: 64 MiB.</summary>
    private const int LogitsOfBlock = 16 << 20;

    /// <summary>Rows of a block of logits at most: more save nothing.</summary>
    private const int MostLogitRows = 512;

    private readonly ITensorSource _source;
    private readonly ModelWeights _weights;
    private readonly ActivationBuffers _buffers;
    private readonly RopeTables _ropes = new();
    private Matrix? _logits;

    private LanguageModel(ModelConfiguration configuration, ITensorSource source, ModelWeights weights)
    {
        Configuration = configuration;
        _source = source;
        _weights = weights;
        _buffers = new ActivationBuffers(configuration);
    }

    /// <summary>Gets the architecture.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Gets the file or folder that the weights are read from.</summary>
    public string Source => _source.Source;

    /// <summary>Gets the largest number of rows of a block that a <see cref="LogitsReader"/> is given.</summary>
    public int LogitRows => Math.Clamp(LogitsOfBlock / Configuration.VocabularySize, 1, MostLogitRows);

    /// <summary>The norm before the head.</summary>
    internal Norm FinalNorm => _weights.FinalNorm;

    /// <summary>The unembedding, [V, d].</summary>
    internal IWeightRows Head => _weights.Head;

    /// <summary>Opens a model folder: config.json and model.safetensors, or shards with their index; or a model in one .gguf file.</summary>
    /// <param name="folder">The folder, or the .gguf file.</param>
    /// <param name="configurationName">Name of the configuration file in the folder.</param>
    /// <returns>The model; dispose it to close its files.</returns>
    /// <exception cref="InputException">The folder, its configuration or its weights cannot be used; the message says what to do.</exception>
    public static LanguageModel Load(string folder, string configurationName = ConfigurationName)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(configurationName);
        if (GgufFile.IsNamedSo(folder) && !Directory.Exists(folder))
        {
            return LoadGguf(folder);
        }

        CheckFolder(folder, configurationName);
        ModelConfiguration configuration = ModelConfiguration.Read(Path.Combine(folder, configurationName));
        SafetensorsSet source = SafetensorsSet.Open(folder);
        try
        {
            ModelFamily family = ModelFamilies.Get(configuration.Family, folder);
            return new LanguageModel(configuration, source, ModelWeights.Bind(source, configuration, family.Names));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads a batch.</summary>
    /// <param name="team">Threads; the result does not depend on their number.</param>
    /// <param name="batch">Sequences, possibly of different lengths.</param>
    /// <param name="run">What is asked for. The run stops after the last place that anything in it needs.</param>
    /// <exception cref="ModelException">The model has no such site, a token is outside its vocabulary, or a sequence is longer than its learned positions.</exception>
    public void Run(WorkTeam team, TokenBatch batch, ModelRun run) => Run(team, batch, run, keep: null, tape: null);

    /// <summary>Reads a batch and keeps what is needed to go on from a site again and again with other activations there.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="site">Where to go on from.</param>
    /// <param name="run">What else is asked of this run.</param>
    /// <returns>The point; the caller disposes it.</returns>
    /// <exception cref="ModelException">As for <see cref="Run(WorkTeam, TokenBatch, ModelRun)"/>.</exception>
    public ResumePoint RunAndKeep(WorkTeam team, TokenBatch batch, Site site, ModelRun? run = null)
    {
        Configuration.Check(site);
        return Run(team, batch, run ?? ModelRun.Empty, site, tape: null)!;
    }

    /// <summary>Goes on from a kept point, with another activation there.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="point">A point that this model made.</param>
    /// <param name="activation">[tokens, width] in place of the point's own; not changed. Null: the point's own.</param>
    /// <param name="run">What is asked for; edits and taps at the site itself count, those below are an error.</param>
    /// <exception cref="ArgumentException">The activation's shape differs from the point's, or a tap or edit lies below the point.</exception>
    /// <exception cref="ModelException">The model has no such site.</exception>
    public void RunFrom(WorkTeam team, ResumePoint point, Matrix? activation, ModelRun run)
    {
        RunFrom(team, point, activation, run, tape: null);
    }

    /// <summary>Computes logits, the soft cap included, from rows of the final norm's output.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="finalNorm">Rows as <see cref="ModelRun.FinalNorm"/> gave them, [rows, d].</param>
    /// <param name="logits">[rows, vocabulary], overwritten; keep rows few (<see cref="LogitRows"/>).</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void ComputeLogits(WorkTeam team, Matrix finalNorm, Matrix logits)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(finalNorm);
        ArgumentNullException.ThrowIfNull(logits);
        MatMul.Multiply(team, finalNorm, _weights.Head, logits);
        float[]? bias = _weights.HeadBias;
        if (bias is null && Configuration.FinalCap is null)
        {
            return;
        }

        team.Run(logits.Rows, row =>
        {
            Span<float> values = logits.Row(row);
            if (bias is not null)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(values, bias, values);
            }

            if (Configuration.FinalCap is { } cap)
            {
                Elementary.SoftCap(values, 1, cap, values);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers.Dispose();
        _ropes.Dispose();
        _logits?.Dispose();
        _gradients?.Dispose();
        _record?.Dispose();
        _source.Dispose();
    }

    private static void CheckFolder(string folder, string configurationName)
    {
        if (File.Exists(folder))
        {
            CheckFile(folder);
        }

        if (!Directory.Exists(folder))
        {
            throw new ModelException(ModelError.NoModel, $"'{folder}': expected a folder with {configurationName} and safetensors files, found no such folder");
        }

        if (!File.Exists(Path.Combine(folder, configurationName)))
        {
            throw new ModelException(ModelError.NoModel, $"'{folder}': expected {configurationName} in the folder, found none");
        }

        bool hasSafetensors = File.Exists(Path.Combine(folder, SafetensorsSet.SingleName)) || File.Exists(Path.Combine(folder, SafetensorsSet.IndexName));
        if (!hasSafetensors && Directory.EnumerateFiles(folder, "pytorch_model*.bin*").Any())
        {
            throw new ModelException(
                ModelError.UnsupportedWeights,
                $"'{folder}': expected {SafetensorsSet.SingleName}, found pytorch_model.bin, which can run code when read; convert it with safetensors first");
        }
    }

    private static void Copy(Matrix source, Matrix target)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            source.Row(row).CopyTo(target.Row(row));
        }
    }

    private ResumePoint? Run(WorkTeam team, TokenBatch batch, ModelRun run, Site? keep, GradientTape? tape)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(run);
        CheckSites(run);
        CheckTokens(batch);
        _buffers.Prepare(batch.TokenCount);
        ModelExecution execution = Execution(team, batch, run, keep, tape);
        execution.Start();
        try
        {
            StreamLogits(team, batch, run);
        }
        catch
        {
            execution.Kept?.Dispose();
            throw;
        }

        return execution.Kept;
    }

    private void RunFrom(WorkTeam team, ResumePoint point, Matrix? activation, ModelRun run, GradientTape? tape)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(run);
        activation ??= point.Activation;
        if (activation.Rows != point.Activation.Rows || activation.Columns != point.Activation.Columns)
        {
            throw new ArgumentException(
                $"expected an activation [{point.Activation.Rows}, {point.Activation.Columns}], got [{activation.Rows}, {activation.Columns}]", nameof(activation));
        }

        CheckSites(run);
        int stage = ModelExecution.Stage(point.Site);
        foreach (Site site in run.Taps.Select(tap => tap.Site).Concat(run.Edits.Select(edit => edit.Site)))
        {
            if (ModelExecution.Stage(site) < stage)
            {
                throw new ArgumentException($"the run goes on from {point.Site}: it does not come by {site}", nameof(run));
            }
        }

        _buffers.Prepare(point.Batch.TokenCount);
        Copy(activation, ModelExecution.BufferOf(_buffers, point.Site.Kind));
        if (point.Residual is not null)
        {
            Copy(point.Residual, _buffers.Residual);
        }

        Execution(team, point.Batch, run, keep: null, tape).Continue(point.Site);
        StreamLogits(team, point.Batch, run);
    }

    private ModelExecution Execution(WorkTeam team, TokenBatch batch, ModelRun run, Site? keep, GradientTape? tape)
    {
        _ropes.Trim();
        return new ModelExecution(Configuration, _weights, _buffers, _ropes, team, batch, run, keep) { Tape = tape };
    }

    private void CheckSites(ModelRun run)
    {
        foreach (Tap tap in run.Taps)
        {
            Configuration.Check(tap.Site);
        }

        foreach (Edit edit in run.Edits)
        {
            Configuration.Check(edit.Site);
        }
    }

    private void CheckTokens(TokenBatch batch)
    {
        int vocabulary = Configuration.VocabularySize;
        for (int row = 0; row < batch.TokenCount; row++)
        {
            if ((uint)batch.Tokens[row] >= (uint)vocabulary)
            {
                throw new ModelException(
                    ModelError.TokenOutsideVocabulary,
                    $"'{Source}': expected token ids below {vocabulary}, found {batch.Tokens[row]} at position {batch.PositionOf(row)}: the tokenizer does not match the model");
            }
        }

        if (Configuration.LearnedPositions && batch.LongestSequence > Configuration.MaxPositions)
        {
            throw new ModelException(
                ModelError.SequenceTooLong,
                $"'{Source}': expected sequences of at most {Configuration.MaxPositions} tokens, found {batch.LongestSequence}; pass a smaller --context");
        }
    }

    private void StreamLogits(WorkTeam team, TokenBatch batch, ModelRun run)
    {
        if (run.Logits is null)
        {
            return;
        }

        int step = LogitRows;
        Matrix normed = _buffers.Normed;
        if (_logits is null || _logits.Rows < Math.Min(step, batch.TokenCount))
        {
            _logits?.Dispose();
            _logits = new Matrix(Math.Min(step, batch.TokenCount), Configuration.VocabularySize);
        }

        using Matrix part = new(_logits.Rows, Configuration.Width);
        for (int first = 0; first < batch.TokenCount; first += step)
        {
            int rows = Math.Min(step, batch.TokenCount - first);
            using Matrix input = part.FirstRows(rows);
            using Matrix output = _logits.FirstRows(rows);
            normed.RowRange(first, rows).CopyTo(input.Span);
            ComputeLogits(team, input, output);
            run.Logits(batch, first, output);
        }
    }
}
