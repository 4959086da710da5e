using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

public class AllocationTests
{
    private const int Latents = 300;
    private const int Width = 24;

    // The record of the step, delegates of products, views of rows: small objects, whatever the batch and the number of latents.
    private const long BytesOfAStep = 4096;

    public static TheoryData<string> Methods => [.. SomeMethods.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_step_in_the_steady_state_allocates_nothing_that_grows(string name)
    {
        using WorkTeam team = new(1);
        bool isTranscoder = name.Contains("transcoder", StringComparison.Ordinal);
        using SaeParameters parameters = new(Latents, Width, isTranscoder ? Width + 3 : null, isTranscoder);
        Initialization.Set(parameters, 1);
        (TrainingMethod method, TrainerOptions options) = SomeMethods.Create(name, Latents);
        using Trainer trainer = new(team, parameters, method, options with { LearningRate = 1e-9, ThresholdLearningRate = 1e-9 });
        RandomSource random = new(1, "data");
        using ActivationBatch batch = new(256, parameters.BatchWidth) { Count = 256 };
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)((random.NextDouble() - 0.5) * random.NextDouble());
        }

        for (int step = 0; step < 45; step++)
        {
            trainer.Step(batch);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Steps = 10;
        for (int step = 0; step < Steps; step++)
        {
            trainer.Step(batch);
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Steps;
        Assert.True(each <= BytesOfAStep, $"{name}: {each} bytes a step, allowed {BytesOfAStep}");
    }
}
