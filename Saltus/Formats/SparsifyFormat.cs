using Saltus.Autoencoders;
using Saltus.Training;

namespace Saltus.Formats;

/// <summary>
/// A hook point's folder of sparsify (`sae.safetensors`, `cfg.json`), read as sparsify reads it: relu, then the k largest or the largest of
/// each of k groups of neighbours. SAELens's loader of this format reads none of these files.
/// </summary>
internal sealed class SparsifyFormat : SaeFormat
{
    private const string WeightsName = "sae.safetensors";
    private const string ConfigName = "cfg.json";
    private const string RunName = "config.json";

    public override string Name => "sparsify";

    public override IReadOnlyList<string> Loaders => ["sparsify"];

    public override string LooksFor => $"{WeightsName} and {ConfigName}";

    public override bool Recognizes(SaePlace place) => !place.IsFile && ((place.Has(WeightsName) && place.Has(ConfigName)) || HookPoints(place.Folder).Length > 0);

    public override LoadedSae Read(SaePlace place)
    {
        if (!place.Has(WeightsName))
        {
            string[] hookPoints = HookPoints(place.Folder);
            throw new SaeFormatException(
                SaeFormatError.FileMissing,
                $"'{place.Folder}': expected {WeightsName} and {ConfigName} of one hook point, found a run of {hookPoints.Length} ({string.Join(", ", hookPoints)}); name one of these folders");
        }

        JsonFields config = JsonFields.Read(place.Use(ConfigName)).With(place.Hints.ConfigOverrides);
        using SafetensorsFile file = SafetensorsFile.Open(place.Use(WeightsName));
        SaeTensors tensors = new(file);
        int width = config.Has("d_in") ? config.GetPositive("d_in") : tensors.Dimension("encoder.weight", 1);
        int latents = Latents(config, width);
        int outputWidth = tensors.Dimension("W_dec", 1);
        bool transcodes = config.GetBoolean("transcode", false);
        using SaeParts parts = new()
        {
            Encoder = tensors.TakeMatrix("encoder.weight", latents, width, place.Hints.Mapping),
            EncoderBias = tensors.TakeVector("encoder.bias", latents),
            Decoder = tensors.TakeMatrix("W_dec", latents, outputWidth, place.Hints.Mapping),
            DecoderBias = tensors.TakeVector("b_dec", outputWidth),
            IsTranscoder = transcodes,
            RectifiesPreActivations = !config.GetBoolean("signed", false),
        };
        parts.Notes.Add($"sparsify, {(transcodes ? "transcoder" : "autoencoder")}");
        Activation activation = ReadActivation(config, latents, parts.Notes);
        if (transcodes)
        {
            parts.Notes.Add("b_dec is not subtracted from the input");
        }
        else
        {
            parts.FoldInputBias(parts.DecoderBias, "b_dec is subtracted from the input: folded into the encoder bias");
        }

        if (config.GetBoolean("skip_connection", false))
        {
            parts.Skip = tensors.TakeMatrix("W_skip", outputWidth, width);
            parts.Notes.Add("skip connection: x·W_skipᵀ of the raw input");
        }

        tensors.CheckAllTaken("sparsify");
        return parts.Build(activation, ReadMetadata(place, transcodes));
    }

    private static int Latents(JsonFields config, int width)
    {
        int latents = config.GetInt32("num_latents", 0);
        long count = latents > 0 ? latents : (long)width * config.GetInt32("expansion_factor", 32);
        return count is > 0 and <= int.MaxValue ? (int)count : throw config.Invalid("num_latents", "0 or more, or an expansion_factor that gives fewer than 2^31");
    }

    private static Activation ReadActivation(JsonFields config, int latents, List<string> notes)
    {
        int k = config.GetPositive("k");
        if (k > latents)
        {
            throw config.Invalid("k", $"at most {latents}, the number of latents");
        }

        bool isSigned = config.GetBoolean("signed", false);
        switch (config.GetString("activation", "topk"))
        {
            case "topk" when isSigned:
                notes.Add("signed: the k largest in magnitude, with their sign");
                return new AbsTopKActivation(k);
            case "topk":
                return new TopKActivation(k, TopKRelu.Before);
            case "groupmax" when isSigned:
                throw config.Invalid("signed", "false with groupmax");
            case "groupmax":
                return latents % k == 0 ? new GroupMaxActivation(k) : throw config.Invalid("k", $"groups that divide {latents} latents");
            default:
                throw config.Invalid("activation", "'topk' or 'groupmax'");
        }
    }

    private static SaeMetadata ReadMetadata(SaePlace place, bool transcodes)
    {
        string above = Path.GetDirectoryName(Path.GetFullPath(place.Folder)) ?? string.Empty;
        JsonFields? run = IsRun(above) ? JsonFields.Read(Path.Combine(above, RunName)) : null;
        string? hook = HookNames.FromModulePath(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(place.Folder))));
        return new SaeMetadata
        {
            // A transcoder reads what enters the module whose output it predicts, which has no name there.
            HookName = transcodes ? null : hook,
            OutputHookName = transcodes ? hook : null,
            ModelName = run?.GetString("model", null),
            Dataset = run?.GetString("dataset", null),
            ContextSize = run?.Has("ctx_len") == true ? run.GetPositive("ctx_len") : null,
            TrainingMethod = "topk",
            SourceFormat = "sparsify",
        };
    }

    /// <summary>The hook points of a run, in natural order: layers.2 before layers.10.</summary>
    internal static string[] HookPoints(string folder) => !IsRun(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder).Where(inside => File.Exists(Path.Combine(inside, WeightsName))).Select(inside => Path.GetFileName(inside))
            .OrderBy(NaturalKey, StringComparer.Ordinal),
    ];

    /// <summary>Our own runs have a config.json too, and an SAE in a folder below it; they are told by their log.</summary>
    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunName)) && !File.Exists(Path.Combine(folder, RunFolder.MetricsName));

    /// <summary>A name whose numbers are as long as one another.</summary>
    private static string NaturalKey(string name)
    {
        const int Digits = 10;
        System.Text.StringBuilder key = new();
        for (int i = 0; i < name.Length;)
        {
            int length = name.AsSpan(i).IndexOfAnyExceptInRange('0', '9');
            length = length < 0 ? name.Length - i : length;
            key.Append(length == 0 ? name.Substring(i, 1) : name.Substring(i, length).PadLeft(Digits, '0'));
            i += Math.Max(1, length);
        }

        return key.ToString();
    }
}
