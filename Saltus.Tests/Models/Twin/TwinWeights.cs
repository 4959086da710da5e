using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Tests.Models.Twin;

/// <summary>Random weights by their roles, and the file in which a family keeps them (models.md §3).</summary>
internal sealed class TwinWeights
{
    private readonly TwinSettings _settings;
    private readonly RandomSource _random;
    private readonly Dictionary<string, float[][]> _values = [];
    private readonly Dictionary<string, double[][]> _wide = [];

    public TwinWeights(TwinSettings settings, long seed)
    {
        _settings = settings;
        _random = new RandomSource(seed, "twin weights");
        (int d, int queries, int keys) = (settings.Width, settings.Heads * settings.HeadWidth, settings.KeyHeads * settings.HeadWidth);
        Add("embedding", settings.Vocabulary, d, 1);
        if (settings.LearnedPositions)
        {
            Add("positions", settings.Positions, d, 0.5);
        }

        for (int l = 0; l < settings.Layers; l++)
        {
            foreach ((string role, string[] blocks) in s_norms)
            {
                if (blocks.Contains(settings.Block))
                {
                    AddNorm($"{role}.{l}", d);
                }
            }

            AddLinear($"query.{l}", queries, d, settings.QueryBias);
            AddLinear($"key.{l}", keys, d, settings.QueryBias);
            AddLinear($"value.{l}", keys, d, settings.QueryBias);
            AddLinear($"output.{l}", d, queries, settings.OutputBias);
            if (settings.QueryKeyNorm.Length > 0)
            {
                bool isWhole = settings.QueryKeyNorm == "whole";
                AddNorm($"querynorm.{l}", isWhole ? queries : settings.HeadWidth);
                AddNorm($"keynorm.{l}", isWhole ? keys : settings.HeadWidth);
            }

            if (settings.Gated)
            {
                AddLinear($"gate.{l}", settings.Hidden, d, settings.MlpBias);
            }

            AddLinear($"up.{l}", settings.Hidden, d, settings.MlpBias);
            AddLinear($"down.{l}", d, settings.Hidden, settings.MlpBias);
        }

        AddNorm("final", d);
        if (!settings.Tied)
        {
            AddLinear("head", settings.Vocabulary, d, bias: false);
        }

        if (settings.HeadBias)
        {
            Add("head.bias", 1, settings.Vocabulary, 0.3);
        }
    }

    private static readonly (string Role, string[] Blocks)[] s_norms =
    [
        ("norm1", ["sequential", "sandwich", "parallel", "shared"]), ("norm2", ["sequential", "sandwich", "parallel"]),
        ("postnorm1", ["sandwich", "post"]), ("postnorm2", ["sandwich", "post"]),
    ];

    public bool Has(string name) => _values.ContainsKey(name);

    public double[][] Matrix(string name)
    {
        if (!_wide.TryGetValue(name, out double[][]? wide))
        {
            wide = [.. _values[name].Select(row => row.Select(value => (double)value).ToArray())];
            _wide.Add(name, wide);
        }

        return wide;
    }

    public double[] Vector(string name) => Matrix(name)[0];

    /// <summary>Writes model.safetensors.</summary>
    public void Write(string path, TwinNames names)
    {
        SafetensorsWriter writer = new();
        writer.Add($"{names.Prefix}{names.Embedding}.weight", ToMatrix(_values["embedding"]));
        if (Has("positions"))
        {
            writer.Add($"{names.Prefix}wpe.weight", ToMatrix(_values["positions"]));
        }

        AddNorm(writer, "final", names.Prefix + names.Final);
        if (Has("head"))
        {
            writer.Add($"{names.Head}.weight", ToMatrix(_values["head"]));
        }

        if (Has("head.bias"))
        {
            writer.Add($"{names.Head}.bias", _values["head.bias"][0]);
        }

        for (int l = 0; l < _settings.Layers; l++)
        {
            string block = $"{names.Prefix}{names.Block}{l}.";
            foreach ((string role, string name) in names.Norms)
            {
                AddNorm(writer, $"{role}.{l}", block + name);
            }

            foreach ((string[] roles, string name) in names.Linear)
            {
                float[][][] parts = [.. roles.Where(role => Has($"{role}.{l}")).Select(role => _values[$"{role}.{l}"])];
                if (parts.Length == 0)
                {
                    continue;
                }

                float[][] rows = Join(parts, names.IsByHead && roles.Length > 1);
                writer.Add($"{block}{name}.weight", ToMatrix(names.IsTransposed ? Transpose(rows) : rows));
                if (Has($"{roles[0]}.{l}.bias"))
                {
                    float[][] bias = Join([.. roles.Select(role => Transpose(_values[$"{role}.{l}.bias"]))], names.IsByHead && roles.Length > 1);
                    writer.Add($"{block}{name}.bias", Transpose(bias)[0]);
                }
            }
        }

        writer.Write(path);
    }

    private void AddLinear(string name, int outputs, int inputs, bool bias)
    {
        Add(name, outputs, inputs, 1 / Math.Sqrt(inputs));
        if (bias)
        {
            Add($"{name}.bias", 1, outputs, 0.3);
        }
    }

    private void AddNorm(string name, int width)
    {
        Add(name, 1, width, 0.3, _settings.PlusOne ? 0 : 1);
        if (_settings.IsLayerNorm)
        {
            Add($"{name}.bias", 1, width, 0.3);
        }
    }

    /// <summary>Sums of twelve uniform numbers: nearly normal.</summary>
    private void Add(string name, int rows, int columns, double deviation, double mean = 0) => _values.Add(
        name, [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (float)(mean + (deviation * Normal()))).ToArray())]);

    private double Normal() => Enumerable.Range(0, 12).Sum(_ => _random.NextDouble()) - 6;

    private void AddNorm(SafetensorsWriter writer, string role, string name)
    {
        if (Has(role))
        {
            writer.Add($"{name}.weight", _values[role][0]);
            if (Has($"{role}.bias"))
            {
                writer.Add($"{name}.bias", _values[$"{role}.bias"][0]);
            }
        }
    }

    /// <summary>Rows under one another; by head: a head's rows of each part, then the next head's.</summary>
    private float[][] Join(float[][][] parts, bool isByHead)
    {
        int width = _settings.HeadWidth;
        return isByHead
            ? [.. Enumerable.Range(0, parts[0].Length / width).SelectMany(head => parts.SelectMany(part => part[(head * width)..((head + 1) * width)]))]
            : [.. parts.SelectMany(part => part)];
    }

    private static float[][] Transpose(float[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Select(row => row[column]).ToArray())];

    private static Matrix ToMatrix(float[][] rows) => Saltus.Tensors.Matrix.FromRows(rows.Length, rows[0].Length, [.. rows.SelectMany(row => row)]);
}
