using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public class LanguageModelRunTests
{
    private static readonly int[][] s_sequences = [Sequence(40, 3), Sequence(7, 11), Sequence(1, 5), Sequence(63, 29)];

    [Fact]
    public void Threads_do_not_move_a_bit()
    {
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            Dictionary<string, float[]>? first = null;
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using WorkTeam team = new(threads);
                Dictionary<string, float[]> values = RunAll(team, model, s_sequences);
                first ??= values;
                foreach ((string name, float[] expected) in first)
                {
                    Assert.True(expected.AsSpan().SequenceEqual(values[name]), $"{folder}: {name} with {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void A_sequence_has_the_same_bits_alone_and_in_any_batch()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            Dictionary<string, float[]> together = RunAll(team, model, s_sequences);
            int start = 0;
            foreach (int[] sequence in s_sequences)
            {
                foreach ((string name, float[] alone) in RunAll(team, model, [sequence]))
                {
                    int width = alone.Length / sequence.Length;
                    Assert.True(alone.AsSpan().SequenceEqual(together[name].AsSpan(start * width, alone.Length)), $"{folder}: {name}, sequence at {start}");
                }

                start += sequence.Length;
            }
        }
    }

    [Fact]
    public void A_run_from_a_site_has_the_bits_of_a_run_with_an_edit_there()
    {
        using WorkTeam team = new(2);
        TokenBatch batch = new(s_sequences);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            foreach (SiteKind kind in Enum.GetValues<SiteKind>().Where(kind => kind != SiteKind.ResidMid || !model.Configuration.IsParallel))
            {
                Site site = new(kind, kind == SiteKind.Embed ? 0 : 1);
                void Change(TokenBatch read, Matrix activation)
                {
                    for (int row = 0; row < activation.Rows; row++)
                    {
                        // The first token of every sequence keeps its own activation, as a splice leaves BOS.
                        if (read.PositionOf(row) > 0)
                        {
                            activation.Row(row)[0] += 1;
                        }
                    }
                }

                float[] edited = Logits(logits => model.Run(team, batch, new ModelRun { Edits = [new Edit(site, Change)], Logits = logits }), batch, model);
                using ResumePoint point = model.RunAndKeep(team, batch, site);
                float[] clean = Logits(logits => model.RunFrom(team, point, null, new ModelRun { Logits = logits }), batch, model);
                using Matrix replacement = point.Activation.Clone();
                Change(batch, replacement);
                float[] resumed = Logits(logits => model.RunFrom(team, point, replacement, new ModelRun { Logits = logits }), batch, model);
                float[] plain = Logits(logits => model.Run(team, batch, new ModelRun { Logits = logits }), batch, model);
                Assert.True(edited.AsSpan().SequenceEqual(resumed), $"{folder}: {site}");
                Assert.True(plain.AsSpan().SequenceEqual(clean), $"{folder}: {site}, unchanged");
                Assert.False(plain.AsSpan().SequenceEqual(edited), $"{folder}: {site}: the edit does nothing");
            }
        }
    }

    [Fact]
    public void A_run_stops_after_the_last_place_that_anyone_asked_for()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        TokenBatch batch = new(s_sequences);
        List<string> reached = [];
        Edit[] edits =
        [
            .. new[] { SiteKind.ResidPre, SiteKind.AttnZ, SiteKind.MlpIn, SiteKind.ResidPost }
                .Select(kind => new Site(kind, 1)).Select(site => new Edit(site, (_, _) => reached.Add(site.ToString()))),
        ];
        model.Run(team, batch, new ModelRun { Edits = edits });
        Assert.Empty(reached);
        model.Run(team, batch, new ModelRun { Edits = edits, Taps = [new Tap(new Site(SiteKind.AttnZ, 1), (_, _) => reached.Add("tap"))] });
        Assert.Equal(["resid_pre.1", "attn_z.1", "tap"], reached);
    }

    [Fact]
    public void Of_several_edits_at_a_site_each_sees_what_the_one_before_left_and_taps_see_the_last()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        Site site = new(SiteKind.Embed, 0);
        float seen = 0;
        model.Run(team, new TokenBatch([[3, 4]]), new ModelRun
        {
            Edits = [new Edit(site, (_, m) => m.Row(1)[0] = 5), new Edit(site, (_, m) => m.Row(1)[0] *= 3)],
            Taps = [new Tap(new Site(SiteKind.ResidPre, 0), (_, m) => seen = m.Row(1)[0])],
        });
        Assert.Equal(15, seen);
    }

    [Fact]
    public void What_a_model_cannot_read_is_refused_in_one_line()
    {
        using WorkTeam team = new(1);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            ModelRun run = new() { Logits = (_, _, _) => { } };
            int vocabulary = model.Configuration.VocabularySize;
            Refused(() => model.Run(team, new TokenBatch([[1, vocabulary]]), run), ModelError.TokenOutsideVocabulary, "tokenizer");
            Refused(() => model.Run(team, new TokenBatch([[-1]]), run), ModelError.TokenOutsideVocabulary, "-1");
            Site beyond = new(SiteKind.ResidPost, model.Configuration.Layers);
            Refused(() => model.Run(team, new TokenBatch([[1]]), new ModelRun { Taps = [new Tap(beyond, (_, _) => { })] }), ModelError.UnknownSite, "layer");
            Refused(() => model.RunAndKeep(team, new TokenBatch([[1]]), beyond), ModelError.UnknownSite, "layer");
            if (model.Configuration.LearnedPositions)
            {
                int[] tooLong = Sequence(model.Configuration.MaxPositions + 1, 1);
                Refused(() => model.Run(team, new TokenBatch([tooLong]), run), ModelError.SequenceTooLong, "--context");
            }
        }
    }

    [Fact]
    public void A_run_from_a_site_refuses_places_below_it_and_activations_of_another_shape()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        using ResumePoint point = model.RunAndKeep(team, new TokenBatch([[1, 2, 3]]), new Site(SiteKind.MlpOut, 1));
        Assert.Throws<ArgumentException>(() => model.RunFrom(team, point, null, new ModelRun { Taps = [new Tap(new Site(SiteKind.AttnOut, 1), (_, _) => { })] }));
        using Matrix other = new(2, model.Configuration.Width);
        Assert.Throws<ArgumentException>(() => model.RunFrom(team, point, other, ModelRun.Empty));
    }

    [Fact]
    public void A_batch_knows_its_rows()
    {
        TokenBatch batch = new([[5, 6], [7], [8, 9, 10]]);
        Assert.Equal(6, batch.TokenCount);
        Assert.Equal(3, batch.LongestSequence);
        Assert.Equal([0, 0, 1, 2, 2, 2], Enumerable.Range(0, 6).Select(batch.SequenceOf));
        Assert.Equal([0, 1, 0, 0, 1, 2], Enumerable.Range(0, 6).Select(batch.PositionOf));
        Assert.Equal([5, 6, 7, 8, 9, 10], batch.Tokens.ToArray());
        Assert.Throws<ArgumentException>(() => new TokenBatch([]));
        Assert.Throws<ArgumentException>(() => new TokenBatch([[1], []]));
    }

    private static List<string> Cases() => Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors")));

    private static int[] Sequence(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => ((i * 31) + (seed * 17)) % 97)];

    private static Dictionary<string, float[]> RunAll(WorkTeam team, LanguageModel model, int[][] sequences)
    {
        Dictionary<string, float[]> values = [];
        TokenBatch batch = new(sequences);
        List<Tap> taps = [];
        foreach (SiteKind kind in Enum.GetValues<SiteKind>().Where(kind => kind != SiteKind.ResidMid || !model.Configuration.IsParallel))
        {
            Site site = new(kind, kind == SiteKind.Embed ? 0 : model.Configuration.Layers - 1);
            taps.Add(new Tap(site, (_, activation) => values[site.ToString()] = activation.Span.ToArray()));
        }

        values["logits"] = Logits(
            logits => model.Run(team, batch, new ModelRun { Taps = taps, Logits = logits }), batch, model);
        return values;
    }

    private static float[] Logits(Action<LogitsReader> run, TokenBatch batch, LanguageModel model)
    {
        int vocabulary = model.Configuration.VocabularySize;
        float[] all = new float[batch.TokenCount * vocabulary];
        run((_, first, logits) => logits.Span.CopyTo(all.AsSpan(first * vocabulary)));
        return all;
    }

    private static void Refused(Action action, ModelError error, string word)
    {
        ModelException exception = Assert.Throws<ModelException>(action);
        Assert.Equal(error, exception.Error);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
