using System.Globalization;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>Takes tensors from a file by name and shape, and notes which were taken.</summary>
internal sealed class WeightBinder
{
    private readonly ITensorSource _source;
    private readonly ModelConfiguration _configuration;
    private readonly TensorNames _names;
    private readonly HashSet<string> _taken = [];

    /// <exception cref="ModelException">The embedding is under none of the family's prefixes.</exception>
    public WeightBinder(ITensorSource source, ModelConfiguration configuration, TensorNames names)
    {
        _source = source;
        _configuration = configuration;
        _names = names;
        Prefix = names.Prefixes.FirstOrDefault(prefix => source.Find($"{prefix}{names.Embedding}.weight") is not null)
            ?? throw Missing($"{names.Prefixes[0]}{names.Embedding}.weight");
    }

    /// <summary>What stands before the names of this file.</summary>
    public string Prefix { get; }

    /// <summary>The name of the head's tensor, if the file has one.</summary>
    public string? FindHead() => _names.Heads.FirstOrDefault(name => _source.Find($"{name}.weight") is not null);

    /// <summary>A matrix [rows, columns] whose ".weight" is kept so.</summary>
    public IWeightRows Rows(string name, int rows, int columns)
    {
        TensorInfo tensor = Take($"{name}.weight", rows, columns);
        return _source is SafetensorsSet set ? set.Rows(tensor.Name) : TensorRows.Create(_source, tensor);
    }

    /// <summary>A vector; the whole name is given.</summary>
    public float[] Vector(string name, int length) => _source.ReadFloat32(Take(name, length));

    /// <summary>A norm, with bias where its kind has one.</summary>
    public Norm Norm(string name, int width, NormKind kind) => new(
        kind, Vector($"{name}.weight", width), kind == NormKind.LayerNorm ? Vector($"{name}.bias", width) : null, _configuration.Epsilon);

    /// <summary>All tensors of one block.</summary>
    public BlockWeights Block(int layer)
    {
        string block = $"{Prefix}{_names.Blocks}{layer.ToString(CultureInfo.InvariantCulture)}.";
        ModelConfiguration c = _configuration;
        (int d, int m, int queries, int keys) = (c.Width, c.MlpWidth, c.Heads * c.HeadWidth, c.KeyValueHeads * c.HeadWidth);
        bool hasNorms = c.QueryKeyNorm != QueryKeyNorm.None;
        bool whole = c.QueryKeyNorm == QueryKeyNorm.WholeProjection;
        return new BlockWeights
        {
            AttentionNorm = OptionalNorm(block, _names.AttentionNorm),
            AttentionPostNorm = OptionalNorm(block, _names.AttentionPostNorm),
            MlpNorm = OptionalNorm(block, _names.MlpNorm),
            MlpPostNorm = OptionalNorm(block, _names.MlpPostNorm),
            QueryKeyValue = _names.QueryKeyValue is { } fused
                ? Linear(block + fused, queries + (2 * keys), d)
                : new StackedRows([Linear(block + _names.Query, queries, d), Linear(block + _names.Key, keys, d), Linear(block + _names.Value, keys, d)]),
            QueryKeyValueBias = !c.QueryKeyValueBias ? null
                : _names.QueryKeyValue is { } fusedBias
                ? Vector($"{block}{fusedBias}.bias", queries + (2 * keys))
                : [.. Vector($"{block}{_names.Query}.bias", queries), .. Vector($"{block}{_names.Key}.bias", keys), .. Vector($"{block}{_names.Value}.bias", keys)],
            QueryNorm = hasNorms ? Norm(block + _names.QueryNorm, whole ? queries : c.HeadWidth, c.Norm) : null,
            KeyNorm = hasNorms ? Norm(block + _names.KeyNorm, whole ? keys : c.HeadWidth, c.Norm) : null,
            AttentionOutput = Linear(block + _names.AttentionOutput, d, queries),
            AttentionOutputBias = c.AttentionOutputBias ? Vector($"{block}{_names.AttentionOutput}.bias", d) : null,
            MlpInput = c.Gated ? new StackedRows([Linear(block + _names.Gate, m, d), Linear(block + _names.Up, m, d)]) : Linear(block + _names.Up, m, d),
            MlpInputBias = !c.MlpBias ? null
                : c.Gated ? [.. Vector($"{block}{_names.Gate}.bias", m), .. Vector($"{block}{_names.Up}.bias", m)]
                : Vector($"{block}{_names.Up}.bias", m),
            MlpOutput = Linear(block + _names.Down, d, m),
            MlpOutputBias = c.MlpBias ? Vector($"{block}{_names.Down}.bias", d) : null,
        };
    }

    /// <summary>Refuses a file with a tensor that nobody took and that the family does not ignore by name.</summary>
    /// <exception cref="ModelException">There is one.</exception>
    public void CheckAllRead()
    {
        TensorInfo? stranger = _source.Tensors.FirstOrDefault(tensor => !_taken.Contains(tensor.Name) && !IsIgnored(tensor.Name));
        if (stranger is not null)
        {
            throw new ModelException(
                ModelError.UnknownTensor,
                $"tensor '{stranger.Name}' in '{_source.Source}': a model of the family {_configuration.Family} with this config.json does not read it, so it is another architecture");
        }
    }

    private Norm? OptionalNorm(string block, string? name) => name is null ? null : Norm(block + name, _configuration.Width, _configuration.Norm);

    /// <summary>A matrix y = xWᵀ, whichever way the family keeps it.</summary>
    private IWeightRows Linear(string name, int outputs, int inputs) => _configuration.TransposedWeights
        ? new TransposedRows(_source, CheckDtype(Take($"{name}.weight", inputs, outputs)))
        : Rows(name, outputs, inputs);

    private TensorInfo CheckDtype(TensorInfo tensor)
    {
        TensorRows.Create(_source, tensor);
        return tensor;
    }

    private TensorInfo Take(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = _source.Find(name) ?? throw Missing(name);
        if (!tensor.HasShape(shape))
        {
            throw new ModelException(
                ModelError.WrongShape,
                $"tensor '{name}' in '{_source.Source}': expected [{string.Join(", ", shape.ToArray())}] by config.json, found {tensor.Description}");
        }

        _taken.Add(name);
        return tensor;
    }

    private bool IsIgnored(string name)
    {
        if (_names.IgnoredBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal)))
        {
            return true;
        }

        string blocks = Prefix + _names.Blocks;
        int dot = name.StartsWith(blocks, StringComparison.Ordinal) ? name.IndexOf('.', blocks.Length) : -1;
        return dot > 0 && _names.IgnoredEnds.Contains(name[(dot + 1)..]);
    }

    private ModelException Missing(string name) => new(
        ModelError.MissingTensor, $"tensor '{name}' in '{_source.Source}': expected it to be there for a model of the family {_configuration.Family}, found none");
}
