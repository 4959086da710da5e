using System.Globalization;
using Saltus.Cli.Hub;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;

namespace Saltus.Cli.Bench;

/// <summary>Language models and tokenizers above their floors, on the bundled text.</summary>
internal static class ModelGroups
{
    /// <summary>Characters of a run of a tokenizer.</summary>
    private const int TextCharacters = 400_000;

    private const int Texts = 16;

    /// <summary>The forward pass above the multiply-adds that its products need.</summary>
    public static IEnumerable<BenchPair> Forward(BenchSettings settings)
    {
        using BenchCase peak = Floors.Peak(settings.Team, settings.Time);
        foreach (string path in Models(settings))
        {
            using LanguageModelInput model = LanguageModelInput.Open(path);
            bool isBundled = model.Name == Bundle.ModelName;
            int length = isBundled ? 256 : Math.Min(512, model.Model.Configuration.MaxPositions);
            TokenBatch batch = Batch(model.Tokenizer, isBundled ? 32 : 4, length);
            ModelRun hidden = new() { FinalNorm = (_, _) => { } };
            ModelRun logits = new() { Logits = (_, _, _) => { } };
            foreach ((string name, ModelRun run, bool hasLogits) in new[] { ("forward", hidden, false), ("forward with logits", logits, true) })
            {
                using BenchCase forward = new(
                    $"{model.Name}, {name}",
                    $"{batch.SequenceCount} sequences of {length} tokens, no cache",
                    BenchWork.Flops(ModelFlops.Forward(model.Model.Configuration, batch, hasLogits)),
                    () => model.Model.Run(settings.Team, batch, run))
                {
                    Tokens = batch.TokenCount,
                };
                yield return new BenchPair(forward, peak);
            }
        }
    }

    /// <summary>Tokenizers above one look at every character.</summary>
    public static IEnumerable<BenchPair> Tokenizing(BenchSettings settings)
    {
        string[] texts = TextOf(TextCharacters, Texts);
        int bytes = (int)texts.Average(System.Text.Encoding.UTF8.GetByteCount);
        int read = 0, seen = 0;
        using BenchCase look = new("characters", "the Unicode category of every character", BenchWork.Bytes(bytes), () => seen = Categories(texts[read++ % Texts]));
        foreach (string path in Models(settings))
        {
            string folder = HubModels.Find(path);
            foreach (bool isNew in new[] { true, false })
            {
                Tokenizer tokenizer = Tokenizer.Load(folder);
                List<int> ids = [];
                int next = 0;
                using BenchCase tokenize = new(
                    $"{Path.GetFileName(Path.GetFullPath(folder))}, {(isNew ? "first text" : "more text")}",
                    isNew ? "text to ids, one thread, a tokenizer that has read nothing yet" : "text to ids, one thread, words that it has met before",
                    BenchWork.Bytes(bytes),
                    () =>
                    {
                        ids.Clear();
                        tokenizer.EncodeIds(texts[next++ % Texts], ids);
                    })
                {
                    Prepare = isNew ? () => tokenizer = Tokenizer.Load(folder) : null,
                    Note = () => $"{(double)bytes / ids.Count:F2} bytes a token",
                };
                yield return new BenchPair(tokenize, look);
            }
        }
    }

    /// <summary>The bundled model, and the one that was asked for.</summary>
    public static IEnumerable<string> Models(BenchSettings settings) =>
        settings.Model is null ? [Bundle.Model] : [Bundle.Model, settings.Model];

    private static int Categories(string text)
    {
        int letters = 0;
        foreach (char c in text)
        {
            letters += char.GetUnicodeCategory(c) == UnicodeCategory.LowercaseLetter ? 1 : 0;
        }

        return letters;
    }

    /// <summary>Sequences of the bundled text.</summary>
    public static TokenBatch Batch(Tokenizer tokenizer, int sequences, int length)
    {
        List<int> ids = [];
        tokenizer.EncodeIds(TextOf(8 * sequences * length, 1)[0], ids);
        return new TokenBatch([.. Enumerable.Range(0, sequences).Select(i => ids.GetRange(i * length, length).ToArray())]);
    }

    /// <summary>Reads the bundled text and cuts it into texts of about equal length at document ends.</summary>
    private static string[] TextOf(int characters, int count)
    {
        string[] texts = new string[count];
        System.Text.StringBuilder text = new();
        int done = 0;
        foreach (Document document in new DocumentReader(Bundle.TrainingText).Read())
        {
            text.Append(document.Text).Append('\n');
            if (text.Length >= characters)
            {
                texts[done++] = text.ToString();
                text.Clear();
                if (done == count)
                {
                    return texts;
                }
            }
        }

        throw new InputException($"{Bundle.TrainingText}: expected at least {(long)characters * count} characters, found fewer; install the tool again");
    }
}
