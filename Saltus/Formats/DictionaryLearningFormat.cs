using System.Text.RegularExpressions;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// A trainer's folder of dictionary_learning: `ae.pt` and `config.json`, or a checkpoint `ae_{step}.pt`. Computed is what the package's
/// classes compute by default once `from_pretrained` has read the file: BatchTopK by its threshold, TopK by its k.
/// </summary>
internal sealed partial class DictionaryLearningFormat : TorchSaeFormat
{
    /// <summary>The weights.</summary>
    public const string WeightsName = "ae.pt";

    /// <summary>The settings of trainer and buffer.</summary>
    public const string ConfigName = "config.json";

    private const string StateKey = "ae";
    private const string FactorKey = "norm_factor";
    private static readonly string[] s_backupKeys = ["step", StateKey, "optimizer", "config", FactorKey];

    public override string Name => "dictionary_learning";

    public override IReadOnlyList<string> Loaders => ["dictionary_learning_1"];

    public override string LooksFor => $"{WeightsName} and {ConfigName}";

    public override bool Recognizes(SaePlace place) => place.IsFile ? NameOf().IsMatch(place.FileName) : place.Has(WeightsName);

    public override LoadedSae Read(SaePlace place)
    {
        using TorchFile file = TorchFile.Open(place.IsFile ? place.UseFile() : place.Use(WeightsName));
        return Read(place, file);
    }

    protected override bool Matches(string fileName, TorchFile file) => NameOf().IsMatch(fileName);

    protected override LoadedSae Read(SaePlace place, TorchFile file)
    {
        bool isBackup = file.Has(StateKey) && file.Find(StateKey) is null;
        CheckOthers(file, isBackup ? s_backupKeys : []);
        using TorchFile state = isBackup ? file.Inner(StateKey) : file;
        CheckOthers(state);
        JsonFields? config = Config(place);
        JsonFields? trainer = config?.GetObject("trainer");
        SaeTensors tensors = new(state);
        DictionaryLearningState read = new(state, tensors, trainer, place.Hints.Mapping);
        using SaeParts parts = read.Read(out Activation activation);
        tensors.CheckAllTaken(read.ClassName);
        CheckOverrides(place, parts.Decoder.Columns, parts.Decoder.Rows);
        CheckSize(trainer, "activation_dim", parts.Decoder.Columns);
        CheckSize(trainer, "dict_size", parts.Decoder.Rows);
        if (isBackup)
        {
            parts.Notes.Add($"a checkpoint of the training: weights for normalised activations, not yet multiplied by its {FactorKey}");
        }

        return parts.Build(activation, new SaeMetadata
        {
            ModelName = trainer?.GetString("lm_name", null),
            HookName = Hook(place, trainer),
            ContextSize = config?.FindObject("buffer") is { } buffer && buffer.Has("ctx_len") ? buffer.GetPositive("ctx_len") : null,
            TrainingMethod = Method(read.ClassName),
            SourceFormat = Name,
        });
    }

    /// <summary>The training method behind a class, in our words.</summary>
    private static string Method(string className) => className switch
    {
        DictionaryLearningState.Gated => "gated",
        DictionaryLearningState.JumpRelu => "jumprelu",
        DictionaryLearningState.TopK => "topk",
        DictionaryLearningState.BatchTopK => "batchtopk",
        DictionaryLearningState.Matryoshka => "matryoshka",
        _ => "relu",
    };

    private static void CheckSize(JsonFields? trainer, string key, int found)
    {
        if (trainer?.Has(key) == true && trainer.GetInt32(key) != found)
        {
            throw trainer.Invalid(key, $"{found} as in the weights");
        }
    }

    /// <summary>The configuration beside the weights; that of a checkpoint lies one folder above.</summary>
    private static JsonFields? Config(SaePlace place)
    {
        if (place.Has(ConfigName))
        {
            return JsonFields.Read(place.Use(ConfigName));
        }

        string above = Path.Combine("..", ConfigName);
        return place.IsFile && place.Has(above) ? JsonFields.Read(place.Use(above)) : null;
    }

    /// <summary>The trainers' scripts name the place "resid_post_layer_12", in the configuration or as a folder.</summary>
    private static string? Hook(SaePlace place, JsonFields? trainer)
    {
        Match match = Submodule().Match(trainer?.GetString("submodule_name", null) ?? string.Empty);
        match = match.Success ? match : Submodule().Match(place.FolderName);
        return match.Success ? $"blocks.{match.Groups[1].Value}.hook_resid_post" : null;
    }

    [GeneratedRegex(@"^ae(_\d+)?\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex NameOf();

    [GeneratedRegex(@"resid_post_layer_(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Submodule();
}
