using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;
using Saltus.Tests.Models.Twin;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public class GenerationTests
{
    [Fact]
    public void Cached_logits_have_the_bits_of_reading_the_whole_sequence_whatever_the_pieces()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            CompareCached(team, model, [Sequence(39, 3), Sequence(17, 11), Sequence(2, 5)], folder);
        }
    }

    [Fact]
    public void Cached_logits_have_those_bits_under_every_rope_and_window()
    {
        using WorkTeam team = new(2);
        foreach (string family in TwinCase.Families)
        {
            for (int seed = 100; seed < 105; seed++)
            {
                using TemporaryFolder folder = new();
                TwinCase twinCase = new(family, seed);
                File.WriteAllText(folder["config.json"], twinCase.Configuration.ToJsonString());
                new TwinWeights(twinCase.Settings, seed).Write(folder["model.safetensors"], TwinNames.Of(family));
                using LanguageModel model = LanguageModel.Load(folder.Path);
                CompareCached(team, model, twinCase.Sequences[..2], twinCase.Configuration.ToJsonString());
            }
        }
    }

    [Fact]
    public void Greedy_text_is_what_reading_everything_anew_each_time_gives_also_under_an_edit()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            Edit steering = new(new Site(SiteKind.ResidPost, 0), (batch, activation) =>
            {
                for (int row = 0; row < activation.Rows; row++)
                {
                    activation.Row(row)[2] += batch.PositionOf(row) > 0 ? 0.5f : 0;
                }
            });
            int[][] prompts = [Sequence(9, 3), Sequence(1, 7), Sequence(5, 2)];
            IReadOnlyList<GeneratedSequence> generated = Generation.Run(team, model, prompts, new GenerationOptions { MaxTokens = 12, Edits = [steering] });
            for (int i = 0; i < prompts.Length; i++)
            {
                List<int> plain = [.. prompts[i]];
                for (int step = 0; step < 12; step++)
                {
                    float[] last = [];
                    model.Run(team, new TokenBatch([[.. plain]]), new ModelRun { Edits = [steering], Logits = (_, _, logits) => last = logits.Row(logits.Rows - 1).ToArray() });
                    plain.Add(Array.IndexOf(last, last.Max()));
                }

                Assert.True(plain.Skip(prompts[i].Length).SequenceEqual(generated[i].Tokens), folder);
                Assert.Equal(GenerationEnd.MaxTokens, generated[i].End);
            }
        }
    }

    [Fact]
    public void A_seed_gives_the_same_tokens_in_any_batch_and_another_seed_others()
    {
        using WorkTeam team = new(2);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        GenerationOptions options = new() { MaxTokens = 20, Temperature = 1, TopK = 30, TopP = 0.9, Seed = 5 };
        IReadOnlyList<GeneratedSequence> two = Generation.Run(team, model, [Sequence(4, 1), Sequence(6, 2)], options);
        Assert.Equal(two[0].Tokens, Generation.Run(team, model, [Sequence(4, 1)], options)[0].Tokens);
        Assert.NotEqual(two[0].Tokens, Generation.Run(team, model, [Sequence(4, 1)], options with { Seed = 6 })[0].Tokens);
        Assert.NotEqual(two[0].Tokens, Generation.Run(team, model, [Sequence(4, 1), Sequence(4, 1)], options)[1].Tokens);
    }

    [Fact]
    public void A_stop_token_ends_its_sequence_and_the_others_go_on()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        int[][] prompts = [Sequence(4, 1), Sequence(6, 9)];
        IReadOnlyList<GeneratedSequence> whole = Generation.Run(team, model, prompts, new GenerationOptions { MaxTokens = 10 });
        int stop = whole[0].Tokens[0];
        int at = whole[1].Tokens.ToList().IndexOf(stop);
        List<(int, int)> read = [];
        IReadOnlyList<GeneratedSequence> stopped = Generation.Run(
            team, model, prompts, new GenerationOptions { MaxTokens = 10, StopTokens = [stop] }, (sequence, token) => read.Add((sequence, token)));
        Assert.Equal([stop], stopped[0].Tokens);
        Assert.Equal(GenerationEnd.StopToken, stopped[0].End);
        Assert.Equal(at < 0 ? whole[1].Tokens : whole[1].Tokens.Take(at + 1), stopped[1].Tokens);
        Assert.Equal(stopped[0].Tokens.Count + stopped[1].Tokens.Count, read.Count);
    }

    [Fact]
    public void Learned_positions_end_a_sequence()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases().First(folder => Path.GetFileName(folder) == "gpt2"));
        int longest = model.Configuration.MaxPositions;
        GeneratedSequence generated = Generation.Run(team, model, [Sequence(longest - 2, 1)], new GenerationOptions { MaxTokens = 10 })[0];
        Assert.Equal(GenerationEnd.LastPosition, generated.End);
        Assert.Equal(3, generated.Tokens.Count);
    }

    [Fact]
    public void What_cannot_be_generated_is_refused()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        void Refused(GenerationOptions options) => Assert.Throws<ArgumentOutOfRangeException>(() => Generation.Run(team, model, [[1]], options));
        Refused(new GenerationOptions { MaxTokens = -1 });
        Refused(new GenerationOptions { Temperature = double.NaN });
        Refused(new GenerationOptions { Temperature = -1 });
        Refused(new GenerationOptions { TopK = 0 });
        Refused(new GenerationOptions { TopP = 0 });
        Refused(new GenerationOptions { TopP = 1.1 });
        Assert.Throws<ArgumentException>(() => Generation.Run(team, model, [], new GenerationOptions()));
        Assert.Throws<ArgumentException>(() => Generation.Run(team, model, [[]], new GenerationOptions()));
        using KeyValueCache cache = model.CreateCache(1);
        Assert.Throws<ArgumentException>(() => model.Run(team, cache, [0], ModelRun.Empty));
    }

    [Fact]
    public void Text_comes_in_parts_that_together_are_the_decoded_tokens()
    {
        using WorkTeam team = new(2);
        string folder = Path.Combine(Fixtures.Repository, "models", "sample-lm");
        using LanguageModel model = LanguageModel.Load(folder);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        string[] prompts = ["And the LORD said unto Moses", "In the beginning"];
        List<string>[] parts = [[], []];
        GenerationOptions options = new() { MaxTokens = 20, Temperature = 0.8, Seed = 1 };
        IReadOnlyList<GeneratedText> texts = TextGeneration.Run(team, model, tokenizer, prompts, options, (i, text) => parts[i].Add(text));
        for (int i = 0; i < prompts.Length; i++)
        {
            Assert.True(parts[i].Count > 3);
            Assert.Equal(texts[i].Text, string.Concat(parts[i]));
            int[] prompt = [.. tokenizer.Encode(prompts[i]).Ids];
            Assert.Equal(
                tokenizer.Decode([.. prompt, .. texts[i].Sequence.Tokens], skipSpecial: true), tokenizer.Decode(prompt, skipSpecial: true) + texts[i].Text);
        }
    }

    private static void CompareCached(WorkTeam team, LanguageModel model, int[][] sequences, string name)
    {
        int vocabulary = model.Configuration.VocabularySize;
        float[][] whole = [.. sequences.Select(tokens =>
        {
            float[] logits = [];
            model.Run(team, new TokenBatch([tokens]), new ModelRun { Logits = (_, _, rows) => logits = rows.Row(rows.Rows - 1).ToArray() });
            return logits;
        })];
        RandomSource random = new(7, "pieces");
        using KeyValueCache cache = model.CreateCache(sequences.Length);
        float[][] last = new float[sequences.Length][];
        while (Enumerable.Range(0, sequences.Length).Any(i => cache.Tokens(i).Count < sequences[i].Length))
        {
            List<int> read = [];
            for (int i = 0; i < sequences.Length; i++)
            {
                int done = cache.Tokens(i).Count;
                int count = Math.Min(random.NextInt(3) == 0 ? 8 : 1, sequences[i].Length - done);
                if (count > 0)
                {
                    cache.Add(i, sequences[i].AsSpan(done, count));
                    read.Add(i);
                }
            }

            float[] all = [];
            TokenBatch batch = model.Run(team, cache, read, new ModelRun { Logits = (_, first, rows) => all = [.. all, .. rows.Span] });
            for (int i = 0; i < read.Count; i++)
            {
                last[read[i]] = all[((batch.Start(i) + batch.Length(i) - 1) * vocabulary)..][..vocabulary];
            }
        }

        for (int i = 0; i < sequences.Length; i++)
        {
            Assert.True(whole[i].AsSpan().SequenceEqual(last[i]), $"{name}: sequence {i}");
        }
    }

    private static List<string> Cases() => Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")));

    private static int[] Sequence(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => ((i * 31) + (seed * 17)) % 97)];
}
