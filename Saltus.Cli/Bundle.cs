namespace Saltus.Cli;

/// <summary>The language model and corpus that travel beside the program.</summary>
internal static class Bundle
{
    /// <summary>The bundled model's name.</summary>
    public const string ModelName = "sample-lm";

    /// <summary>Gets the bundled model's folder.</summary>
    public static string Model => At("models", ModelName);

    /// <summary>Gets the text to train on.</summary>
    public static string TrainingText => At("corpus", "train.jsonl.gz");

    /// <summary>Gets the text to evaluate on.</summary>
    public static string ValidationText => At("corpus", "validation.jsonl.gz");

    private static string At(string folder, string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, folder, name);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new InputException($"{path}: expected the bundled model and corpus beside the program, found nothing; install the tool again");
    }
}
