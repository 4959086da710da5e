using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public class LanguageModelBackwardTests
{
    private static readonly int[][] s_sequences = [Sequence(40, 3), Sequence(7, 11), Sequence(1, 5), Sequence(63, 29)];

    [Fact]
    public void Gradients_have_the_same_bits_on_any_number_of_threads_and_in_any_batch()
    {
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            using WorkTeam one = new(1);
            Dictionary<string, float[]> first = Gradients(one, model, s_sequences);
            foreach (int threads in new[] { 2, 5 })
            {
                using WorkTeam team = new(threads);
                foreach ((string name, float[] values) in Gradients(team, model, s_sequences))
                {
                    Assert.True(values.AsSpan().SequenceEqual(first[name]), $"{folder}: {name} with {threads} threads");
                }
            }

            foreach ((string name, float[] alone) in Gradients(one, model, [s_sequences[1]]))
            {
                int width = alone.Length / s_sequences[1].Length;
                Assert.True(alone.AsSpan().SequenceEqual(first[name].AsSpan(s_sequences[0].Length * width, alone.Length)), $"{folder}: {name} alone");
            }
        }
    }

    [Fact]
    public void A_tape_from_a_kept_point_gives_the_bits_of_one_from_the_tokens()
    {
        using WorkTeam team = new(2);
        TokenBatch batch = new(s_sequences);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            foreach (SiteKind kind in Kinds(model))
            {
                Site site = new(kind, kind == SiteKind.Embed ? 0 : 1);
                using ResumePoint point = model.RunAndKeep(team, batch, site);
                using GradientTape whole = model.Record(team, batch, site);
                using GradientTape resumed = model.RecordFrom(team, point);
                float[] expected = GradientAt(team, model, whole, site);
                Assert.Contains(expected, value => value != 0);
                Assert.True(expected.AsSpan().SequenceEqual(GradientAt(team, model, resumed, site)), $"{folder}: {site}");

                // A tape can be used again, and the model in between.
                Assert.True(expected.AsSpan().SequenceEqual(GradientAt(team, model, whole, site)), $"{folder}: {site} again");
            }
        }
    }

    [Fact]
    public void Rows_that_are_left_out_count_as_rows_without_a_gradient()
    {
        using WorkTeam team = new(2);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        TokenBatch batch = new(s_sequences);
        Site site = new(SiteKind.ResidPre, 1);
        using GradientTape tape = model.Record(team, batch, site);
        int[] rows = [45, 3, 110];
        float[] chosen = [];
        float[] all = [];
        model.Backward(team, tape, (read, given, logits, gradient) => Seed(given, gradient), Reading(site, values => chosen = values) with { Rows = rows });
        model.Backward(
            team, tape,
            (read, given, logits, gradient) =>
            {
                Seed(given, gradient);
                for (int i = 0; i < given.Length; i++)
                {
                    if (!rows.Contains(given[i]))
                    {
                        gradient.Row(i).Clear();
                    }
                }
            },
            Reading(site, values => all = values));
        Assert.True(all.AsSpan().SequenceEqual(chosen));
    }

    [Fact]
    public void The_logits_that_a_scalar_is_given_are_those_of_the_run()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Cases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            TokenBatch batch = new(s_sequences);
            float[]? seen = null;
            float[]? again = null;
            Site site = new(SiteKind.ResidPost, model.Configuration.Layers - 1);
            using GradientTape tape = model.Record(team, batch, site, new ModelRun { Logits = (_, _, logits) => seen ??= logits.Row(0).ToArray() });
            model.Backward(team, tape, (_, _, logits, _) => again = logits.Row(0).ToArray(), Reading(site, _ => { }) with { Rows = [0] });
            Assert.NotNull(seen);
            Assert.Equal(seen, again);
        }
    }

    [Fact]
    public void What_a_tape_cannot_give_is_refused()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(Cases()[0]);
        TokenBatch batch = new([[1, 2, 3]]);
        using GradientTape tape = model.Record(team, batch, new Site(SiteKind.AttnOut, 1));
        void Refused(BackwardRun run, string word) => Assert.Contains(
            word, Assert.Throws<ArgumentException>(() => model.Backward(team, tape, (_, _, _, _) => { }, run)).Message, StringComparison.Ordinal);

        Refused(new BackwardRun { Taps = [] }, "at least one");
        Refused(Reading(new Site(SiteKind.AttnZ, 1), _ => { }), "attn_out.1");
        Refused(Reading(new Site(SiteKind.ResidPost, 1), _ => { }) with { Rows = [3] }, "0 to 2");
        Refused(Reading(new Site(SiteKind.ResidPost, 1), _ => { }) with { Rows = [1, 1] }, "once");
        Assert.Throws<ModelException>(() => model.Record(team, batch, new Site(SiteKind.ResidPost, 99)));
    }

    private static List<string> Cases() => Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")));

    private static int[] Sequence(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => ((i * 31) + (seed * 17)) % 97)];

    private static IEnumerable<SiteKind> Kinds(LanguageModel model) =>
        Enum.GetValues<SiteKind>().Where(kind => kind != SiteKind.ResidMid || !model.Configuration.IsParallel);

    private static BackwardRun Reading(Site site, Action<float[]> read) => new() { Taps = [new Tap(site, (_, gradient) => read(gradient.Span.ToArray()))] };

    private static void Seed(ReadOnlySpan<int> rows, Matrix gradient)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            gradient.Row(i)[rows[i] % gradient.Columns] = 1;
            gradient.Row(i)[((rows[i] * 7) + 1) % gradient.Columns] -= 0.5f;
        }
    }

    private static float[] GradientAt(WorkTeam team, LanguageModel model, GradientTape tape, Site site)
    {
        float[] result = [];
        model.Backward(team, tape, (_, rows, _, gradient) => Seed(rows, gradient), Reading(site, values => result = values));
        return result;
    }

    private static Dictionary<string, float[]> Gradients(WorkTeam team, LanguageModel model, int[][] sequences)
    {
        Dictionary<string, float[]> result = [];
        TokenBatch batch = new(sequences);
        Site[] sites = [.. Kinds(model).Select(kind => new Site(kind, 0))];
        using GradientTape tape = model.Record(team, batch, new Site(SiteKind.Embed, 0));
        model.Backward(
            team, tape,
            (read, rows, _, gradient) => Seed([.. rows.ToArray().Select(read.PositionOf)], gradient),
            new BackwardRun { Taps = [.. sites.Select(site => new Tap(site, (_, gradient) => result[site.ToString()] = gradient.Span.ToArray()))] });
        return result;
    }
}
