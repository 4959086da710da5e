using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>NaN and infinity stop the run at the step, with tensor and latent named.</summary>
public class NonFiniteTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_vector_is_named_with_its_origin(float bad) => WithTrainer((trainer, batch) =>
    {
        batch.Vectors.Row(3)[1] = bad;
        (batch.Documents[3], batch.Positions[3], batch.Tokens[3]) = (7, 11, 13);
        trainer.Step(Good());
        float[] before = [.. trainer.Parameters.EncoderWeights.Span];
        string message = Assert.Throws<InputException>(() => trainer.Step(batch)).Message;
        Assert.Contains("training step 1", message, StringComparison.Ordinal);
        Assert.Contains("vector 3 of the batch (document 7, position 11, token 13), column 1", message, StringComparison.Ordinal);
        Assert.Equal(before, trainer.Parameters.EncoderWeights.Span.ToArray());
    });

    [Fact]
    public void A_weight_is_named_with_its_latent() => WithTrainer((trainer, batch) =>
    {
        trainer.Step(batch);
        trainer.CheckWeights();
        trainer.Parameters.EncoderWeights.Row(5)[2] = float.NaN;
        Assert.Contains("encoder_weights of latent 5, column 2", Assert.Throws<InputException>(trainer.CheckWeights).Message, StringComparison.Ordinal);
        trainer.Parameters.EncoderWeights.Row(5)[2] = 0;
        trainer.Parameters.DecoderWeights.Row(4)[0] = float.NegativeInfinity;
        Assert.Contains("decoder_weights of latent 4, column 0", Assert.Throws<InputException>(trainer.CheckWeights).Message, StringComparison.Ordinal);
        trainer.Parameters.DecoderWeights.Row(4)[0] = 0;
        trainer.Parameters.EncoderBias[6] = float.NaN;
        string message = Assert.Throws<InputException>(() => trainer.Step(batch)).Message;
        Assert.Contains("encoder_bias, element 6", message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_run_stops_at_the_step_and_keeps_the_checkpoint_before_it()
    {
        using SmallRun run = new();
        _ = run.Train(run["run"], stopAfter: 20, everySteps: 7);
        string checkpoints = Path.Combine(run["run"], "checkpoints");
        string[] kept = Directory.GetFiles(checkpoints);
        byte[] bytes = File.ReadAllBytes(run.Vectors);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        File.WriteAllBytes(run.Vectors, bytes);
        Assert.Contains("row 1499 column 11", Assert.Throws<InputException>(() => run.Train(run["run"])).Message, StringComparison.Ordinal);
        Assert.Equal(kept, Directory.GetFiles(checkpoints));
    }

    [Fact]
    public void A_checkpoint_never_holds_what_is_not_finite()
    {
        TrainingState state = new();
        using Matrix matrix = new(3, 2);
        state.Add("moments", matrix);
        float[] bias = new float[5];
        state.Add("bias", bias);
        using TemporaryFolder folder = new();
        using RunFolder run = RunFolder.Open(folder["run"], SmallRun.Configuration(Recipe.Default));
        run.Save(state, 1, 1, TimeSpan.Zero);
        string[] kept = Directory.GetFiles(folder["run/checkpoints"]);
        Assert.Single(kept);
        matrix.Row(2)[1] = float.PositiveInfinity;
        Assert.Contains("moments of latent 2, column 1", Assert.Throws<InputException>(() => run.Save(state, 2, 2, TimeSpan.Zero)).Message, StringComparison.Ordinal);
        matrix.Row(2)[1] = 0;
        bias[4] = float.NaN;
        Assert.Contains("bias, element 4", Assert.Throws<InputException>(() => run.Save(state, 2, 2, TimeSpan.Zero)).Message, StringComparison.Ordinal);
        Assert.Equal(kept, Directory.GetFiles(folder["run/checkpoints"]));
    }

    [Fact]
    public void The_first_vectors_are_looked_at_before_the_scale_is_taken_from_them()
    {
        using ActivationBatch batch = Good();
        batch.Vectors.Row(2)[3] = float.NaN;
        Assert.Contains("activation vector 2, column 3", Assert.Throws<InputException>(() => NormScale.Of([batch])).Message, StringComparison.Ordinal);
    }

    private static ActivationBatch Good()
    {
        RandomSource random = new(3, "vectors");
        ActivationBatch batch = new(10, 4) { Count = 10 };
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)random.NextDouble();
        }

        return batch;
    }

    private static void WithTrainer(Action<Trainer, ActivationBatch> test)
    {
        using WorkTeam team = new(1);
        using SaeParameters parameters = new(8, 4);
        Initialization.Set(parameters, 1);
        using Trainer trainer = new(team, parameters, new JumpReluMethod(new JumpReluOptions { Bandwidth = 0.1, Lambda = 1e-3, InitialThreshold = 0.01 }), new TrainerOptions());
        using ActivationBatch batch = Good();
        test(trainer, batch);
    }
}
