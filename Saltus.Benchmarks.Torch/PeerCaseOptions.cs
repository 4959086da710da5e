using System.Text.Json;
using Saltus.Formats;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>What a recorded run of a peer states about itself.</summary>
/// <param name="K">Latents a token.</param>
/// <param name="Bandwidth">ε.</param>
/// <param name="LearningRate">Adam's.</param>
/// <param name="DeadAfter">Steps or tokens of silence.</param>
/// <param name="Coefficient">Of the penalty.</param>
/// <param name="CoefficientWarmup">Steps over which it rises from 0.</param>
internal sealed record PeerCaseOptions(double K, double Bandwidth, double LearningRate, int DeadAfter, double Coefficient, int CoefficientWarmup)
{
    /// <summary>Reads the options.</summary>
    /// <param name="path">A <c>config.json</c>.</param>
    public static PeerCaseOptions Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement options = document.RootElement.GetProperty("reference_options");
        double Number(string key) => options.GetProperty(key).GetDouble();
        return new PeerCaseOptions(
            Number("k"), Number("bandwidth"), Number("lr"), (int)Number("dead_after"), Number("coefficient"), (int)Number("coefficient_warmup"));
    }

    /// <summary>Gets the coefficient at a step.</summary>
    /// <param name="step">0 for the first.</param>
    public double CoefficientAt(int step) => CoefficientWarmup > 0 ? Coefficient * Math.Min(1, (double)step / CoefficientWarmup) : Coefficient;

    /// <summary>Reads the start values.</summary>
    /// <param name="file">With tensors <c>initial.*</c>.</param>
    public static PeerWeights Weights(SafetensorsFile file) => new(
        Read(file, "initial.W_enc").transpose(0, 1).contiguous(),
        Read(file, "initial.b_enc"),
        Read(file, "initial.W_dec"),
        Read(file, "initial.b_dec"),
        file.Find("initial.threshold") is null ? null : Read(file, "initial.threshold"));

    /// <summary>Reads a tensor as float64 where it is, else as float32.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The tensor's name.</param>
    public static Tensor Read(SafetensorsFile file, string name)
    {
        TensorInfo info = file.Find(name) ?? throw new InputException($"tensor '{name}' in '{file.Source}': expected, found none");
        if (info.Dtype == TensorDtype.F64)
        {
            double[] doubles = new double[info.Shape.Aggregate(1L, (all, size) => all * size)];
            file.ReadFloat64(info, 0, doubles);
            return torch.tensor(doubles, [.. info.Shape]);
        }

        float[] values = new float[info.Shape.Aggregate(1L, (all, size) => all * size)];
        file.ReadFloat32(info, 0, values);
        return torch.tensor(values, [.. info.Shape]);
    }
}
