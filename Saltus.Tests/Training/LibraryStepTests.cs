using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>
/// What single batches of other tools' trainers do not show, from their sources: sparse_autoencoder's train.py divides the error by the variance of the start and
/// brings rows to norm 1 before the step; BatchTopK's sae.py leaves encoder biases alone and normalises each vector.
/// </summary>
public class LibraryStepTests
{
    private const int D = 16;
    private const int Latents = 48;
    private const int Rows = 32;

    [Theory]
    [InlineData("openai-topk", ReconstructionScale.StartVariance, true, true, InputTransform.None)]
    [InlineData("batchtopk-repository-topk", ReconstructionScale.Mean, true, false, InputTransform.LayerNorm)]
    [InlineData("batchtopk-repository-batchtopk", ReconstructionScale.Mean, true, false, InputTransform.LayerNorm)]
    [InlineData("dictionary-learning-topk", ReconstructionScale.Sum, false, true, InputTransform.None)]
    public void Recipes_have_the_steps_of_their_sources(string name, ReconstructionScale scale, bool before, bool bias, InputTransform transform)
    {
        RunConfiguration run = Recipe.Complete(new RunConfiguration { Recipe = name, Width = Latents, L0 = 8, Tokens = 1 << 20 });
        TrainerOptions options = RunOptions.Trainer(run, new RunScale(1, null, [], [], 1));
        Assert.Equal((scale, before, bias, transform), (options.Reconstruction, options.NormalizesBeforeStep, options.TrainsEncoderBias, options.Transform));
    }

    [Fact]
    public void The_error_is_divided_by_the_variance_of_the_start()
    {
        double sum = FirstStep(new TrainerOptions()).Reconstruction;
        double divided = FirstStep(new TrainerOptions { Reconstruction = ReconstructionScale.StartVariance, Variance = 0.37 }).Reconstruction;
        Assert.Equal(sum / 0.37, divided, 1e-12);
        Assert.Throws<InputException>(() => FirstStep(new TrainerOptions { Reconstruction = ReconstructionScale.StartVariance }));
    }

    [Fact]
    public void Rows_normalised_before_the_step_are_as_Adam_leaves_them()
    {
        TrainerOptions options = new() { LearningRate = 0.01, Schedule = new LearningRateSchedule(WarmupShape.Linear, 0), Beta1 = 0.9 };
        using SaeParameters after = Trained(options, 1);
        using SaeParameters before = Trained(options with { NormalizesBeforeStep = true }, 1);
        int moved = 0;
        for (int latent = 0; latent < Latents; latent++)
        {
            double norm = Math.Sqrt(Reductions.Dot(before.DecoderWeights.Row(latent), before.DecoderWeights.Row(latent)));
            moved += Math.Abs(norm - 1) > 1e-5 ? 1 : 0;
            for (int j = 0; j < D; j++)
            {
                // Rows begin at norm 1, so the first step differs by the last normalisation alone.
                Assert.Equal(before.DecoderWeights.Row(latent)[j] / norm, after.DecoderWeights.Row(latent)[j], 1e-6);
            }
        }

        Assert.True(moved > Latents / 2, $"{moved} of {Latents} rows have left norm 1");
    }

    [Fact]
    public void Untrained_encoder_biases_stay_at_0()
    {
        TrainerOptions options = new() { LearningRate = 0.01, Beta1 = 0.9 };
        using SaeParameters trained = Trained(options, 3);
        using SaeParameters left = Trained(options with { TrainsEncoderBias = false }, 3);
        Assert.Contains(trained.EncoderBias, value => value != 0);
        Assert.All(left.EncoderBias, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Training_on_normalised_vectors_is_training_with_the_transform_which_the_saved_sae_has()
    {
        using WorkTeam team = new(1);
        using ActivationBatch raw = Batch();
        using ActivationBatch normal = Batch();
        using Matrix transformed = InputTransforms.Apply(InputTransform.LayerNorm, raw.Vectors);
        transformed.Span.CopyTo(normal.Vectors.Span);
        using SaeParameters one = Parameters();
        using SaeParameters other = Parameters();
        TrainerOptions options = new() { LearningRate = 0.01, Beta1 = 0.9 };
        using Trainer withTransform = new(team, one, new TopKMethod(new TopKOptions { K = 4 }), options with { Transform = InputTransform.LayerNorm });
        using Trainer plain = new(team, other, new TopKMethod(new TopKOptions { K = 4 }), options);
        for (int step = 0; step < 3; step++)
        {
            withTransform.Step(raw);
            plain.Step(normal);
        }

        Assert.True(one.DecoderWeights.Span.SequenceEqual(other.DecoderWeights.Span) && one.EncoderWeights.Span.SequenceEqual(other.EncoderWeights.Span));
        using SparseAutoencoder sae = TrainedAutoencoder.Fold(withTransform, new SaeMetadata());
        using SparseAutoencoder inner = TrainedAutoencoder.Fold(plain, new SaeMetadata());
        Assert.Equal(inner.Encode(team, normal.Vectors).Latent.ToArray(), sae.Encode(team, raw.Vectors).Latent.ToArray());
        Assert.Equal(inner.Encode(team, normal.Vectors).Value.ToArray(), sae.Encode(team, raw.Vectors).Value.ToArray());
    }

    private static TrainingStep FirstStep(TrainerOptions options)
    {
        using WorkTeam team = new(1);
        using SaeParameters parameters = Parameters();
        using ActivationBatch batch = Batch();
        using Trainer trainer = new(team, parameters, new TopKMethod(new TopKOptions { K = 4 }), options);
        return trainer.Step(batch);
    }

    private static SaeParameters Trained(TrainerOptions options, int steps)
    {
        using WorkTeam team = new(1);
        SaeParameters parameters = Parameters();
        using ActivationBatch batch = Batch();
        using Trainer trainer = new(team, parameters, new TopKMethod(new TopKOptions { K = 8 }), options);
        for (int step = 0; step < steps; step++)
        {
            trainer.Step(batch);
        }

        return parameters;
    }

    private static SaeParameters Parameters()
    {
        SaeParameters parameters = new(Latents, D);
        Initialization.Set(parameters, 5);
        return parameters;
    }

    private static ActivationBatch Batch()
    {
        ActivationBatch batch = new(Rows, D) { Count = Rows };
        RandomSource random = new(6, "vectors");
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)((2 * random.NextDouble()) - 0.5);
        }

        return batch;
    }
}
