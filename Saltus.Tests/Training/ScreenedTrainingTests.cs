using System.Runtime.InteropServices;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

public class ScreenedTrainingTests
{
    public static TheoryData<string> Methods => [.. SomeMethods.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Training_with_the_screen_gives_the_bits_of_training_without_it(string name) =>
        Assert.Equal(Train(name, ScreenMode.Never, latents: 300, width: 24, rows: 100, steps: 40), Train(name, ScreenMode.Always, 300, 24, 100, 40));

    [Theory]
    [InlineData("jumprelu")]
    [InlineData("batchtopk")]
    public void Hundreds_of_steps_that_choose_for_themselves_give_the_bits_of_training_without_the_screen(string name) =>
        Assert.Equal(Train(name, ScreenMode.Never, latents: 640, width: 64, rows: 256, steps: 300), Train(name, ScreenMode.Automatic, 640, 64, 256, 300));

    private static byte[] Train(string name, ScreenMode mode, int latents, int width, int rows, int steps)
    {
        using WorkTeam team = new(2);
        bool isTranscoder = name.Contains("transcoder", StringComparison.Ordinal);
        using SaeParameters parameters = new(latents, width, isTranscoder ? width + 3 : null, isTranscoder);
        Initialization.Set(parameters, 1);
        (TrainingMethod method, TrainerOptions options) = SomeMethods.Create(name, latents);
        using Trainer trainer = new(team, parameters, method, options) { Screening = mode };
        RandomSource random = new(1, "data");
        using ActivationBatch batch = new(rows, parameters.BatchWidth);
        for (int step = 0; step < steps; step++)
        {
            foreach (ref float value in batch.Vectors.Span)
            {
                value = (float)((random.NextDouble() - 0.5) * random.NextDouble());
            }

            batch.Count = rows;
            trainer.Step(batch);
        }

        List<byte> bytes = [];
        foreach (float[] values in new[]
        {
            parameters.EncoderWeights.Span.ToArray(), parameters.DecoderWeights.Span.ToArray(), parameters.EncoderBias, parameters.DecoderBias, parameters.Extras[0],
            parameters.Extras[1], parameters.SkipWeights?.Span.ToArray() ?? [],
        })
        {
            bytes.AddRange(MemoryMarshal.AsBytes<float>(values));
        }

        return [.. bytes];
    }
}
