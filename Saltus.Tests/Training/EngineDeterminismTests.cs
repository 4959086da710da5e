using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

public class EngineDeterminismTests
{
    private const int Latents = 300;
    private const int Width = 24;

    public static TheoryData<string> Methods => [.. SomeMethods.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_number_of_threads_gives_the_same_bits(string name)
    {
        byte[] expected = TrainSome(name, 1, threads: 1);
        Assert.Equal(expected, TrainSome(name, 1, threads: 2));
        Assert.Equal(expected, TrainSome(name, 1, threads: 5));
        Assert.NotEqual(expected, TrainSome(name, 2, threads: 1));
    }

    internal static byte[] TrainSome(string name, long seed, int threads)
    {
        using WorkTeam team = new(threads);
        bool isTranscoder = name.Contains("transcoder", StringComparison.Ordinal);
        using SaeParameters parameters = new(Latents, Width, isTranscoder ? Width + 3 : null, isTranscoder);
        Initialization.Set(parameters, seed);
        (TrainingMethod method, TrainerOptions options) = SomeMethods.Create(name, Latents);
        using Trainer trainer = new(team, parameters, method, options);
        RandomSource random = new(seed, "data");
        using ActivationBatch batch = new(100, parameters.BatchWidth);
        for (int step = 0; step < 40; step++)
        {
            foreach (ref float value in batch.Vectors.Span)
            {
                value = (float)((random.NextDouble() - 0.5) * random.NextDouble());
            }

            batch.Count = 100;
            trainer.Step(batch);
        }

        List<byte> bytes = [];
        foreach (float[] values in new[]
        {
            parameters.EncoderWeights.Span.ToArray(), parameters.DecoderWeights.Span.ToArray(), parameters.EncoderBias, parameters.DecoderBias, parameters.Extras[0],
            parameters.Extras[1], parameters.SkipWeights?.Span.ToArray() ?? [],
        })
        {
            Assert.All(values, value => Assert.True(float.IsFinite(value)));
            bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
        }

        return [.. bytes];
    }
}
