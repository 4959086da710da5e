using Saltus.Kernels;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Resampling as Gated SAE's paper has it (arXiv 2404.16014, after "Towards Monosemanticity"): who starts anew, where, and how the learning rate comes back.</summary>
public sealed class ResamplingTests : IDisposable
{
    private const int Latents = 40;
    private const int Dead = 12;
    private const int Width = 16;
    private const int Interval = 10;
    private const int Rows = 32;

    /// <summary>At this learning rate nothing moves by more than 10 steps of it between the choice and what the test looks at.</summary>
    private const double Rate = 1e-7;
    private const double Tolerance = 1e-5;

    private readonly WorkTeam _team = new(2);
    private readonly SaeParameters _parameters = new(Latents, Width);

    public void Dispose()
    {
        _parameters.Dispose();
        _team.Dispose();
    }

    [Fact]
    public void Silent_latents_alone_start_anew_at_the_badly_reconstructed_input()
    {
        using Trainer trainer = Start();
        using ActivationBatch batch = Batch(badRow: 20);
        for (int step = 0; step < Interval - 1; step++)
        {
            trainer.Step(batch);
        }

        float[] before = _parameters.EncoderWeights.Span.ToArray();
        trainer.Step(batch);
        double living = Enumerable.Range(Dead, Latents - Dead).Average(latent => Norm(before.AsSpan(latent * Width, Width)));
        float[] wanted = batch.Vectors.Row(20).ToArray();
        Initialization.Normalize(wanted);
        for (int latent = 0; latent < Latents; latent++)
        {
            ReadOnlySpan<float> encoder = _parameters.EncoderWeights.Row(latent);
            if (latent >= Dead)
            {
                Near(1, Reductions.Dot(encoder, before.AsSpan(latent * Width, Width)) / (Norm(encoder) * Norm(before.AsSpan(latent * Width, Width))));
                continue;
            }

            // The one input with a loss is the only one to be chosen.
            Near(1, Reductions.Dot(_parameters.DecoderWeights.Row(latent), wanted));
            Near(0.2 * living, Norm(encoder));
            Near(1, Reductions.Dot(encoder, wanted) / Norm(encoder));
            Assert.Equal(0, _parameters.EncoderBias[latent]);
            Assert.Equal((0f, 0f), (_parameters.Extras[0][latent], _parameters.Extras[1][latent]));
        }
    }

    [Fact]
    public void Inputs_are_chosen_by_the_square_of_their_loss()
    {
        int often = 0;
        int all = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            using Trainer trainer = Start(seed);

            // Losses 1 and 2: chosen 1 : 4.
            using ActivationBatch batch = Batch(badRow: 20, second: 7);
            for (int step = 0; step < Interval; step++)
            {
                trainer.Step(batch);
            }

            float[] wanted = batch.Vectors.Row(7).ToArray();
            Initialization.Normalize(wanted);
            for (int latent = 0; latent < Dead; latent++, all++)
            {
                often += Reductions.Dot(_parameters.DecoderWeights.Row(latent), wanted) > 0.99 ? 1 : 0;
            }
        }

        // 720 choices with probability 0.8: five standard deviations are 0.075.
        Assert.InRange((double)often / all, 0.8 - 0.075, 0.8 + 0.075);
    }

    [Fact]
    public void The_learning_rate_falls_to_a_tenth_and_comes_back_along_a_cosine()
    {
        using Trainer trainer = Start();
        using ActivationBatch batch = Batch(badRow: 20);
        float[] last = [];
        List<double> moved = [];
        for (int step = 0; step < Interval + 6; step++)
        {
            last = [.. _parameters.DecoderBias];
            trainer.Step(batch);
            moved.Add(Enumerable.Range(0, Width).Max(j => Math.Abs(_parameters.DecoderBias[j] - last[j])));
        }

        // Adam with one gradient again and again moves by the learning rate.
        double rate = moved[Interval - 1];
        Near(0.1, moved[Interval] / rate, 0.02);
        Near(0.55, moved[Interval + 2] / rate, 0.02);
        Near(1, moved[Interval + 4] / rate, 0.02);
        Near(1, moved[Interval + 5] / rate, 0.02);
    }

    private static ActivationBatch Batch(int badRow, int? second = null)
    {
        // Zeros are reconstructed without a loss by an SAE without biases.
        ActivationBatch batch = new(Rows, Width) { Count = Rows };
        batch.Vectors.Span.Clear();
        batch.Vectors.Row(badRow).Fill(1f / 4);
        for (int j = 0; j < Width && second is int row; j++)
        {
            batch.Vectors.Row(row)[j] = (j % 2 == 0 ? 1 : -1) * MathF.Sqrt(2) / 4;
        }

        return batch;
    }

    private static double Norm(ReadOnlySpan<float> row) => Math.Sqrt(Reductions.Dot(row, row));

    private static void Near(double expected, double actual, double tolerance = Tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"expected {expected}, got {actual}");

    /// <summary>The first latents never open; the others are closed on zeros and add next to nothing.</summary>
    private Trainer Start(long seed = 0)
    {
        Initialization.Set(_parameters, 1);
        TrainerOptions options = new()
        {
            LearningRate = Rate,
            Schedule = new LearningRateSchedule(WarmupShape.Linear, 0),
            DeadAfter = 1000,
            Resampling = new ResamplingOptions { Interval = Interval, RecoverySteps = 4, Seed = seed },
        };
        Trainer trainer = new(_team, _parameters, new GatedMethod(new GatedOptions { Penalty = L1Penalty.Plain, Lambda = 1e-3 }), options);
        for (int latent = 0; latent < Latents; latent++)
        {
            // Living latents read the input with the sign that opens their gate.
            Span<float> encoder = _parameters.EncoderWeights.Row(latent);
            _parameters.EncoderBias[latent] = latent < Dead ? -100 : 1e-4f;
            _parameters.Extras[1][latent] = latent < Dead ? 0 : 1e-6f;
            foreach (ref float value in encoder)
            {
                value *= 1e-3f;
            }
        }

        return trainer;
    }
}
